import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NerError } from '../error.ts';
import type { ExtractTask } from '../prompting/task.ts';
import type { LanguageModel } from './language-model.ts';
import { serveModel } from './openai-server.fixture.ts';
import { scriptedModel } from './scripted.ts';
import { openaiCompatibleEmbedder } from './server-embedders.ts';
import type { ServerFault } from './server-fault.fixture.ts';
import { ollama, openai, openaiCompatible } from './servers.ts';

const task: ExtractTask = { kind: 'extract', types: [{ name: 'person' }], demonstrations: [], text: 'Ada keeps a private diary.' };
const never = new AbortController().signal;

type Connect = (settings: { readonly url: string; readonly timeoutMs: number }) => LanguageModel;
const model = 'test-model';
const providers: Readonly<Record<string, Connect>> = {
  openaiCompatible: ({ url, ...settings }) => openaiCompatible({ baseUrl: `${url}/v1`, model, ...settings }),
  ollama: ({ url, ...settings }) => ollama({ baseUrl: url, model, ...settings }),
  openai: ({ url, ...settings }) => openai({ baseUrl: `${url}/v1`, model, apiKey: 'k', ...settings }),
};

/** What becomes of a call whose first request meets a fault. */
type Outcome =
  /** By the first request, or by another that was sent again. */
  | { readonly answeredAfter: number }
  /** With a code, the first request being the only one. */
  | { readonly code: 'model-failed' | 'model-unavailable' | 'timeout'; readonly says: RegExp };

const answered: Outcome = { answeredAfter: 1 };
const askedAgain: Outcome = { answeredAfter: 2 };
const late: Outcome = { code: 'timeout', says: /did not answer within 1 s/ };
const status = (code: number, retryAfter?: string): ServerFault => ({
  kind: 'status',
  status: code,
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const cases: readonly (readonly [what: string, fault: ServerFault, outcome: Outcome])[] = [
  ['is busy (429)', status(429, '0'), askedAgain],
  ['is busy for a second (429)', status(429, '1'), askedAgain],
  ['waited too long for the request (408)', status(408, '0'), askedAgain],
  ['breaks (500)', status(500, '0'), askedAgain],
  ['is behind a proxy that finds it gone (502)', status(502, '0'), askedAgain],
  ['is loading its model (503)', status(503, '0'), askedAgain],
  ['does not take the request (400)', status(400), { code: 'model-failed', says: /status 400/ }],
  ['wants a key (401)', status(401), { code: 'model-unavailable', says: /refused access \(401\)/ }],
  ['forbids it (403)', status(403), { code: 'model-unavailable', says: /refused access \(403\)/ }],
  ['does not know the model (404)', status(404), { code: 'model-unavailable', says: /404/ }],
  ['finds the prompt too large (413)', status(413), { code: 'model-failed', says: /status 413/ }],
  ['finds the prompt wrong (422)', status(422), { code: 'model-failed', says: /status 422/ }],
  ['takes its time', { kind: 'delay', ms: 200 }, answered],
  ['resets the connection', { kind: 'reset' }, askedAgain],
  ['closes the connection before the headers', { kind: 'close' }, askedAgain],
  ['breaks the connection in its answer', { kind: 'break' }, askedAgain],
  ['cuts its answer off', { kind: 'truncate' }, askedAgain],
  ['garbles its answer', { kind: 'garble' }, askedAgain],
  ['calls its answer a picture', { kind: 'type', contentType: 'image/png' }, answered],
  ['hangs', { kind: 'hang' }, late],
  ['drips', { kind: 'drip', pauseMs: 100 }, late],
  ['answers with a page', { kind: 'body', body: '<html></html>' }, { code: 'model-failed', says: /not with a chat completion/ }],
  [
    'answers in lines, as if it were to stream',
    { kind: 'body', body: '{"choices": []}\n{"choices": []}\n' },
    { code: 'model-failed', says: /not with a chat completion/ },
  ],
  ['answers with nothing', { kind: 'body', body: '' }, { code: 'model-failed', says: /not with a chat completion/ }],
];

/** Megabytes that a process may take to find out that an answer is too long; 16 of bytes make 16 of text, and garbage. */
const mostGrowth = 300;
const tooLong: Outcome = { code: 'model-failed', says: /more than 16 MiB/ };

const largeCases: typeof cases = [
  ['never ends its answer', { kind: 'endless' }, tooLong],
  ['answers with 300 MB', { kind: 'huge', bytes: 300_000_000 }, tooLong],
  ['answers with 300 MB, compressed', { kind: 'bomb', bytes: 300_000_000 }, tooLong],
  ['answers with brackets in brackets', { kind: 'nested', depth: 17_000_000 }, tooLong],
];

/** Asks a server that first meets a fault, and returns what came of it and how many megabytes the process grew meanwhile. */
async function ask(connect: Connect, fault: ServerFault) {
  await using server = await serveModel(scriptedModel({ answer: () => ['Ada'] }));
  server.stage(fault);
  // Only what never comes is not waited for: other answers may take their time on a busy machine.
  const timeoutMs = fault.kind === 'hang' || fault.kind === 'drip' ? 1_000 : 30_000;
  await using connected = connect({ url: server.url, timeoutMs });
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 10);
  try {
    const answer = await connected.answer<'extract'>(task, never).catch((error: unknown) => error);
    return { answer, requests: server.requests.length, grownBy: (most - before) / 1e6 };
  } finally {
    clearInterval(watch);
  }
}

function check(name: string, connect: Connect, [what, fault, outcome]: (typeof cases)[number]): void {
  it(`${what}, asked by ${name}`, { timeout: 60_000 }, async () => {
    const { answer, requests, grownBy } = await ask(connect, fault);
    assert.ok(grownBy < mostGrowth, `${grownBy.toFixed(0)} MB more`);
    if ('answeredAfter' in outcome) {
      assert.ok(answer !== null && typeof answer === 'object' && 'data' in answer, String(answer));
      assert.deepEqual(answer.data, ['Ada']);
      assert.equal(requests, outcome.answeredAfter);
    } else {
      assert.ok(answer instanceof NerError, String(answer));
      assert.equal(answer.detail.code, outcome.code);
      assert.match(answer.message, outcome.says);
      assert.equal(requests, 1);
    }
  });
}

describe('a server that', { concurrency: 8 }, () => {
  for (const [name, connect] of Object.entries(providers)) for (const one of cases) check(name, connect, one);
});

describe('with little memory, a server that', () => {
  for (const [name, connect] of Object.entries(providers)) for (const one of largeCases) check(name, connect, one);
});

describe('a server', () => {
  it('that sends requests on to another gets no text there', async () => {
    await using other = await serveModel(scriptedModel({ answer: () => ['Ada'] }));
    for (const connect of Object.values(providers)) {
      const { answer } = await ask(connect, { kind: 'redirect', location: `${other.url}/v1/chat/completions?key=secret` });
      assert.ok(answer instanceof NerError);
      assert.match(answer.message, /sends requests on to http:\/\/127\.0\.0\.1:\d+ \(307\)/);
      assert.doesNotMatch(answer.message, /secret/);
    }
    assert.equal(other.requests.length, 0);
  });

  it('that never stops being busy is asked five times and no more, and no longer waited for than it is left', async () => {
    await using server = await serveModel(scriptedModel({ answer: () => ['Ada'] }), { plan: () => status(429, '0') });
    await using connected = openaiCompatible({ baseUrl: `${server.url}/v1`, model });
    await assert.rejects(connected.answer<'extract'>(task, never), {
      detail: { code: 'model-failed', modelId: connected.id, status: 429 },
    });
    assert.equal(server.requests.length, 5);
  });

  it('that wants to be left alone for a day is asked again all the same', { timeout: 20_000 }, async () => {
    const { answer, requests } = await ask(providers['ollama'] ?? assert.fail(), status(429, '86400'));
    assert.ok(answer !== null && typeof answer === 'object' && 'data' in answer, String(answer));
    assert.equal(requests, 2);
  });

  it('of embeddings is read no further than that either', async () => {
    await using server = await serveModel(scriptedModel({ answer: () => [] }), { plan: () => ({ kind: 'endless' }) });
    await using embedder = openaiCompatibleEmbedder({ baseUrl: `${server.url}/v1`, model });
    await assert.rejects(embedder.embed(['Ada'], never), /more than 16 MiB/);
  });
});
