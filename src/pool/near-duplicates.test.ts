import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { comparableText, trigramSimilarity } from './near-duplicates.ts';

const cases = [
  { name: 'the same', a: 'Rome fell.', b: 'Rome fell.', expected: 1 },
  { name: 'case and spacing are no difference', a: 'Rome  fell', b: 'ROME fell ', expected: 1 },
  { name: 'one of three trigrams of two texts', a: 'abcd', b: 'bcde', expected: 1 / 3 },
  { name: 'nothing shared', a: 'abc', b: 'xyz', expected: 0 },
  { name: 'shorter than a trigram', a: 'ab', b: 'ac', expected: 0 },
  { name: 'both empty', a: '', b: ' ', expected: 1 },
];

for (const { name, a, b, expected } of cases) {
  test(`trigrams: ${name}`, () => assert.equal(trigramSimilarity(comparableText(a), comparableText(b)), expected));
}

test('the similarity is symmetric, in [0, 1], and 1 of a text to itself', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const [a, b] = [comparableText(one), comparableText(other)];
      const similarity = trigramSimilarity(a, b);
      assert.equal(similarity, trigramSimilarity(b, a));
      assert.ok(similarity >= 0 && similarity <= 1);
      assert.equal(trigramSimilarity(a, a), 1);
    }),
  );
});
