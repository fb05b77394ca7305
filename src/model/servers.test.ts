import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { NerError } from '../error.ts';
import { chatJson } from '../prompting/chat-json.ts';
import type { ExtractTask, VerifyTask } from '../prompting/task.ts';
import { modelConformance } from './conformance.ts';
import type { LanguageModel } from './language-model.ts';
import { type ModelServer, type ServeOptions, serveModel } from './openai-server.fixture.ts';
import { type Script, scriptedModel } from './scripted.ts';
import { servedHarness } from './served-harness.fixture.ts';
import { ollama, openai, openaiCompatible } from './servers.ts';

const task: ExtractTask = {
  kind: 'extract',
  types: [{ name: 'person' }],
  demonstrations: [],
  text: 'Ada keeps a private diary.',
};
const key = 'sk-very-secret';

interface Settings {
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
}

/** The providers, on one server. */
const providers: Readonly<Record<string, (settings: Settings) => LanguageModel>> = {
  openaiCompatible: ({ url, ...settings }) => openaiCompatible({ baseUrl: `${url}/v1`, ...settings }),
  ollama: ({ url, apiKey: _none, ...settings }) => ollama({ baseUrl: url, ...settings }),
  openai: ({ url, ...settings }) => openai({ baseUrl: `${url}/v1`, apiKey: key, ...settings }),
};

for (const [name, connect] of Object.entries(providers)) modelConformance(name, servedHarness(connect));

/** Asks a model on a server of its own, which is there until `use` is done. */
async function withServer(
  use: (server: ModelServer) => Promise<void>,
  options: ServeOptions = {},
  script: Script = () => ['Ada'],
): Promise<void> {
  await using server = await serveModel(scriptedModel({ answer: script }), options);
  await use(server);
}

function ask(model: LanguageModel, signal: AbortSignal = new AbortController().signal) {
  return model.answer<'extract'>(task, signal);
}

/** The error of an answer, having shown that not even its causes hold a key or the user's text. */
async function failure(answering: Promise<unknown>): Promise<NerError> {
  const error = await answering.then(
    () => assert.fail('An error was expected.'),
    (thrown: NerError) => thrown,
  );
  const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  assert.ok(!everything.includes(key), everything);
  assert.ok(!everything.includes(task.text), everything);
  return error;
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a server that listens on a port
  server.close();
  await once(server, 'close');
  return port;
}

describe('the models of servers', () => {
  it('say who runs them, and where', () => {
    const at = (address: string, port: number) => ({ server: { address, port } });
    const local = openaiCompatible({ baseUrl: 'http://127.0.0.1:8000/v1', model: 'q' });
    assert.deepEqual(local.origin, { provider: 'openai_compatible', model: 'q', ...at('127.0.0.1', 8000) });
    assert.deepEqual(openai({ model: 'm', apiKey: 'k' }).origin, { provider: 'openai', model: 'm', ...at('api.openai.com', 443) });
    assert.deepEqual(ollama({ model: 'qwen2.5:14b' }).origin, { provider: 'ollama', model: 'qwen2.5:14b', ...at('127.0.0.1', 11434) });
  });

  it('are called by their URIs', () => {
    assert.equal(openaiCompatible({ baseUrl: 'http://127.0.0.1:8000/v1/', model: 'qwen' }).id, 'http://127.0.0.1:8000/v1#qwen');
    assert.equal(ollama({ model: 'qwen2.5:14b' }).id, 'ollama:qwen2.5:14b');
    assert.equal(openai({ model: 'gpt-5-mini', apiKey: key }).id, 'openai:gpt-5-mini');
    assert.equal(ollama({ model: 'qwen2.5:14b', id: 'mine' }).id, 'mine');
  });

  it('are asked without chance, for JSON of a schema', () =>
    withServer(async (server) => {
      await ask(openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', apiKey: key }));
      const [request] = server.requests;
      assert.equal(request?.headers.authorization, `Bearer ${key}`);
      const { model, temperature, seed, response_format } = JSON.parse(request?.body ?? '');
      assert.deepEqual(
        { model, temperature, seed, type: response_format.type },
        { model: 'test-model', temperature: 0, seed: 0, type: 'json_schema' },
      );
      assert.equal(response_format.json_schema.strict, true);
    }));

  it('get a context size that Ollama must not cut prompts to', () =>
    withServer(async (server) => {
      await ask(ollama({ baseUrl: server.url, model: 'test-model', contextTokens: 5_000 }));
      const { stream, think, truncate, shift, format, options } = JSON.parse(server.requests[0]?.body ?? '');
      assert.deepEqual({ stream, think, truncate, shift }, { stream: false, think: false, truncate: false, shift: false });
      assert.equal(format.type, 'object');
      assert.deepEqual({ ...options, num_predict: 0 }, { num_ctx: 5_000, num_predict: 0, temperature: 0, seed: 0 });
      assert.ok(options.num_predict > 0);
    }));

  it('measure prompts by an estimate, against the context where it is known', () => {
    const connected = (contextTokens: number) => [
      ollama({ model: 'm', contextTokens }),
      openaiCompatible({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm', contextTokens }),
    ];
    const promptTokens = ollama({ model: 'm' }).measure?.(task).promptTokens ?? 0;
    assert.ok(promptTokens > task.text.length / 3 && promptTokens < 1_000, String(promptTokens));
    for (const contextTokens of [100_000, promptTokens]) {
      for (const model of connected(contextTokens))
        assert.deepEqual(model.measure?.(task), { promptTokens, contextTokens, fits: contextTokens > promptTokens, isEstimate: true });
    }
    assert.equal(ollama({ model: 'm' }).measure?.(task).contextTokens, 8_192);
    assert.equal(openaiCompatible({ baseUrl: 'http://127.0.0.1:9/v1', model: 'm' }).measure?.(task).fits, true);
  });

  it('leave out demonstrations that by the estimate do not fit, and say what does not fit without any', () =>
    withServer(async (server) => {
      const settings = { baseUrl: server.url, model: 'test-model' };
      const model = ollama({ ...settings, contextTokens: 1_000 });
      const demonstrations = Array.from({ length: 9 }, () => ({ text: 'On and on. '.repeat(20), entities: [] }));
      const { droppedDemonstrations } = await model.answer<'extract'>({ ...task, demonstrations }, new AbortController().signal);
      assert.ok(droppedDemonstrations > 0 && droppedDemonstrations < 9, String(droppedDemonstrations));
      const { message } = await failure(ask(ollama({ ...settings, contextTokens: 100 })));
      assert.match(message, /has about \d+ tokens and does not fit its context of 100/);
    }));

  it('report the tokens that a server counted', async () => {
    const usage = { promptTokens: 100, cachedTokens: 64, replyTokens: 7 };
    const scripted = scriptedModel({ answer: () => ['Ada'] });
    const counting: LanguageModel = {
      ...scripted,
      answer: async (asked, signal) => ({ ...(await scripted.answer(asked, signal)), usage }),
    };
    await using server = await serveModel(counting);
    assert.deepEqual((await ask(openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model' }))).usage, usage);
    assert.deepEqual((await ask(ollama({ baseUrl: server.url, model: 'test-model' }))).usage, { ...usage, cachedTokens: 0 });
  });

  describe('tell how probable a choice was', () => {
    const verify: VerifyTask = { ...task, kind: 'verify', claims: [{ start: 0, end: 3, type: 'person' }] };
    const dialect = chatJson({ verify: 'each' });
    const ranked = (token: string, probabilities: readonly (readonly [token: string, probability: number])[]) => {
      const alternatives = probabilities.map(([alternative, probability]) => ({ token: alternative, logprob: Math.log(probability) }));
      return { token, logprob: Math.log(probabilities[0]?.[1] ?? 1), top_logprobs: alternatives };
    };
    const logprobs = [
      ranked('{"choice":"', []),
      ranked('yes', [
        ['yes', 0.6],
        ['no', 0.2],
      ]),
      ranked('"}', []),
    ];
    const content = '{"choice":"yes"}';
    const completion = {
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs: { content: logprobs } }],
    };
    const wires = [
      ['openaiCompatible', (url: string) => openaiCompatible({ baseUrl: `${url}/v1`, model: 'test-model', dialect }), completion],
      ['openai', (url: string) => openai({ baseUrl: `${url}/v1`, model: 'test-model', dialect, apiKey: key }), completion],
      [
        'ollama',
        (url: string) => ollama({ baseUrl: url, model: 'test-model', dialect }),
        { message: { content }, done_reason: 'stop', logprobs },
      ],
    ] as const;
    for (const [name, connect, reply] of wires) {
      it(`by ${name}`, () =>
        withServer(async (server) => {
          server.stage({ kind: 'body', body: JSON.stringify(reply) });
          const answer = await connect(server.url).answer<'verify'>(verify, new AbortController().signal);
          const [verdict] = answer.ok ? answer.data : [];
          assert.deepEqual({ ...verdict, probability: verdict?.probability?.toFixed(3) }, { yes: true, probability: '0.750' });
          const asked = JSON.parse(server.requests[0]?.body ?? '');
          assert.deepEqual([asked.logprobs, asked.top_logprobs], [true, 20]);
        }));
    }

    it('unless it is not wanted', () =>
      withServer(async (server) => {
        server.stage({ kind: 'body', body: JSON.stringify(completion) });
        const model = openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', dialect, logprobs: false });
        const answer = await model.answer<'verify'>(verify, new AbortController().signal);
        assert.deepEqual(answer.ok && answer.data, [{ yes: true }]);
        assert.equal(JSON.parse(server.requests[0]?.body ?? '').logprobs, undefined);
      }));
  });

  it('tell their server of an abort', () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const gone = Promise.withResolvers<void>();
    const script: Script = (_task, signal) => {
      signal.addEventListener('abort', () => gone.resolve());
      controller.abort(reason);
      return new Promise(() => {});
    };
    return withServer(
      async (server) => {
        const model = ollama({ baseUrl: server.url, model: 'test-model' });
        await assert.rejects(ask(model, controller.signal), (error) => error === reason);
        await gone.promise;
      },
      {},
      script,
    );
  });
});

describe('the failures of servers', () => {
  for (const [name, connect] of Object.entries(providers)) {
    it(`say at once where ${name} found nothing, and what to do`, async () => {
      const port = await closedPort();
      const startedMs = performance.now();
      const { detail, message } = await failure(ask(connect({ url: `http://127.0.0.1:${port}`, model: 'qwen' })));
      assert.ok(performance.now() - startedMs < 1_900, 'nothing is asked again where nothing answers');
      assert.equal(detail.code, 'model-unavailable');
      assert.match(message, new RegExp(`http://127\\.0\\.0\\.1:${port}/.*ECONNREFUSED`));
      const advice = { openaiCompatible: `vllm serve qwen --port ${port}`, ollama: 'ollama pull qwen', openai: 'connection' }[name];
      assert.ok(message.includes(advice ?? ''), message);
    });

    it(`tell of a model that ${name} does not have`, () =>
      withServer(async (server) => {
        const { detail, message } = await failure(ask(connect({ url: server.url, model: 'other' })));
        assert.equal(detail.code, 'model-unavailable');
        assert.match(message, /404.*other.*The model other does not exist/);
      }));

    it(`tell of the server of ${name} that stays busy, after all attempts`, () =>
      withServer(async (server) => {
        server.stage(...[0, 1, 2, 3].map(() => ({ kind: 'status', status: 503, retryAfter: '0' }) as const));
        const model = connect({ url: server.url, model: 'test-model', maxRetries: 2 });
        const { detail, message } = await failure(ask(model));
        assert.deepEqual(detail, { code: 'model-failed', modelId: model.id, status: 503 });
        assert.match(message, /after 3 attempts/);
        assert.equal(server.requests.length, 3);
      }));

    it(`tell of the server of ${name} that breaks the connection`, () =>
      withServer(async (server) => {
        server.stage({ kind: 'reset' });
        const { detail, message } = await failure(ask(connect({ url: server.url, model: 'test-model', maxRetries: 0 })));
        assert.equal(detail.code, 'model-failed');
        assert.match(message, /broke/);
      }));

    for (const body of ['<html>Welcome</html>', '{"error":"busy"}', '']) {
      it(`tell of the server of ${name} that answers with "${body}"`, () =>
        withServer(async (server) => {
          server.stage({ kind: 'body', body });
          const model = connect({ url: server.url, model: 'test-model' });
          const { detail, message } = await failure(ask(model));
          assert.deepEqual(detail, { code: 'model-failed', modelId: model.id, status: 200 });
          assert.ok(message.includes('not with a chat completion') && message.includes(body), message);
          assert.equal(server.requests.length, 1);
        }));
    }
  }

  it('name the variable of a key that is missing or wrong, and not the key', () =>
    withServer(
      async (server) => {
        const cases = [
          [openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model' }), /No API key was given.*EL4NER_API_KEY/],
          [openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', apiKey: '' }), /No API key was given.*EL4NER_API_KEY/],
          [openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', apiKey: key }), /not accepted.*EL4NER_API_KEY/],
          [openai({ baseUrl: `${server.url}/v1`, model: 'test-model', apiKey: key }), /not accepted.*OPENAI_API_KEY/],
          [ollama({ baseUrl: server.url, model: 'test-model' }), /EL4NER_API_KEY/],
        ] as const;
        for (const [model, expected] of cases) {
          const { detail, message } = await failure(ask(model));
          assert.equal(detail.code, 'model-unavailable');
          assert.match(message, expected);
        }
      },
      { apiKey: 'another' },
    ));

  it('name the variable of the key that OpenAI needs', () => {
    assert.throws(
      () => openai({ model: 'gpt-5-mini' }),
      ({ detail, message }: NerError) => detail.code === 'model-unavailable' && message.includes('OPENAI_API_KEY'),
    );
  });

  it('quote a server on one line, in few words, without its escapes and the key', () =>
    withServer(async (server) => {
      server.stage({ kind: 'status', status: 400, body: `\u001b[31mBad\r\n\u202e${key} ${'x'.repeat(10_000)}` });
      const { detail, message } = await failure(ask(openaiCompatible({ baseUrl: `${server.url}/v1`, model: 'test-model', apiKey: key })));
      assert.equal(detail.code === 'model-failed' && detail.status, 400);
      assert.match(message, /said: "\[31mBad \*\*\* x+…"$/);
      assert.ok(message.length < 500);
      assert.equal(server.requests.length, 1);
    }));

  it('do not keep an abort waiting for the next attempt', () =>
    withServer(async (server) => {
      server.stage({ kind: 'status', status: 503, retryAfter: '30' });
      const controller = new AbortController();
      const reason = new Error('enough');
      const answering = ask(ollama({ baseUrl: server.url, model: 'test-model' }), controller.signal);
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      setTimeout(() => controller.abort(reason), 50);
      await assert.rejects(answering, (error) => error === reason);
    }));
});
