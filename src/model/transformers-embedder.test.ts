import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { embedderConformance } from './embedder-conformance.ts';
import { type TransformersPackage, transformersEmbedder } from './transformers-embedder.ts';

const { signal } = new AbortController();

/** A stand-in for the package, which notes what it is asked for. */
function standIn() {
  const notes: unknown[][] = [];
  const pipeline: TransformersPackage['pipeline'] = async (...asked) => {
    notes.push(asked);
    const extract = async (texts: readonly string[], options: unknown) => {
      notes.push([texts, options]);
      return {
        tolist: () => texts.map((text) => Array.from({ length: 16 }, (_, at) => (text.charCodeAt(at % text.length) * (at + 1)) % 97)),
      };
    };
    return Object.assign(extract, { dispose: async () => notes.push(['disposed']) });
  };
  return { notes, load: async () => ({ pipeline }) };
}

embedderConformance('transformers', async () => ({
  embedder: await transformersEmbedder({ model: 'someone/model', load: standIn().load }),
  async [Symbol.asyncDispose]() {},
}));

describe('an embedder of transformers', () => {
  it('pools by the mean, and disposes of its model once', async () => {
    const { notes, load } = standIn();
    const embedder = await transformersEmbedder({ model: 'someone/model', load });
    assert.equal(embedder.id, 'transformers:someone/model');
    await embedder.embed(['Ada', 'Bob'], signal);
    await embedder[Symbol.asyncDispose]();
    await embedder[Symbol.asyncDispose]();
    assert.deepEqual(notes, [
      ['feature-extraction', 'someone/model', { local_files_only: false }],
      [['Ada', 'Bob'], { pooling: 'mean', normalize: true }],
      ['disposed'],
    ]);
  });

  it('loads a folder by its whole path and without the network', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'el4ner-transformers-'));
    for (const model of [folder, relative('', folder), './nowhere']) {
      const { notes, load } = standIn();
      await transformersEmbedder({ model, load });
      assert.deepEqual(notes, [['feature-extraction', resolve(model), { local_files_only: true }]]);
    }
    await rm(folder, { recursive: true });
  });

  it('says what to install where the package is missing', async () => {
    const cause = Object.assign(new Error("Cannot find package '@huggingface/transformers' imported from here"), {
      code: 'ERR_MODULE_NOT_FOUND',
    });
    await assert.rejects(transformersEmbedder({ model: 'someone/model', load: () => Promise.reject(cause) }), {
      message: /not installed.*npm install @huggingface\/transformers/,
      detail: { code: 'model-unavailable', modelId: 'transformers:someone/model' },
      cause,
    });
  });

  it('says why the package did not load', async () => {
    await assert.rejects(transformersEmbedder({ model: 'someone/model', load: () => Promise.reject(new Error('no onnxruntime.')) }), {
      message: /did not load: no onnxruntime\. Run/,
      detail: { code: 'model-unavailable', modelId: 'transformers:someone/model' },
    });
  });

  it('says what a folder should have, and that a name was looked up', async () => {
    const load = async () => ({ pipeline: () => Promise.reject(new Error('nothing there')) });
    const detail = { code: 'model-unavailable' };
    await assert.rejects(transformersEmbedder({ model: './nowhere', id: 'e', load }), {
      message: /nothing there\. Expected a folder with config\.json/,
      detail: { ...detail, modelId: 'e' },
    });
    await assert.rejects(transformersEmbedder({ model: 'someone/model', id: 'e', load }), {
      message: /nothing there\. .*Hugging Face hub/,
      detail: { ...detail, modelId: 'e' },
    });
  });

  it('fails if the model does', async () => {
    const load = async () => ({
      pipeline: async () => Object.assign(() => Promise.reject(new Error('out of memory')), { dispose: async () => undefined }),
    });
    const embedder = await transformersEmbedder({ model: 'someone/model', id: 'e', load });
    await assert.rejects(embedder.embed(['Ada'], signal), { message: /out of memory/, detail: { code: 'model-failed', modelId: 'e' } });
  });
});
