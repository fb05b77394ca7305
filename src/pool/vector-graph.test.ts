import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { NerError } from '../error.ts';
import { appendGraphTrailer } from './graph-trailer.ts';
import { clusteredPool, places, spansOf, tableOf, unit } from './span-pool.fixture.ts';
import { approximateSpanSearch, exactSpanSearch } from './span-search.ts';
import { buildVectorGraph, growVectorGraph, openVectorGraph, type VectorGraph, type WrittenGraph } from './vector-graph.ts';

const { signal } = new AbortController();
const east = unit(1, 0);

async function inFolder(use: (path: (file: string) => string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'el4ner-graph-'));
  try {
    await use((file) => join(folder, file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a graph of nothing but zero vectors finds nothing', async () => {
  await inFolder(async (path) => {
    using graph = await buildVectorGraph(tableOf([[new Float32Array(2)]], 2).vectors, {}, signal);
    await graph.save(path('zero'));
    using opened = await openVectorGraph(path('zero'));
    assert.deepEqual([graph.nearest([east], 5), opened.nearest([east, east], 5)], [[[]], [[], []]]);
  });
});

test('the same vectors give the same graph, and a written graph finds the same', async () => {
  await inFolder(async (path) => {
    const { table, draw } = clusteredPool(400, 3);
    for (const file of ['one', 'two']) {
      using graph = await buildVectorGraph(table.vectors, {}, signal);
      await graph.save(path(file));
    }
    assert.deepEqual(await readFile(path('one')), await readFile(path('two')));
    using built = await buildVectorGraph(table.vectors, {}, signal);
    using opened = await openVectorGraph(path('one'));
    assert.equal(opened.tableChecksum, table.vectors.checksum);
    const queries = [draw(), draw(), draw(), draw(), draw()];
    assert.deepEqual(opened.nearest(queries, 50), built.nearest(queries, 50));
    // What is found for one does not depend on the others, nor on how many look at once.
    assert.deepEqual(
      queries.flatMap((query) => opened.nearest([query], 50)),
      opened.nearest(queries, 50),
    );
    assert.deepEqual(opened.nearest([], 50), []);
    await opened.save(path('three'));
    assert.deepEqual(await readFile(path('three')), await readFile(path('one')));
  });
});

test('rows that go round in circles, or are more than there are, are refused even with a checksum that fits', async () => {
  await inFolder(async (path) => {
    for (const [at, nextEqual] of [Uint32Array.of(1, 0), Uint32Array.of(5)].entries()) {
      const file = path(`circle-${at}`);
      await writeFile(file, 'graph');
      await appendGraphTrailer(file, { dimensions: 2, tableChecksum: 0, nextEqual });
      await assert.rejects(openVectorGraph(file), /do not follow each other/);
    }
    const file = path('many');
    await appendGraphTrailer(await emptyFile(file), { dimensions: 2, tableChecksum: 0, nextEqual: new Uint32Array(0) });
    const bytes = await readFile(file);
    bytes.writeUInt32LE(4_000_000_000, bytes.length - 12);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, bytes.length - 4)), bytes.length - 4);
    await writeFile(file, bytes);
    await assert.rejects(openVectorGraph(file), /fewer rows than it says/);
  });
});

async function emptyFile(path: string): Promise<string> {
  await writeFile(path, '');
  return path;
}

test('a graph that is missing, cut off or damaged is refused, not followed', async () => {
  await inFolder(async (path) => {
    const { table } = clusteredPool(100, 4);
    using graph = await buildVectorGraph(table.vectors, {}, signal);
    await graph.save(path('whole'));
    const whole = await readFile(path('whole'));
    const isRefused = (file: string) =>
      assert.rejects(openVectorGraph(path(file)), (error) => error instanceof NerError && error.detail.code === 'unreadable-input');
    await isRefused('missing');
    for (let part = 0; part < 40; part++) {
      const at = Math.floor((part * whole.length) / 40);
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(path('damaged'), damaged);
      await isRefused('damaged');
      await writeFile(path('cut'), whole.subarray(0, at));
      await isRefused('cut');
    }
    await copyFile(path('whole'), path('copy'));
    (await openVectorGraph(path('copy')))[Symbol.dispose]();
  });
});

test('a graph tells how far it is, and its building can be stopped', async () => {
  const { table } = clusteredPool(600, 5);
  const seen: number[] = [];
  const progress = { onProgress: (done: number) => seen.push(done) };
  (await buildVectorGraph(table.vectors, progress, signal))[Symbol.dispose]();
  assert.ok(seen.length > 2);
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
  const stop = new AbortController();
  const reason = new Error('enough');
  await assert.rejects(buildVectorGraph(table.vectors, { onProgress: () => stop.abort(reason) }, stop.signal), reason);
});

test('a graph that is disposed of answers no more', async () => {
  const graph = await buildVectorGraph(tableOf([[east]], 2).vectors, {}, signal);
  assert.deepEqual(graph.nearest([east], 1), [[{ cosine: 1, rows: [0] }]]);
  graph[Symbol.dispose]();
  assert.throws(() => graph.nearest([east], 1), TypeError);
});

/** A graph of the first sentences of a pool, which grows to more of them as often as there are numbers. */
async function grownGraph(
  sentences: readonly (readonly Float32Array[])[],
  [first = 0, ...steps]: readonly number[],
  path: string,
): Promise<VectorGraph> {
  const vectorsOf = (count: number) => tableOf(sentences.slice(0, count), 32).vectors;
  let table = vectorsOf(first);
  let graph = await buildVectorGraph(table, {}, signal);
  for (const count of steps) {
    await graph.save(path);
    const before: WrittenGraph = { path, table };
    table = vectorsOf(count);
    graph = await growVectorGraph(before, table, {}, signal);
  }
  return graph;
}

const growths = [
  { name: 'once, by few sentences', steps: [2900, 3000] },
  { name: 'once, by most of its sentences', steps: [30, 3000] },
  { name: 'in many small steps', steps: Array.from({ length: 81 }, (_, step) => 1400 + 20 * step) },
];
for (const { name, steps } of growths) {
  test(`a graph that grew ${name}, finds what exact search finds`, async () => {
    await inFolder(async (path) => {
      const { sentences, table, draw } = clusteredPool(3000, 6);
      const exact = exactSpanSearch(table);
      using approximate = approximateSpanSearch(table, await grownGraph(sentences, steps, path('graph')));
      let found = 0;
      for (let query = 0; query < 60; query++) {
        const spans = spansOf([draw(), draw(), draw(), draw()], [1, 2, 0, 4]);
        const expected = places(exact.best(spans, 8));
        found += places(approximate.best(spans, 8)).filter((sentence) => expected.includes(sentence)).length;
      }
      assert.ok(found / (8 * 60) >= 0.99, `recall is ${found / (8 * 60)}`);
    });
  });
}

test('rows that equal those of before share their node, and a grown graph survives being written', async () => {
  await inFolder(async (path) => {
    const [a, b, c] = [unit(1, 0), unit(0, 1), unit(1, 1)];
    const [first, all] = [[a, b, a].map((span) => [span]), [a, b, a, b, c, a, c].map((span) => [span])];
    const table = tableOf(first, 2).vectors;
    await (await buildVectorGraph(table, {}, signal)).save(path('first'));
    using grown = await growVectorGraph({ path: path('first'), table }, tableOf(all, 2).vectors, {}, signal);
    await grown.save(path('grown'));
    using opened = await openVectorGraph(path('grown'));
    for (const graph of [grown, opened]) {
      const rowsOf = (vector: Float32Array) => graph.nearest([vector], 9)[0]?.map(({ rows }) => rows);
      assert.deepEqual(
        [rowsOf(a), rowsOf(b)?.[0], rowsOf(c)?.[0]],
        [
          [
            [0, 2, 5],
            [4, 6],
            [1, 3],
          ],
          [1, 3],
          [4, 6],
        ],
      );
    }
  });
});

test('a graph always grows to the same bytes, tells how far it is, and leaves the one of before', async () => {
  await inFolder(async (path) => {
    const { sentences, table } = clusteredPool(900, 7);
    const first = tableOf(sentences.slice(0, 300), 32).vectors;
    await (await buildVectorGraph(first, {}, signal)).save(path('first'));
    const whole = await readFile(path('first'));
    const told: [number, number][] = [];
    for (const file of ['one', 'two']) {
      const onProgress = (done: number, total: number) => told.push([done, total]);
      await (await growVectorGraph({ path: path('first'), table: first }, table.vectors, { onProgress }, signal)).save(path(file));
    }
    assert.deepEqual(await readFile(path('one')), await readFile(path('two')));
    assert.deepEqual(await readFile(path('first')), whole);
    const [done, total] = told.at(-1) ?? assert.fail();
    assert.equal(done, total);
    assert.ok(total < table.vectors.rows - first.rows, 'equal rows need no node');
    const stop = new AbortController();
    const stopping = { onProgress: () => stop.abort('enough') };
    await assert.rejects(
      growVectorGraph({ path: path('first'), table: first }, table.vectors, stopping, stop.signal),
      (reason) => reason === 'enough',
    );
  });
});

test('a graph does not grow to a table that has not all of its rows in front, nor with the table of another', async () => {
  await inFolder(async (path) => {
    const { sentences, table } = clusteredPool(60, 8);
    const first = tableOf(sentences.slice(0, 30), 32).vectors;
    await (await buildVectorGraph(first, {}, signal)).save(path('first'));
    const others = [tableOf(sentences.slice(2), 32), tableOf(sentences.slice(0, 20), 32), tableOf([[east]], 2)];
    for (const { vectors } of others) {
      await assert.rejects(growVectorGraph({ path: path('first'), table: first }, vectors, {}, signal), RangeError);
    }
    const shorter = tableOf(sentences.slice(0, 20), 32).vectors;
    await assert.rejects(growVectorGraph({ path: path('first'), table: shorter }, table.vectors, {}, signal), RangeError);
    await writeFile(path('first'), (await readFile(path('first'))).fill(1, 100, 101));
    await assert.rejects(
      growVectorGraph({ path: path('first'), table: first }, table.vectors, {}, signal),
      (error) => error instanceof NerError && error.detail.code === 'unreadable-input',
    );
  });
});
