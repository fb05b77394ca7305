import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExtractTask } from '../prompting/task.ts';
import type { LanguageModel } from './language-model.ts';
import { openModel } from './open.ts';
import { serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';
import { serverAccess } from './server-access.ts';
import { openaiCompatibleEmbedder } from './server-embedders.ts';
import { ollama, openaiCompatible } from './servers.ts';

const task = (text: string): ExtractTask => ({ kind: 'extract', types: [{ name: 'person' }], demonstrations: [], text });
const { signal } = new AbortController();

/** Counts how many works are going on, and how many ever were at once. */
function gauge() {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    async during<T>(work: () => Promise<T>): Promise<T> {
      now += 1;
      most = Math.max(most, now);
      try {
        return await work();
      } finally {
        now -= 1;
      }
    },
  };
}

/** A model that takes so long, and a gauge of how many requests it answers at once. */
function slowModel(takesMs: number) {
  const { most, during } = gauge();
  const answer = () => during(() => sleep(takesMs, ['Ada']));
  return { most, during, model: scriptedModel({ answer }) };
}

function askMany(model: LanguageModel, times: number) {
  return Array.from({ length: times }, (_, index) => model.answer<'extract'>(task(`Ada came for the ${index}th time.`), signal));
}

describe('models of one server', () => {
  it('find out together how many requests it bears', async () => {
    const bears = 6;
    await using server = await serveModel(slowModel(100).model, { mostAtOnce: bears });
    await using one = openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model' });
    await using other = ollama({ baseUrl: server.url, model: 'test-model' });
    const answers = await Promise.all([...askMany(one, 30), ...askMany(other, 30)]);
    assert.ok(answers.every((answer) => answer.ok));
    using access = serverAccess({ url: server.url, modelId: 'observer' });
    const refused = server.requests.length - answers.length;
    const outcome = `limit ${access.limit()}, ${refused} refused`;
    // One more at most, if all requests that are in flight have come to the server; on a busy machine some are still on their way.
    assert.ok(access.limit() >= bears / 2 && access.limit() <= bears + 3, outcome);
    assert.ok(refused > 0 && refused <= bears, outcome);
  });

  it('are asked in turn', async () => {
    await using server = await serveModel(slowModel(2).model);
    await using one = openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', concurrency: 1 });
    await using other = ollama({ baseUrl: server.url, model: 'test-model' });
    await Promise.all([...askMany(one, 10), ...askMany(other, 5)]);
    const firstPaths = server.requests.slice(0, 10).map(({ path }) => path);
    const ofOther = firstPaths.filter((path) => path === '/api/chat').length;
    assert.ok(ofOther >= 4, `${ofOther} of the first ten requests are the other model's`);
  });

  it('share its requests with embedders', async () => {
    const { most, during, model } = slowModel(5);
    const embed = (texts: readonly string[]) =>
      during(() =>
        sleep(
          5,
          texts.map(() => Float32Array.of(1)),
        ),
      );
    await using server = await serveModel(model, { embedder: { embed } });
    await using asked = openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', concurrency: 1 });
    await using embedder = openaiCompatibleEmbedder({ baseUrl: `${server.url}/v1`, model: 'test-model' });
    const texts = Array.from({ length: 100 }, (_, index) => `Guest ${index}`);
    await Promise.all([...askMany(asked, 5), embedder.embed(texts, signal)]);
    assert.equal(most(), 1);
  });
});

describe('a model of a server', () => {
  it('keeps its time limit from when a request is sent', async () => {
    await using server = await serveModel(slowModel(150).model);
    await using model = openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', concurrency: 1, timeoutMs: 600 });
    const answers = await Promise.all(askMany(model, 6)); // 900 ms for the last
    assert.ok(answers.every(({ ok }) => ok));
  });

  it('rejects what waits for its turn when it is disposed of', async () => {
    await using server = await serveModel(slowModel(20).model);
    const model = ollama({ baseUrl: server.url, model: 'test-model', concurrency: 1 });
    const asked = Promise.allSettled(askMany(model, 3));
    while (server.requests.length === 0) await sleep(2);
    await model[Symbol.asyncDispose]();
    const outcomes = await asked;
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected'],
    );
    const codes = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.detail : undefined));
    assert.deepEqual(codes[2], { code: 'model-failed', modelId: model.id });
  });

  it('is held to the concurrency of its URI, which goes before that of the options', async () => {
    const { most, model } = slowModel(5);
    await using server = await serveModel(model);
    await using opened = await openModel(`${server.url}/v1?concurrency=2#test-model`, { concurrency: 1, environment: {} });
    await Promise.all(askMany(opened, 8));
    assert.equal(most(), 2);
  });
});
