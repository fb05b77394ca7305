import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { NerError } from '../error.ts';
import { modelId, openModel } from './open.ts';
import { serverAccess } from './server-access.ts';

const environment = { OPENAI_API_KEY: 'sk-very-secret', OLLAMA_HOST: 'ollama.test' };

describe('the settings in a URI of a model', () => {
  const cases: readonly (readonly [uri: string, dialect: RegExp, url: string, limit: number])[] = [
    ['http://vllm.test/v1#qwen', /^chat-json/, 'http://vllm.test', 4],
    ['http://vllm.test/v1?concurrency=3#qwen', /^chat-json/, 'http://vllm.test', 3],
    ['http://vllm.test/v1?dialect=chat-paper#qwen', /^chat-paper/, 'http://vllm.test', 4],
    ['http://vllm.test/v1?dialect=chat-paper&concurrency=3#qwen', /^chat-paper/, 'http://vllm.test', 3],
    ['ollama:qwen2.5:14b?concurrency=2&dialect=chat-paper', /^chat-paper/, 'http://ollama.test:11434', 2],
    ['openai:gpt-5-mini?concurrency=1', /^chat-json/, 'https://api.openai.com', 1],
  ];
  for (const [uri, dialect, url, limit] of cases) {
    it(`are taken of ${uri}`, async () => {
      await using model = await openModel(uri, { environment });
      assert.equal(model.id, modelId(uri));
      assert.match(model.dialect, dialect);
      using access = serverAccess({ url, modelId: 'observer' });
      assert.equal(access.limit(), limit);
    });
  }

  const ids: readonly (readonly [uri: string, id: string])[] = [
    ['http://vllm.test/v1?concurrency=3#qwen', 'http://vllm.test/v1#qwen'],
    ['http://vllm.test/v1?dialect=chat-paper&concurrency=3#qwen', 'http://vllm.test/v1?dialect=chat-paper#qwen'],
    ['ollama:qwen2.5:14b?concurrency=2&dialect=chat-paper', 'ollama:qwen2.5:14b?dialect=chat-paper'],
    ['openai:gpt-5-mini?concurrency=1', 'openai:gpt-5-mini'],
    ['ollama:what?now', 'ollama:what?now'],
    ['gguf:qwen.gguf?dialect=chat-paper', 'gguf:qwen.gguf?dialect=chat-paper'],
    ['nano:social', 'nano:social'],
  ];
  for (const [uri, id] of ids) {
    it(`are part of the id only where they influence answers, in ${uri}`, async () => {
      assert.equal(modelId(uri), id);
      if (/^(http|ollama|openai)/.test(uri)) {
        await using model = await openModel(uri, { environment });
        assert.equal(model.id, id);
      }
    });
  }

  it('may be options', async () => {
    await using model = await openModel('ollama:qwen2.5:14b', { environment, concurrency: 2 });
    using access = serverAccess({ url: 'http://ollama.test:11434', modelId: model.id });
    assert.equal(access.limit(), 2);
  });

  const refused: readonly (readonly [uri: string, message: RegExp])[] = [
    ['http://vllm.test/v1?concurrency=0#qwen', /expected a whole number from 1/],
    ['ollama:qwen?concurrency=many', /is NaN; expected a whole number from 1/],
    ['ollama:qwen?concurrency=', /expected a whole number from 1/],
    ['ollama:qwen?dialect=prose', /No dialect is called "prose".*chat-json and chat-paper/],
    ['ollama:qwen?dialect=constructor', /No dialect is called "constructor"/],
    ['ollama:qwen?concurrency=2&speed=3', /"speed" is no setting.*dialect and concurrency/],
    ['gguf:qwen.gguf?concurrency=2', /"concurrency" is no setting of gguf:qwen\.gguf/],
  ];
  for (const [uri, message] of refused) {
    it(`are refused of ${uri}`, () =>
      assert.rejects(openModel(uri, { environment }), (error: NerError) => error.detail.code === 'usage' && message.test(error.message)));
  }
});
