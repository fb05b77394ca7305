import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showAll } from '../filter/filter.ts';
import { isShown, reportDocument } from './report-data.ts';

const document = reportDocument({
  id: 'Letter-1',
  text: 'Ada saw Rome.',
  entities: [{ start: 0, end: 3, text: 'Ada', type: 'person', score: 0.6 }],
});
const everything = { filter: showAll, search: '', onlyMarked: false };

test('a document is found by its id and by its text, whatever the case', () => {
  for (const search of ['', 'letter', 'ROME']) assert.ok(isShown(document, { ...everything, search }));
  assert.ok(!isShown(document, { ...everything, search: 'Lund' }));
});

test('where only marked texts are wanted, the filter decides', () => {
  const marked = { ...everything, onlyMarked: true };
  assert.ok(isShown(document, marked));
  assert.ok(!isShown(document, { ...marked, filter: { ...showAll, minScore: 0.7 } }));
  assert.ok(!isShown(document, { ...marked, filter: { ...showAll, hidden: ['person'] } }));
  assert.ok(!isShown(reportDocument({ id: '2', text: 'It failed.', error: { code: 'no-quorum', message: 'Nobody answered.' } }), marked));
});
