import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupFiles } from './file-groups.ts';

const grouped = (...names: readonly string[]) =>
  groupFiles(names.map((name) => ({ name }))).map(({ kind, files }) => [kind, files.map(({ name }) => name).join(' ')]);

test('texts are documents, annotations belong to their texts, and other files stand alone', () => {
  assert.deepEqual(grouped('a.txt', 'b.txt', 'b.ann', 'c.jsonl', 'd.conll', 'notes.md'), [
    ['texts', 'a.txt notes.md'],
    ['data set', 'b.txt b.ann'],
    ['data set', 'c.jsonl'],
    ['data set', 'd.conll'],
  ]);
});

test('no file is no group', () => assert.deepEqual(grouped(), []));
