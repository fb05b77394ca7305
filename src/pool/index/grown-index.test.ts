import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LabelledSentence } from '../../document/labelled.ts';
import { clusteredPool } from '../span-pool.fixture.ts';
import { exactSpanSearch } from '../span-search.ts';
import { type BuildOptions, buildIndex } from './build-index.ts';
import { bytesOf, directories, refuses } from './directories.fixture.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions } from './pool.fixture.ts';

const { newDirectory } = directories();
const never = new AbortController().signal;

/** Few different vectors, so that a graph of many spans has few nodes: a text has the vector of the first number in it. */
const vectors = [
  ...new Map(
    clusteredPool(500, 1)
      .sentences.flat()
      .map((vector) => [vector.join(), vector]),
  ).values(),
];
const differentInPool = 500;
const options: BuildOptions = {
  ...madeUpOptions(),
  embedder: {
    id: madeUpOptions().settings.embedder,
    embed: async (texts) => texts.map((text) => vectors[Number(/\d+/.exec(text)?.[0])] ?? new Float32Array(vectors[0]?.length ?? 0)),
    async [Symbol.asyncDispose]() {},
  },
};

function sentence(place: number, numbers: readonly number[]): LabelledSentence {
  const words = numbers.map((number) => `n${number}`);
  const entities = words.map((word, index) => {
    const start = words.slice(0, index).join(' ').length + (index > 0 ? 1 : 0);
    return { start, end: start + word.length, type: 'person' };
  });
  return { id: `p${place}`, text: `${words.join(' ')} of ${place}`, entities };
}

/** Enough spans for a graph, of 500 different vectors. */
const pool = Array.from({ length: 2100 }, (_, place) =>
  sentence(
    place,
    Array.from({ length: 10 }, (_, index) => (7 * place + 41 * index) % differentInPool),
  ),
);
/** Some of the same vectors, and 60 of others. */
const more = Array.from({ length: 30 }, (_, place) =>
  sentence(2100 + place, [place, differentInPool + 2 * place, differentInPool + 2 * place + 1]),
);

/** Builds and gives the number of vectors that were put into the graph; 0 if none was. */
async function put(sentences: readonly LabelledSentence[], directory: string): Promise<number> {
  let put = 0;
  const onProgress: BuildOptions['onProgress'] = (step, _, total) => {
    if (step === 'graph') put = total;
  };
  await buildIndex(sentences, directory, { ...options, onProgress }, never);
  return put;
}

test('sentences behind the others only add to the graph, and are found', async () => {
  const directory = await newDirectory();
  assert.equal(await put(pool, directory), differentInPool);
  assert.equal(await put([...pool, ...more], directory), 60);
  using index = await openIndex(directory);
  assert.equal(index.graph?.tableChecksum, index.spanVectors.checksum);
  const exact = exactSpanSearch({ vectors: index.spanVectors, firstSpans: index.firstSpans });
  for (const numbers of [
    [510, 511],
    [5, 510],
    [3, 44, 200, 559],
  ]) {
    const query = { vectors: numbers.map((number) => vectors[number] ?? assert.fail()), weights: numbers.map(() => 1) };
    assert.deepEqual(index.search.best(query, 8), exact.best(query, 8));
  }
});

const rebuilds = [
  { name: 'is left out', sentences: pool.slice(1) },
  { name: 'is another', sentences: pool.with(0, sentence(9999, [1, 2, 3])) },
  { name: 'stands elsewhere', sentences: [...pool.slice(1), ...pool.slice(0, 1)] },
  { name: 'stands before the others and is new', sentences: [...more.slice(0, 1), ...pool] },
];
for (const { name, sentences } of rebuilds) {
  test(`the graph is built anew where a sentence of before ${name}`, async () => {
    const [directory, anew] = [await newDirectory(), await newDirectory()];
    await put(pool, directory);
    assert.ok((await put(sentences, directory)) >= differentInPool);
    await put(sentences, anew);
    assert.deepEqual(await bytesOf(directory), await bytesOf(anew));
  });
}

test('a build that is broken off while it adds to a graph ends in the bytes of an undisturbed one', async () => {
  const [disturbed, undisturbed] = [await newDirectory(), await newDirectory()];
  for (const directory of [disturbed, undisturbed]) await put(pool, directory);
  const stop = new AbortController();
  const onProgress: BuildOptions['onProgress'] = (step) => step === 'graph' && stop.abort('enough');
  await assert.rejects(buildIndex([...pool, ...more], disturbed, { ...options, onProgress }, stop.signal), (reason) => reason === 'enough');
  for (const directory of [disturbed, undisturbed]) assert.equal(await put([...pool, ...more], directory), 60);
  assert.deepEqual(await bytesOf(disturbed), await bytesOf(undisturbed));
});

test('a graph that is damaged or missing is not added to, and what the refusal tells to do is enough', async () => {
  const directory = await newDirectory();
  await put(pool, directory);
  const name = (await readdir(directory)).find((file) => file.endsWith('.graph')) ?? assert.fail();
  const path = join(directory, name);
  const bytes = await readFile(path);
  bytes.writeUInt8((bytes.at(500) ?? 0) ^ 1, 500);
  for (const spoil of [() => writeFile(path, bytes), () => rm(path)]) {
    await spoil();
    const told = await put([...pool, ...more], directory).then(() => assert.fail(), String);
    await refuses(directory, /Delete \S+index\.json and build the index anew/);
    assert.match(told, /\.graph cannot be used/);
  }
  await rm(join(directory, 'index.json'));
  assert.equal(await put([...pool, ...more], directory), differentInPool + 60);
});
