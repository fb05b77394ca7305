import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ollamaDigest } from './ollama-digest.ts';
import { type ServeOptions, serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';

const { signal } = new AbortController();
const serve = (options: ServeOptions) => serveModel(scriptedModel({ answer: () => [] }), options);

describe('the digest of a model of Ollama', () => {
  it('is what the server says', async () => {
    await using server = await serve({ name: 'qwen2.5:14b', digest: 'cafe' });
    assert.equal(await ollamaDigest({ baseUrl: server.url, model: 'qwen2.5:14b' }, signal), 'cafe');
    assert.equal(await ollamaDigest({ baseUrl: server.url, model: 'qwen2.5' }, signal), undefined);
  });

  it('is that of the latest one where the name has no tag', async () => {
    await using server = await serve({ name: 'qwen2.5:latest', digest: 'cafe' });
    assert.equal(await ollamaDigest({ baseUrl: server.url, model: 'qwen2.5' }, signal), 'cafe');
  });

  it('is unknown where the server does not tell, answers otherwise or is not there', async () => {
    await using server = await serve({ name: 'qwen2.5:14b' });
    const ask = () => ollamaDigest({ baseUrl: server.url, model: 'qwen2.5:14b' }, signal);
    assert.equal(await ask(), undefined);
    server.stage({ kind: 'body', body: '<html>' }, { kind: 'status', status: 500 }, { kind: 'reset' });
    for (let fault = 0; fault < 3; fault++) assert.equal(await ask(), undefined);
  });

  it('is not waited for once that is aborted', async () => {
    await using server = await serve({ name: 'qwen2.5:14b', digest: 'cafe' });
    const reason = new Error('enough');
    await assert.rejects(ollamaDigest({ baseUrl: server.url, model: 'qwen2.5:14b' }, AbortSignal.abort(reason)), reason);
  });
});
