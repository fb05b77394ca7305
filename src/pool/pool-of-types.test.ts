import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestCountedRows } from './nearest-counted-rows.ts';
import { poolOfTypes } from './pool-of-types.ts';
import type { PreparedPool } from './prepared-pool.ts';
import { clusteredPool, places, spansOf, tableOf } from './span-pool.fixture.ts';
import { approximateSpanSearch, exactSpanSearch, smallestForApproximation } from './span-search.ts';
import { buildVectorGraph, type NearestRows } from './vector-graph.ts';

const { signal } = new AbortController();
const types = ['person', 'town', 'firm'];

/** Span `i` of the pool is a mention of type `i % 3`, and where `i % 4` is 0 at the same place one of `town`. */
function goldPool(sentences: readonly (readonly Float32Array[])[], graph?: NearestRows): PreparedPool {
  const { vectors, firstSpans } = tableOf(sentences, sentences.flat()[0]?.length ?? 1);
  return {
    size: sentences.length,
    embedder: 'e',
    candidateSpans: 'gold',
    goldTypes: types,
    at(place) {
      const first = firstSpans[place] ?? 0;
      const spans = (sentences[place] ?? []).map((_, index) => ({ start: 2 * index, end: 2 * index + 1 }));
      const entities = spans.flatMap((span, index) => [
        { ...span, type: types[(first + index) % 3] ?? '' },
        ...((first + index) % 4 === 0 ? [{ ...span, type: 'town' }] : []),
      ]);
      return { sentence: { id: `p${place}`, text: 'a '.repeat(spans.length), entities }, spans };
    },
    spanVectors: vectors,
    firstSpans,
    sentenceVectors: vectors,
    search: exactSpanSearch({ vectors, firstSpans }),
    ...(graph === undefined ? {} : { graph }),
    [Symbol.dispose]() {},
  };
}

/** A graph that remembers how many vectors it was asked for each time. */
function countingLooks(graph: NearestRows): { readonly counting: NearestRows; readonly looked: number[] } {
  const looked: number[] = [];
  const nearest: NearestRows['nearest'] = (queries, count) => {
    looked.push(count);
    return graph.nearest(queries, count);
  };
  return { counting: { ...graph, nearest }, looked };
}

test('only the mentions of the types are spans, and only they are compared', () => {
  const { sentences, draw } = clusteredPool(300, 1);
  const pool = goldPool(sentences);
  const view = poolOfTypes(pool, new Set(['town']));
  const isTown = (span: number) => span % 3 === 1 || span % 4 === 0;
  const kept = sentences.map((spans, place) => spans.filter((_, index) => isTown((pool.firstSpans[place] ?? 0) + index)));
  const expected = tableOf(kept, pool.spanVectors.dimensions);
  assert.equal(view.spanVectors.checksum, expected.vectors.checksum);
  assert.deepEqual(view.firstSpans, expected.firstSpans);
  for (const place of [0, 7, 299]) {
    assert.equal(view.at(place).spans.length, kept[place]?.length);
    assert.deepEqual(view.at(place).sentence, pool.at(place).sentence);
  }
  const query = spansOf([draw(), draw()], [1, 2]);
  assert.deepEqual(view.search.best(query, 20), exactSpanSearch(expected).best(query, 20));
  assert.deepEqual([view.size, view.embedder, view.candidateSpans, view.goldTypes], [300, 'e', 'gold', ['town']]);
});

test('a pool of no other types, or not of gold mentions, stays the pool that it is', () => {
  const pool = goldPool(clusteredPool(9, 2).sentences);
  assert.equal(poolOfTypes(pool, new Set([...types, 'planet'])), pool);
  const { goldTypes: _, ...chunks } = pool;
  assert.equal(poolOfTypes(chunks, new Set(['town'])), chunks);
  const unlabelled = { ...pool, goldTypes: [...types, 'planet'] };
  assert.equal(poolOfTypes(unlabelled, new Set(types)), unlabelled);
});

test('a graph is asked where many spans are left, and else every span is compared', async () => {
  const { sentences, draw } = clusteredPool(200, 3);
  // The same sentences over and over: equal rows share a node, so that the graph is small.
  const many = Array.from({ length: 120 }, () => sentences).flat();
  const { vectors } = tableOf(many, 32);
  using graph = await buildVectorGraph(vectors, {}, signal);
  const { counting, looked } = countingLooks(graph);
  const query = spansOf([draw(), draw()]);
  for (const { kept, isByGraph } of [
    { kept: ['town', 'firm'], isByGraph: true },
    { kept: ['firm'], isByGraph: false },
  ]) {
    looked.length = 0;
    const view = poolOfTypes(goldPool(many, counting), new Set(kept));
    assert.deepEqual(
      view.search.best(query, 8),
      exactSpanSearch({ vectors: view.spanVectors, firstSpans: view.firstSpans }).best(query, 8),
    );
    assert.deepEqual([view.spanVectors.rows >= smallestForApproximation, looked.length > 0], [isByGraph, isByGraph]);
  }
});

const shares = [
  { name: 'every other row counts', counts: (row: number) => row % 2 === 0 },
  { name: 'every twentieth row counts', counts: (row: number) => row % 20 === 0 },
  { name: 'all but the first sentences count', counts: (row: number) => row > 2000 },
];
for (const { name, counts } of shares) {
  test(`a graph of more rows finds what exact search finds where ${name}`, async () => {
    const { table, sentences, draw } = clusteredPool(3000, 4);
    const kept = sentences.map((spans, place) => spans.filter((_, index) => counts((table.firstSpans[place] ?? 0) + index)));
    const restricted = tableOf(kept, 32);
    let row = 0;
    const rowOf = Int32Array.from({ length: table.vectors.rows }, (_, whole) => (counts(whole) ? row++ : -1));
    using graph = await buildVectorGraph(table.vectors, {}, signal);
    const rows = nearestCountedRows(graph, { rowOf, tableChecksum: restricted.vectors.checksum });
    const [exact, approximate] = [exactSpanSearch(restricted), approximateSpanSearch(restricted, rows)];
    let found = 0;
    for (let query = 0; query < 40; query++) {
      const spans = spansOf([draw(), draw(), draw(), draw()], [1, 2, 0, 4]);
      const expected = places(exact.best(spans, 8));
      found += places(approximate.best(spans, 8)).filter((place) => expected.includes(place)).length;
    }
    assert.ok(found / (8 * 40) >= 0.99, `recall is ${found / (8 * 40)}`);
  });
}

test('rows that count and are far from a query are not sought among all, and exact search finds them', async () => {
  const { table, sentences, draw } = clusteredPool(3000, 5);
  const query = draw();
  using graph = await buildVectorGraph(table.vectors, {}, signal);
  const last = graph.nearest([query], 9000)[0]?.at(-1)?.rows[0] ?? assert.fail();
  const restricted = tableOf(
    sentences.map((spans, place) => spans.filter((_, index) => (table.firstSpans[place] ?? 0) + index === last)),
    32,
  );
  const rowOf = new Int32Array(table.vectors.rows).fill(-1);
  rowOf[last] = 0;
  const { counting, looked } = countingLooks(graph);
  const rows = nearestCountedRows(counting, { rowOf, tableChecksum: restricted.vectors.checksum });
  const [near = assert.fail()] = rows.nearest([query], 10);
  assert.deepEqual(looked, [10, 20, 40, 80, 160, 320]);
  assert.ok(near.every(({ rows }) => rows.length === 0));
  // A missing row is no nearer than the last that was looked at.
  assert.ok((near.at(-1)?.cosine ?? 1) > restricted.vectors.dot(0, query));
  assert.deepEqual(
    approximateSpanSearch(restricted, rows).best(spansOf([query]), 1),
    exactSpanSearch(restricted).best(spansOf([query]), 1),
  );
});
