import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SpanTable } from './sentence-scorer.ts';
import { clusteredPool, places, spansOf, tableOf, unit } from './span-pool.fixture.ts';
import { approximateSpanSearch, exactSpanSearch } from './span-search.ts';
import { dot, type WeightedSpans } from './span-similarity.ts';
import { buildVectorGraph } from './vector-graph.ts';

const { signal } = new AbortController();
const tolerance = 1e-6;

/** The slow obvious way: all scores of the rows as they come back, which rounding may have made longer than 1, sorted. */
function reference({ vectors, firstSpans }: SpanTable, { vectors: spans, weights }: WeightedSpans) {
  const rows = Array.from({ length: vectors.rows }, (_, row) => vectors.row(row));
  const cosineOf = (span: Float32Array, row: Float32Array) => Math.max(-1, Math.min(1, dot(span, row)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scored = Array.from(firstSpans.subarray(1), (end, sentence) => {
    const others = rows.slice(firstSpans[sentence], end);
    const weighted = spans.map((span, index) => (weights[index] ?? 0) * Math.max(...others.map((row) => cosineOf(span, row))));
    return { sentence, score: others.length === 0 || total === 0 ? 0 : weighted.reduce((sum, value) => sum + value, 0) / total };
  });
  return scored.sort((a, b) => b.score - a.score);
}

const [east, north, west] = [unit(1, 0), unit(0, 1), unit(-1, 0)];

test('exact search ranks as the slow obvious way, on a thousand random pools', () => {
  const vector = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 5, maxLength: 5 }).map((values) => unit(...values));
  const pool = fc.array(fc.array(vector, { maxLength: 4 }), { maxLength: 30 });
  const query = fc
    .array(fc.record({ vector, weight: fc.constantFrom(0, 0.5, 1, 3) }), { minLength: 1, maxLength: 6 })
    .map((spans) => ({ vectors: spans.map((span) => span.vector), weights: spans.map((span) => span.weight) }));
  fc.assert(
    fc.property(pool, query, fc.integer({ min: 0, max: 40 }), (sentences, spans, k) => {
      const table = tableOf(sentences, 5);
      const expected = reference(table, spans);
      const found = exactSpanSearch(table).best(spans, k);
      assert.equal(found.length, Math.min(k, sentences.length));
      assert.equal(new Set(places(found)).size, found.length);
      for (const [rank, { sentence, score }] of found.entries()) {
        assert.ok(Math.abs(score - (expected[rank]?.score ?? Number.NaN)) < tolerance);
        assert.ok(Math.abs(score - (expected.find((ranked) => ranked.sentence === sentence)?.score ?? Number.NaN)) < tolerance);
        const before = found[rank - 1];
        assert.ok(before === undefined || before.score > score || (before.score === score && before.sentence < sentence));
      }
    }),
    { numRuns: 1000 },
  );
});

const cases = [
  { name: 'no sentences', pool: [], query: spansOf([east]), k: 3, expected: [] },
  { name: 'no spans at all: all score 0', pool: [[], [], []], query: spansOf([east]), k: 2, expected: [0, 1] },
  { name: 'a query span of no weight does not count', pool: [[north], [east]], query: spansOf([north, east], [0, 1]), k: 1, expected: [1] },
  { name: 'one sentence', pool: [[east]], query: spansOf([north]), k: 1, expected: [0] },
  { name: 'equals stay in order', pool: [[east], [east], [east], [east]], query: spansOf([east]), k: 3, expected: [0, 1, 2] },
  { name: 'no spans: behind positive scores', pool: [[], [unit(1, 5)], [east]], query: spansOf([east]), k: 3, expected: [2, 1, 0] },
  { name: 'no spans: before negative scores', pool: [[west], [], [east]], query: spansOf([east]), k: 3, expected: [2, 1, 0] },
  { name: 'more wanted than there are', pool: [[north], [east]], query: spansOf([east]), k: 9, expected: [1, 0] },
  { name: 'none wanted', pool: [[north], [east]], query: spansOf([east]), k: 0, expected: [] },
  { name: 'a query without a span: all score 0', pool: [[north], [east]], query: spansOf([]), k: 1, expected: [0] },
  { name: 'a query of the zero vector', pool: [[north], [east]], query: spansOf([new Float32Array(2)]), k: 2, expected: [0, 1] },
];

for (const { name, pool, query, k, expected } of cases) {
  test(`search: ${name}`, async () => {
    const table = tableOf(pool, 2);
    assert.deepEqual(places(exactSpanSearch(table).best(query, k)), expected);
    using approximate = approximateSpanSearch(table, await buildVectorGraph(table.vectors, {}, signal));
    assert.deepEqual(places(approximate.best(query, k)), expected);
  });
}

test('no score is above 1, and of those that rounding made longer the earlier comes first', async () => {
  const longer = Float32Array.of(0.999_991_1, 0.004_2);
  const longest = Float32Array.of(0.999_992_251_396_179_2, 0.003_936_977_591_365_576);
  const table = tableOf([[north], [longer], [longest], [longer]], 2);
  const [first, second] = [1, 2].map((row) => dot(table.vectors.row(row), longest));
  assert.ok((first ?? 0) > 1 && (second ?? 0) > (first ?? 0));
  using approximate = approximateSpanSearch(table, await buildVectorGraph(table.vectors, {}, signal));
  for (const search of [exactSpanSearch(table), approximate]) {
    assert.deepEqual(
      search.best(spansOf([longer, longest], [0.1, 0.2]), 3),
      [1, 2, 3].map((sentence) => ({ sentence, score: 1 })),
    );
  }
});

test('a sentence that is not allowed leaves its place to the next', async () => {
  const table = tableOf([[east], [unit(3, 1)], [north]], 2);
  using approximate = approximateSpanSearch(table, await buildVectorGraph(table.vectors, {}, signal));
  for (const search of [exactSpanSearch(table), approximate]) {
    assert.deepEqual(places(search.best(spansOf([east]), 1, (sentence) => sentence !== 0)), [1]);
    assert.deepEqual(places(search.best(spansOf([east]), 3, (sentence) => sentence !== 0)), [1, 2]);
    assert.deepEqual(
      search.best(spansOf([east]), 3, () => false),
      [],
    );
  }
});

test('queries and tables that contradict themselves are refused', async () => {
  const table = tableOf([[east], [north]], 2);
  const search = exactSpanSearch(table);
  for (const query of [spansOf([unit(1, 2, 3)]), spansOf([east], [1, 1]), spansOf([east], [-1]), spansOf([east], [Number.NaN])]) {
    assert.throws(() => search.best(query, 1), RangeError);
  }
  for (const firstSpans of [[], [0, 1], [0, 2, 1], [1, 2], [0, 1, 3]]) {
    assert.throws(() => exactSpanSearch({ ...table, firstSpans: Uint32Array.from(firstSpans) }), RangeError);
  }
  const other = await buildVectorGraph(tableOf([[east], [west]], 2).vectors, {}, signal);
  assert.throws(() => approximateSpanSearch(table, other), RangeError);
});

test('approximate search finds what exact search finds, with the same scores', async () => {
  const { table, draw } = clusteredPool(3000, 1);
  const exact = exactSpanSearch(table);
  using approximate = approximateSpanSearch(table, await buildVectorGraph(table.vectors, {}, signal));
  // Of up to eight spans that count, since they are compared four by four.
  const queries = Array.from({ length: 60 }, (_, query) => {
    const weights = [1, 2, 0, 4, 3, 1, 5, 2, 1].slice(0, 1 + (query % 9));
    return spansOf(weights.map(draw), weights);
  });
  let found = 0;
  for (const query of queries) {
    const [expected, actual] = [exact.best(query, 8), approximate.best(query, 8)];
    const scores = new Map(exact.best(query, 3000).map(({ sentence, score }) => [sentence, score]));
    assert.deepEqual(actual[0], expected[0]);
    for (const { sentence, score } of actual) assert.equal(score, scores.get(sentence));
    found += places(actual).filter((sentence) => places(expected).includes(sentence)).length;
  }
  assert.ok(found / (8 * queries.length) >= 0.99, `recall is ${found / (8 * queries.length)}`);
});

test('spans that many sentences have do not hide the one sentence that has both', async () => {
  const sentences = Array.from({ length: 2000 }, (_, sentence) => [sentence % 2 === 0 ? east : north]);
  const table = tableOf([...sentences, [east, north]], 2);
  using search = approximateSpanSearch(table, await buildVectorGraph(table.vectors, {}, signal));
  assert.deepEqual(places(search.best(spansOf([east, north]), 2)), [2000, 0]);
});
