import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { dot } from './span-similarity.ts';
import { wordEmbedder } from './word-embedder.ts';
import { readWordVectors } from './word-vectors.ts';

const { signal } = new AbortController();
await using embedder = await wordEmbedder();

async function cosine(a: string, b: string): Promise<number> {
  const [first, second] = await embedder.embed([a, b], signal);
  return first !== undefined && second !== undefined ? dot(first, second) : Number.NaN;
}

test('what is meant alike is closer than what is spelled alike', async () => {
  assert.ok((await cosine('Paris', 'London')) > (await cosine('Paris', 'parsley')));
  assert.ok((await cosine('grandmaster', 'chess player')) > (await cosine('grandmaster', 'grandmother')));
  assert.ok((await cosine('on Monday', 'last Friday')) > (await cosine('on Monday', 'on the roof')));
});

test('words that no table has are close to words spelled alike', async () => {
  assert.ok((await cosine('zorbifloxacin', 'zorbifloxacine')) > 0.5);
  assert.ok((await cosine('zorbifloxacin', 'zorbifloxacine')) > (await cosine('zorbifloxacin', 'quendrivane')));
});

test('case and frequent words hardly matter', async () => {
  assert.ok((await cosine('the Ministry of Defence', 'ministry of defence')) > 0.8);
  assert.ok((await cosine('the town', 'town')) > (await cosine('the town', 'the end')));
});

test('every text gets a unit vector of one dimension; nothing gets the zero vector', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (texts) => {
      for (const [index, vector] of (await embedder.embed(texts, signal)).entries()) {
        assert.equal(vector.length, 256);
        assert.ok(Math.abs(dot(vector, vector) - (texts[index]?.trim() === '' ? 0 : 1)) < 1e-5);
      }
    }),
  );
});

test('an aborted signal rejects with its reason', async () => {
  await assert.rejects(embedder.embed(['a'], AbortSignal.abort('enough')), (reason) => reason === 'enough');
});

test('a table that is missing, cut off or something else is refused', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'el4ner-words-'));
  const path = join(scratch, 'words.bin');
  await assert.rejects(readWordVectors(path), /cannot be read/);
  for (const content of [
    '',
    'hello\n',
    '{"version":1,"words":2,"dimensions":1,"scale":1}\na\nb',
    '{"version":2,"words":1,"dimensions":1,"scale":1}\na\nx',
  ]) {
    await writeFile(path, content);
    await assert.rejects(readWordVectors(path), /Install the package anew/, content);
  }
  await writeFile(path, '{"version":1,"words":1,"dimensions":1,"scale":120}\na\nx');
  const table = await readWordVectors(path);
  const target = new Float32Array(1);
  table.addTo(target, table.rank('a') ?? assert.fail(), 0.5);
  assert.deepEqual([...target], [0.5]);
  assert.equal(table.rank('b'), undefined);
  await rm(scratch, { recursive: true });
});
