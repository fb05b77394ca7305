import assert from 'node:assert/strict';
import { test } from 'node:test';
import { productMemory, repeatedRows } from './repeated-rows.ts';
import { sentenceScorer } from './sentence-scorer.ts';
import { clusteredPool, spansOf, tableOf } from './span-pool.fixture.ts';

test('rows of a vector have its number, and those that no other row equals have none', () => {
  // The rows 0, 2 and 5 are equal, and so are 1 and 4.
  const { numberOf, count } = repeatedRows(Uint32Array.of(2, 4, 5, 3, 4, 5));
  assert.deepEqual([...numberOf, count], [1, 2, 1, 0, 2, 1, 2]);
});

test('a scorer that remembers products gives the scores of one that does not, for one query after the other', () => {
  const { sentences, draw } = clusteredPool(200, 9);
  const table = tableOf([...sentences, ...sentences], 32);
  const rows = table.vectors.rows / 2;
  const memory = productMemory(repeatedRows(Uint32Array.from({ length: 2 * rows }, (_, row) => (row < rows ? row + rows : row))));
  for (const size of [3, 7, 1, 12, 4]) {
    const query = spansOf(Array.from({ length: size }, draw));
    const [plain, remembering] = [sentenceScorer(table, query), sentenceScorer(table, query, memory)];
    for (let sentence = 0; sentence < 400; sentence++) assert.equal(remembering(sentence), plain(sentence));
  }
});

test('a vector that several rows hold is compared with a query once', () => {
  const { sentences, draw } = clusteredPool(3, 9);
  const table = tableOf([...sentences, ...sentences], 32);
  const rows = table.vectors.rows / 2;
  const memory = productMemory(repeatedRows(Uint32Array.from({ length: 2 * rows }, (_, row) => (row < rows ? row + rows : row))));
  const query = spansOf([draw()]);
  const [plain, remembering] = [sentenceScorer(table, query), sentenceScorer(table, query, memory)];
  const scores = [1, 2].map(plain);
  assert.deepEqual([1, 2].map(remembering), scores);
  table.vectors.bytes.fill(0);
  assert.deepEqual([4, 5].map(remembering), scores);
  assert.notDeepEqual([4, 5].map(plain), scores);
});
