import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LlamaModel } from 'node-llama-cpp';
import { bundledModels } from '../bundled.ts';
import { ggufEmbedder } from './embedder.ts';

const [bundled] = await bundledModels();
const path = bundled?.path ?? '';
const { signal } = new AbortController();
const open = () => ggufEmbedder({ path, id: 'e', device: 'cpu' });

describe('a GGUF embedder', () => {
  test('gives unit vectors for texts, alike for the same text', async () => {
    await using embedder = await open();
    const vectors = await embedder.embed(['Berlin', 'Paris', 'Berlin'], signal);
    assert.equal(vectors.length, 3);
    for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
    assert.deepEqual(vectors[0], vectors[2]);
    assert.notDeepEqual(vectors[0], vectors[1]);
  });

  test('gives the zero vector, of the same dimension, for a text without content', async () => {
    await using embedder = await open();
    const [berlin, ...empty] = await embedder.embed(['Berlin', '', ' \n'], signal);
    const zero = new Float32Array(berlin?.length ?? 0);
    assert.ok(zero.length > 0);
    assert.deepEqual(empty, [zero, zero]);
  });

  test('embeds the beginning of a text that is too long', async () => {
    await using embedder = await open();
    const [long, longer, other] = await embedder.embed(['one '.repeat(600), 'one '.repeat(900), `Berlin ${'one '.repeat(600)}`], signal);
    assert.deepEqual(longer, long);
    assert.notDeepEqual(other, long);
  });

  test('gives up at once when it is aborted, and goes on after that', async () => {
    await using embedder = await open();
    const controller = new AbortController();
    const embedding = embedder.embed(new Array(200).fill('Berlin'), controller.signal);
    setTimeout(() => controller.abort('enough'), 5);
    await assert.rejects(embedding, (error) => error === 'enough');
    assert.equal((await embedder.embed(['Berlin'], signal)).length, 1);
    await assert.rejects(embedder.embed([], controller.signal), (error) => error === 'enough');
  });

  test('fails when it has been disposed of, and says so', async () => {
    const embedder = await open();
    await embedder[Symbol.asyncDispose]();
    await assert.rejects(embedder.embed(['Berlin'], signal), { message: /disposed of/, detail: { code: 'model-failed', modelId: 'e' } });
  });

  test('releases its weights if no context can be made', async (context) => {
    const cause = new Error('no memory');
    context.mock.method(LlamaModel.prototype, 'createEmbeddingContext', () => Promise.reject(cause));
    const dispose = context.mock.method(LlamaModel.prototype, 'dispose');
    await assert.rejects(open(), { message: /no memory/, detail: { code: 'model-unavailable', modelId: 'e' }, cause });
    assert.equal(dispose.mock.callCount(), 1);
  });
});
