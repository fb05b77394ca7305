import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from '../model/embedder.ts';
import { spanMatches, spanSimilarity } from './span-similarity.ts';

const vector = (...values: number[]) => normalize(Float32Array.from(values));
const east = vector(1, 0);
const north = vector(0, 1);

const cases = [
  { name: 'the same span', query: [east], weights: [4], candidate: [east], expected: 1 },
  { name: 'each query span takes its best candidate', query: [east, north], weights: [1, 1], candidate: [north, east], expected: 1 },
  { name: 'weights decide how much a span counts', query: [east, north], weights: [3, 1], candidate: [east], expected: 0.75 },
  {
    name: 'more candidate spans do not hurt: it looks from the query',
    query: [east],
    weights: [2],
    candidate: [north, north, east],
    expected: 1,
  },
  { name: 'opposite spans', query: [east], weights: [1], candidate: [vector(-1, 0)], expected: -1 },
  { name: 'no query spans', query: [], weights: [], candidate: [east], expected: 0 },
  { name: 'no candidate spans', query: [east], weights: [1], candidate: [], expected: 0 },
  { name: 'no weight at all', query: [east], weights: [0], candidate: [east], expected: 0 },
];

for (const { name, query, weights, candidate, expected } of cases) {
  test(`SpanSim: ${name}`, () => assert.ok(Math.abs(spanSimilarity({ vectors: query, weights }, candidate) - expected) < 1e-6));
}

test('of equally similar candidate spans the earlier one is told', () => {
  assert.deepEqual(spanMatches([east], [north, east, east]), [{ query: 0, candidate: 1, cosine: 1 }]);
});

test('different dimensions are an error', () => {
  assert.throws(() => spanSimilarity({ vectors: [east], weights: [1] }, [vector(1, 0, 0)]), RangeError);
});

const unit = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((values) => normalize(Float32Array.from(values)));

test('SpanSim is the formula of the paper, written out', () => {
  const spans = fc.array(fc.tuple(unit, fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(spans, fc.array(unit, { minLength: 1, maxLength: 5 }), (query, candidate) => {
      let above = 0;
      let below = 0;
      for (const [vector, weight] of query) {
        above += weight * Math.max(...candidate.map((other) => other.reduce((sum, value, at) => sum + value * (vector[at] ?? 0), 0)));
        below += weight;
      }
      const score = spanSimilarity({ vectors: query.map(([vector]) => vector), weights: query.map(([, weight]) => weight) }, candidate);
      assert.ok(Math.abs(score - (below === 0 ? 0 : above / below)) < 1e-6);
      assert.ok(score >= -1 - 1e-6 && score <= 1 + 1e-6);
    }),
  );
});
