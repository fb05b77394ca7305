import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { NerError } from '../../error.ts';
import { ngramEmbedder } from '../ngram-embedder.ts';
import { spanSimilarity } from '../span-similarity.ts';
import { buildIndex } from './build-index.ts';
import { bytesOf, directories } from './directories.fixture.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { signal } = new AbortController();
const { built, newDirectory } = directories();

test('an index has the sentences, spans, labels and vectors of its pool', async () => {
  const pool = madeUpPool(40);
  using index = await openIndex(await built(40));
  assert.deepEqual(
    pool.map((_, place) => index.at(place).sentence),
    pool,
  );
  assert.deepEqual(
    pool.map((_, place) => index.at(place).spans),
    pool.map(({ entities }) => entities.map(({ start, end }) => ({ start, end }))),
  );
  assert.equal(index.manifest.spans, pool.flatMap(({ entities }) => entities).length);
  assert.deepEqual(
    index.labels().map(({ type, mentions }) => [type, mentions]),
    ['person', 'town'].map((type) => [type, pool.flatMap(({ entities }) => entities).filter((entity) => entity.type === type).length]),
  );
  const [vector = assert.fail()] = await ngramEmbedder.embed([pool[7]?.text ?? ''], signal);
  assert.ok(index.sentenceVectors.dot(7, vector) > 0.99);
});

test('its search ranks as the reference does', async () => {
  const pool = madeUpPool(60);
  using index = await openIndex(await built(60));
  const vectors = await ngramEmbedder.embed(['Boris 99', 'Bergen'], signal);
  const query = { vectors, weights: [4, 2] };
  const found = index.search.best(query, 5);
  const scores = await Promise.all(
    pool.map(async ({ text, entities }) => {
      const spans = entities.map(({ start, end }) => text.slice(start, end));
      return spanSimilarity(query, await ngramEmbedder.embed(spans, signal));
    }),
  );
  const best = scores.toSorted((a, b) => b - a);
  for (const [rank, { sentence, score }] of found.entries()) {
    assert.ok(Math.abs(score - (scores[sentence] ?? Number.NaN)) < 0.01);
    assert.ok(Math.abs(score - (best[rank] ?? Number.NaN)) < 0.01);
  }
});

test('an empty pool has an index, too', async () => {
  using index = await openIndex(await built(0));
  assert.deepEqual([index.manifest.sentences, index.keys(), index.search.best({ vectors: [], weights: [] }, 3)], [0, [], []]);
});

test('only new sentences are worked out, as progress tells, and what is there in the end does not depend on the way', async () => {
  const directory = await built(30);
  const asked: string[] = [];
  const counting = madeUpOptions(async ({ id, entities }) => {
    asked.push(id);
    return { spans: entities };
  });
  const told: string[] = [];
  const onProgress = (step: string, done: number, total: number) => told.push(`${step} ${done} of ${total}`);
  const { worked } = await buildIndex(madeUpPool(34), directory, { ...counting, onProgress }, signal);
  assert.equal(worked, 4);
  assert.deepEqual(told.slice(0, 4), ['sentences 1 of 4', 'sentences 2 of 4', 'sentences 3 of 4', 'sentences 4 of 4']);
  assert.match(told.at(-1) ?? '', /^tagger (\d+) of \1$/);
  assert.deepEqual(asked, ['p30', 'p31', 'p32', 'p33']);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(34)));
});

test('sentences that are left out of the pool leave the index, and its order is that of the pool', async () => {
  const directory = await built(12);
  const pool = madeUpPool(12).slice(3, 9).reverse();
  const { worked } = await buildIndex(pool, directory, madeUpOptions(), signal);
  assert.equal(worked, 0);
  using index = await openIndex(directory);
  assert.deepEqual(
    pool.map((_, place) => index.at(place).sentence.id),
    pool.map(({ id }) => id),
  );
  assert.equal((await readdir(directory)).length, 5);
});

test('a pool that is as it was leaves the files as they are, and takes away what a killed build had left', async () => {
  const directory = await built(12);
  const names = await readdir(directory);
  const inodes = () => Promise.all(names.map(async (name) => (await stat(join(directory, name))).ino));
  const before = await inodes();
  await writeFile(join(directory, 'spans-0123456789abcdef.vectors.partial'), '');
  await buildIndex(madeUpPool(12), directory, madeUpOptions(), signal);
  assert.deepEqual(await readdir(directory), names);
  assert.deepEqual(await inodes(), before);
});

const rebuilds = [
  { name: 'other types of labels', candidateSpans: 'gold', types: ['town'], worked: 6 },
  {
    name: 'labels of types in another order, and a type that is new',
    candidateSpans: 'gold',
    types: ['planet', 'town', 'person'],
    worked: 0,
  },
  { name: 'noun chunks with other types', candidateSpans: 'chunks', types: ['town'], worked: 0 },
  { name: 'models that are asked about types in another order', candidateSpans: 'models', types: ['town', 'person'], worked: 6 },
] as const;

for (const { name, candidateSpans, types, worked } of rebuilds) {
  test(`${worked} of 6 sentences are worked out anew for ${name}`, async () => {
    const options = madeUpOptions();
    const settings = { ...options.settings, candidateSpans };
    const directory = await built(6, { ...options, settings });
    const other = { ...options, settings: { ...settings, types: [...types] } };
    assert.equal((await buildIndex(madeUpPool(6), directory, other, signal)).worked, worked);
    assert.deepEqual(await bytesOf(directory), await bytesOf(await built(6, other)));
  });
}

test('a sentence that could not be read is told, and tried again', async () => {
  const directory = await newDirectory();
  const halting = madeUpOptions(async ({ id, entities }) => (id === 'p2' ? { spans: [], unread: 'It is too long.' } : { spans: entities }));
  const first = await buildIndex(madeUpPool(5), directory, halting, signal);
  assert.deepEqual(first.unread, [{ id: 'p2', reason: 'It is too long.' }]);
  const second = await buildIndex(madeUpPool(5), directory, madeUpOptions(), signal);
  assert.deepEqual([second.worked, second.unread], [1, []]);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(5)));
});

test('an embedder that has become another one is refused, and what there is stays', async () => {
  const directory = await built(4);
  const whole = await bytesOf(directory);
  const longer = { ...ngramEmbedder, embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(9)) };
  await assert.rejects(buildIndex(madeUpPool(6), directory, { ...madeUpOptions(), embedder: longer }, signal), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'model-failed', String(error));
    assert.match(error.message, /vectors of 9 dimensions, .* prepared with 256 .* build the index anew in another directory/);
    return true;
  });
  assert.equal((await buildIndex(madeUpPool(4), directory, madeUpOptions(), signal)).worked, 0);
  assert.deepEqual(await bytesOf(directory), whole);
});

test('the vectors of many sentences are asked for at once', async () => {
  const asked: number[] = [];
  const embed: typeof ngramEmbedder.embed = (texts, signal) => {
    asked.push(texts.length);
    return ngramEmbedder.embed(texts, signal);
  };
  await built(100, { ...madeUpOptions(), embedder: { ...ngramEmbedder, embed } });
  assert.ok(asked.length <= 10, String(asked));
});
