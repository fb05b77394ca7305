import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { NerError } from '../error.ts';
import { ngramEmbedder } from '../pool/ngram-embedder.ts';
import type { Embedder } from './embedder.ts';
import { embedderConformance } from './embedder-conformance.ts';
import { type ModelServer, type ServeOptions, serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';
import { ollamaEmbedder, openaiCompatibleEmbedder, openaiEmbedder } from './server-embedders.ts';

const key = 'sk-very-secret';
const text = 'Ada keeps a private diary.';
const { signal } = new AbortController();

interface Settings {
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string;
  readonly maxRetries?: number;
  readonly timeoutMs?: number;
  readonly workers?: number;
}

/** The providers, on one server. */
const providers: Readonly<Record<string, (settings: Settings) => Embedder>> = {
  openaiCompatible: ({ url, ...settings }) => openaiCompatibleEmbedder({ baseUrl: `${url}/v1`, ...settings }),
  ollama: ({ url, apiKey: _none, ...settings }) => ollamaEmbedder({ baseUrl: url, ...settings }),
  openai: ({ url, ...settings }) => openaiEmbedder({ baseUrl: `${url}/v1`, apiKey: key, ...settings }),
};

function serve(options: ServeOptions = {}): Promise<ModelServer> {
  return serveModel(scriptedModel({ answer: () => [] }), { embedder: ngramEmbedder, ...options });
}

for (const [name, connect] of Object.entries(providers)) {
  embedderConformance(name, async () => {
    const server = await serve();
    return {
      embedder: connect({ url: server.url, model: 'test-model' }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  });
}

/** The error of a call, having shown that not even its causes hold a key or the user's text. */
async function failure(embedding: Promise<unknown>): Promise<NerError> {
  const error = await embedding.then(
    () => assert.fail('An error was expected.'),
    (thrown: NerError) => thrown,
  );
  const everything = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  assert.ok(!everything.includes(key), everything);
  assert.ok(!everything.includes(text), everything);
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

/** A reply of these vectors, in the form of the path. */
function replyOf(name: string, vectors: readonly (readonly unknown[])[]): string {
  return JSON.stringify(name === 'ollama' ? { embeddings: vectors } : { data: vectors.map((embedding, index) => ({ index, embedding })) });
}

describe('the embedders of servers', () => {
  it('are called by their URIs', () => {
    assert.equal(openaiCompatibleEmbedder({ baseUrl: 'http://127.0.0.1:8000/v1/', model: 'bge' }).id, 'http://127.0.0.1:8000/v1#bge');
    assert.equal(ollamaEmbedder({ model: 'nomic-embed-text' }).id, 'ollama:nomic-embed-text');
    assert.equal(openaiEmbedder({ model: 'text-embedding-3-small', apiKey: key }).id, 'openai:text-embedding-3-small');
    assert.equal(ollamaEmbedder({ model: 'nomic-embed-text', id: 'mine' }).id, 'mine');
  });

  it('are asked on the routes of their servers, in batches of 32', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `Guest ${index}`);
    const paths = { openaiCompatible: '/v1/embeddings', ollama: '/api/embed', openai: '/v1/embeddings' };
    for (const [name, connect] of Object.entries(providers)) {
      await using server = await serve();
      await connect({ url: server.url, model: 'test-model', workers: 1 }).embed(texts, signal);
      const bodies = server.requests.map(({ body }) => JSON.parse(body));
      assert.deepEqual(
        server.requests.map(({ path }) => path),
        [paths[name as keyof typeof paths], paths[name as keyof typeof paths]], // the keys are those of `providers`
      );
      assert.deepEqual(
        bodies.flatMap(({ input }) => input),
        texts,
      );
      assert.deepEqual(
        bodies.map(({ model, input }) => [model, input.length]),
        [
          ['test-model', 32],
          ['test-model', 8],
        ],
      );
      assert.deepEqual(bodies[0].truncate, name === 'ollama' ? true : undefined);
    }
  });

  it('give their key', async () => {
    await using server = await serve({ apiKey: key });
    for (const connect of [providers['openaiCompatible'], providers['openai']]) {
      await connect?.({ url: server.url, model: 'test-model', apiKey: key }).embed([text], signal);
    }
    assert.deepEqual(
      server.requests.map(({ headers }) => headers.authorization),
      [`Bearer ${key}`, `Bearer ${key}`],
    );
  });

  it('tell their server of an abort', async () => {
    const gone = Promise.withResolvers<void>();
    const controller = new AbortController();
    await using server = await serve({
      embedder: {
        embed(_texts, closing) {
          closing.addEventListener('abort', () => gone.resolve());
          controller.abort('enough');
          return new Promise(() => {});
        },
      },
    });
    const embedder = ollamaEmbedder({ baseUrl: server.url, model: 'test-model' });
    await assert.rejects(embedder.embed([text], controller.signal), (error) => error === 'enough');
    await gone.promise;
  });
});

describe('the failures of embedding servers', () => {
  for (const [name, connect] of Object.entries(providers)) {
    it(`say at once where ${name} found nothing, and what to do`, async () => {
      const port = await closedPort();
      const startedMs = performance.now();
      const { detail, message } = await failure(connect({ url: `http://127.0.0.1:${port}`, model: 'bge' }).embed([text], signal));
      assert.ok(performance.now() - startedMs < 1_900, 'nothing is asked again where nothing answers');
      assert.equal(detail.code, 'model-unavailable');
      const advice = {
        openaiCompatible: `vllm serve bge --runner pooling --port ${port}`,
        ollama: 'ollama pull bge',
        openai: 'connection',
      };
      assert.match(message, new RegExp(`ECONNREFUSED.*${advice[name as keyof typeof advice]}`)); // the keys are those of `providers`
    });

    it(`tell of a model that ${name} does not have`, async () => {
      await using server = await serve();
      const { detail, message } = await failure(connect({ url: server.url, model: 'other' }).embed([text], signal));
      assert.equal(detail.code, 'model-unavailable');
      assert.match(message, /404.*other.*The model other does not exist/);
    });

    it(`tell of the key that ${name} did not accept`, async () => {
      await using server = await serve({ apiKey: 'another' });
      const { detail, message } = await failure(connect({ url: server.url, model: 'test-model' }).embed([text], signal));
      assert.equal(detail.code, 'model-unavailable');
      assert.match(message, name === 'openai' ? /401.*not accepted.*OPENAI_API_KEY/ : /401.*EL4NER_API_KEY/);
    });

    it(`do not matter if ${name} is only busy for a while`, async () => {
      await using server = await serve();
      server.stage({ kind: 'status', status: 429, retryAfter: '0' }, { kind: 'status', status: 500, retryAfter: '0' });
      const vectors = await connect({ url: server.url, model: 'test-model' }).embed([text], signal);
      assert.equal(vectors.length, 1);
      assert.equal(server.requests.length, 3);
    });

    it(`tell of the server of ${name} that stays busy, after all attempts`, async () => {
      await using server = await serve();
      server.stage(...[0, 1, 2].map(() => ({ kind: 'status', status: 500, retryAfter: '0' }) as const));
      const embedder = connect({ url: server.url, model: 'test-model', maxRetries: 1 });
      const { detail, message } = await failure(embedder.embed([text], signal));
      assert.deepEqual(detail, { code: 'model-failed', modelId: embedder.id, status: 500 });
      assert.match(message, /after 2 attempts/);
      assert.equal(server.requests.length, 2);
    });

    it(`tell of the server of ${name} that is too slow`, async () => {
      await using server = await serve({ embedder: { embed: () => new Promise(() => {}) } });
      const embedder = connect({ url: server.url, model: 'test-model', timeoutMs: 50 });
      const { detail } = await failure(embedder.embed([text], signal));
      assert.deepEqual(detail, { code: 'timeout', modelId: embedder.id, timeoutMs: 50 });
      assert.equal(server.requests.length, 1);
    });

    for (const body of ['<html>Welcome</html>', '{"error":"busy"}', '', replyOf(name, [[1, null]])]) {
      it(`tell of the server of ${name} that answers with "${body}"`, async () => {
        await using server = await serve();
        server.stage({ kind: 'body', body });
        const embedder = connect({ url: server.url, model: 'test-model' });
        const { detail, message } = await failure(embedder.embed([text], signal));
        assert.deepEqual(detail, { code: 'model-failed', modelId: embedder.id, status: 200 });
        assert.match(message, /not with embeddings/);
        assert.equal(server.requests.length, 1);
      });
    }

    const wrong: readonly (readonly [what: string, vectors: readonly (readonly number[])[], expected: RegExp])[] = [
      ['too few vectors', [[1, 2]], /2 vectors, one for each text, and gave 1\b/],
      ['too many vectors', [[1], [2], [3]], /gave 3\b/],
      ['vectors of several dimensions', [[1, 2], [1]], /2 dimensions.*one of 1\b/],
      ['empty vectors', [[], []], /an empty one/],
    ];
    for (const [what, vectors, expected] of wrong) {
      it(`tell of ${what} from the server of ${name}`, async () => {
        await using server = await serve();
        server.stage({ kind: 'body', body: replyOf(name, vectors) });
        const embedder = connect({ url: server.url, model: 'test-model' });
        const { detail, message } = await failure(embedder.embed([text, 'London'], signal));
        assert.deepEqual(detail, { code: 'model-failed', modelId: embedder.id });
        assert.match(message, expected);
        assert.equal(server.requests.length, 1);
      });
    }
  }

  it('name the variable of the key that OpenAI needs', () => {
    assert.throws(
      () => openaiEmbedder({ model: 'text-embedding-3-small' }),
      ({ detail, message }: NerError) => detail.code === 'model-unavailable' && message.includes('OPENAI_API_KEY'),
    );
  });
});
