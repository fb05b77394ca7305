import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ngramEmbedder } from './ngram-embedder.ts';
import { dot } from './span-similarity.ts';

const { signal } = new AbortController();

async function cosine(a: string, b: string): Promise<number> {
  const [first, second] = await ngramEmbedder.embed([a, b], signal);
  return first !== undefined && second !== undefined ? dot(first, second) : Number.NaN;
}

test('a string is like itself, and like its inflections more than like other words', async () => {
  assert.ok((await cosine('Berlin', 'Berlin')) > 0.999);
  assert.ok(
    (await cosine('chronic lymphocytic leukaemia', 'acute lymphocytic leukaemia')) >
      (await cosine('chronic lymphocytic leukaemia', 'chest pain')),
  );
});

test('strings that look alike are closer than strings that do not', async () => {
  assert.ok((await cosine('@anna_b', '@tom_x')) > (await cosine('@anna_b', 'three weeks')));
  assert.ok((await cosine('p53', 'c12')) > (await cosine('p53', 'Barack Obama')));
});

test('every text gets a unit vector of one dimension; nothing gets the zero vector', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (texts) => {
      const vectors = await ngramEmbedder.embed(texts, signal);
      assert.equal(vectors.length, texts.length);
      for (const [index, vector] of vectors.entries()) {
        const blank = texts[index]?.trim() === '';
        assert.ok(Math.abs(dot(vector, vector) - (blank ? 0 : 1)) < 1e-5);
      }
    }),
  );
});

test('an aborted signal rejects with its reason', async () => {
  await assert.rejects(ngramEmbedder.embed(['a'], AbortSignal.abort('enough')), (reason) => reason === 'enough');
});
