import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import type { NerError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import { embedderConformance } from '../model/embedder-conformance.ts';
import { serveModel } from '../model/openai-server.fixture.ts';
import { scriptedModel } from '../model/scripted.ts';
import { ngramEmbedder } from './ngram-embedder.ts';
import { embedderUriForms, openEmbedder } from './open-embedder.ts';

const { signal } = new AbortController();

for (const uri of ['words', 'ngram']) {
  embedderConformance(uri, async () => ({ embedder: await openEmbedder(uri), async [Symbol.asyncDispose]() {} }));
}

async function refusal(uri: string): Promise<NerError> {
  return openEmbedder(uri, { environment: {} }).then(
    () => assert.fail(`"${uri}" should not be opened.`),
    (error: NerError) => error,
  );
}

/** A server of one embedding model, and the embedder that a URI on it opens. */
async function served(
  uriOf: (url: string) => string,
  options: { readonly environment: (url: string) => Record<string, string>; readonly apiKey?: string },
) {
  const server = await serveModel(scriptedModel({ answer: () => [] }), {
    embedder: ngramEmbedder,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  });
  const embedder: Embedder = await openEmbedder(uriOf(server.url), { environment: options.environment(server.url) });
  return { server, embedder, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('an embedder opened by its URI', () => {
  it('is that of words by default, and has its version in its id', async () => {
    assert.equal((await openEmbedder()).id, 'words@1');
    assert.equal((await openEmbedder('ngram')).id, 'ngram@1');
  });

  it('can be opened by its id, unless it has another version now', async () => {
    for (const uri of ['words@1', 'ngram@1']) assert.equal((await openEmbedder(uri)).id, uri);
    const { detail, message } = await refusal('words@0');
    assert.equal(detail.code, 'usage');
    assert.match(message, /words@0.*words@1/);
  });

  it('gives what the embedder itself gives', async () => {
    const [alone] = await ngramEmbedder.embed(['Berlin'], signal);
    assert.deepEqual(await (await openEmbedder('ngram')).embed(['Berlin', ' '], signal), [alone, new Float32Array(256)]);
  });

  it('asks an OpenAI-compatible server, with the key of the environment', async () => {
    const setting = { environment: () => ({ EL4NER_API_KEY: 'k' }), apiKey: 'k' };
    await using subject = await served((url) => `${url}/v1#test-model`, setting);
    assert.equal(subject.embedder.id, `${subject.server.url}/v1#test-model`);
    assert.deepEqual(await subject.embedder.embed(['Berlin'], signal), await ngramEmbedder.embed(['Berlin'], signal));
  });

  it('asks Ollama where the environment says that it is', async () => {
    await using subject = await served(() => 'ollama:test-model', { environment: (url) => ({ OLLAMA_HOST: url }) });
    assert.equal(subject.embedder.id, 'ollama:test-model');
    await subject.embedder.embed(['Berlin'], signal);
    assert.deepEqual(
      subject.server.requests.map(({ path }) => path),
      ['/api/embed'],
    );
  });

  it('takes the key of OpenAI from the environment alone', async () => {
    const { detail, message } = await refusal('openai:text-embedding-3-small');
    assert.deepEqual(detail, { code: 'model-unavailable', modelId: 'openai:text-embedding-3-small' });
    assert.match(message, /OPENAI_API_KEY/);
    const environment = { OPENAI_API_KEY: 'sk-x' };
    assert.equal((await openEmbedder('openai:text-embedding-3-small', { environment })).id, 'openai:text-embedding-3-small');
  });

  it('keeps to the time limit', async () => {
    await using server = await serveModel(scriptedModel({ answer: () => [] }), { embedder: { embed: () => new Promise(() => {}) } });
    const embedder = await openEmbedder(`${server.url}/v1#test-model`, { timeoutMs: 20, environment: {} });
    await assert.rejects(embedder.embed(['Berlin'], signal), { detail: { code: 'timeout', modelId: embedder.id, timeoutMs: 20 } });
  });

  it('tells of a GGUF file that is missing', async () => {
    const { detail, message } = await refusal('gguf:/nowhere/model.gguf');
    assert.deepEqual(detail, { code: 'model-unavailable', modelId: 'gguf:/nowhere/model.gguf' });
    assert.match(message, /\/nowhere\/model\.gguf/);
  });

  it('says what to install for transformers', { skip: isInstalled('@huggingface/transformers') }, async () => {
    const { detail, message } = await refusal('transformers:someone/model');
    assert.deepEqual(detail, { code: 'model-unavailable', modelId: 'transformers:someone/model' });
    assert.match(message, /npm install @huggingface\/transformers/);
  });

  for (const uri of [
    '',
    'minilm',
    'words:',
    'gguf:',
    'ollama:',
    'openai:',
    'transformers:',
    'http://127.0.0.1/v1',
    'http://#bge',
    'nano:social',
  ]) {
    it(`is none for "${uri}"`, async () => {
      const { detail, message } = await refusal(uri);
      assert.equal(detail.code, 'usage');
      for (const [form] of embedderUriForms) assert.ok(message.includes(form), message);
    });
  }

  const typos = {
    word: 'words',
    ngrams: 'ngram',
    'Ollama:x': 'ollama:MODEL',
    'olama:x': 'ollama:MODEL',
    'open-ai:x': 'openai:MODEL',
    'transformer:x': 'transformers:MODEL',
  };
  for (const [uri, meant] of Object.entries(typos)) {
    it(`is likely to be ${meant} for "${uri}"`, async () => {
      assert.match((await refusal(uri)).message, new RegExp(`Did you mean ${meant}\\?`));
    });
  }

  it('is not guessed for what is like none', async () => {
    for (const uri of ['minilm', 'nano:social', '']) assert.doesNotMatch((await refusal(uri)).message, /Did you mean/);
  });
});

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
