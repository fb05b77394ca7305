import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainRows } from './plain-rows.ts';

test('rows of texts are texts, called by their ids or their places', () => {
  assert.deepEqual(plainRows('\ufeff{"id": 7, "text": "Ada."}\r\n\n{"text": "Bob.", "meta": {"page": 2}}', 'a.jsonl'), [
    { id: '7', text: 'Ada.' },
    { id: 'a.jsonl:3', text: 'Bob.' },
  ]);
});

test('rows with mentions, and what is no row, are left to others', () => {
  for (const other of ['{"text": "Ada.", "entities": []}', '{"text": "Ada."}\n{"text": 5}', 'Ada.', '["Ada."]', 'null', '']) {
    assert.equal(plainRows(other, 'a.jsonl'), undefined, other);
  }
});
