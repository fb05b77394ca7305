import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { NerError } from '../error.ts';
import { bodyOf, faults, get, json, limits, post, serve, text } from './app.fixture.ts';
import { createApp } from './app.ts';
import type { Service } from './service.ts';
import { toldResult } from './told-result.ts';

afterEach(() => assert.deepEqual(faults.splice(0), []));

const faulty: Readonly<Record<string, readonly [body: unknown, pointers: readonly string[]]>> = {
  'no document': [{ documents: [] }, ['/documents']],
  'a text that is a number': [{ documents: [{ text: 5 }] }, ['/documents/0/text']],
  'a flag that is not there': [{ documents: [{ text }], pol: 'letters' }, ['']],
  'an option out of its range': [{ documents: [{ text }], options: { minScore: 2 } }, ['/options/minScore']],
  'a mention beyond its text': [
    { documents: [{ text }], pool: [{ text: 'Ada', entities: [{ start: 0, end: 9, type: 'person' }] }] },
    ['/pool/0/entities/0/end'],
  ],
  'a pool of other things than sentences': [{ documents: [{ text }], pool: [{ text: 'Ada', entities: [] }, 5] }, ['/pool/1']],
  'a sentence without a text': [{ documents: [{ text }], pool: [{ entities: [] }] }, ['/pool/0/text']],
  'a type without a name': [{ documents: [{ text }], types: ['person', { definition: 'A city.' }] }, ['/types/1/name']],
};
for (const [name, [body, pointers]] of Object.entries(faulty)) {
  test(`a request with ${name} is told where its fault is`, async () => {
    const response = await post(await serve(), '/v1/extract', body);
    assert.equal(response.status, 400);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const { errors, code, title, detail } = await bodyOf(response);
    assert.deepEqual(
      errors.map(({ pointer }: { pointer: string }) => pointer),
      pointers,
    );
    assert.deepEqual([code, title], ['invalid-request', 'Bad Request']);
    assert.ok(detail.length > 10);
  });
}

for (const [part, [given, told]] of Object.entries({
  types: [[1], /expected a name, or \{"name"/],
  pool: [5, /expected the name of a pool, or a list of sentences \{"text"/],
}))
  test(`of ${part} that are something else it is told what is expected`, async () => {
    const { errors } = await bodyOf(await post(await serve(), '/v1/extract', { documents: [{ text }], [part]: given }));
    assert.equal(errors.length, 1);
    assert.match(errors[0].detail, told as RegExp);
  });

/** What a response has to be whatever is refused. */
async function problemIn(response: Response, status: number, code: string) {
  const problem = await bodyOf(response);
  assert.deepEqual([response.status, problem.status, problem.code], [status, status, code]);
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  return problem;
}

const plain = { 'content-type': 'text/plain' };
const refused: Readonly<Record<string, readonly [status: number, code: string, told: RegExp, body: unknown, headers?: typeof plain]>> = {
  'what is cut off': [400, 'malformed-json', /Unexpected end of JSON input/, '{"documents": ['],
  'a comma that lacks': [400, 'malformed-json', /line 2 column 5/, '{"documents": [\n  1 2]}'],
  'another content': [415, 'not-json', /content-type: application\/json/, '{}', plain],
  'too large a body': [413, 'too-large', /2000 bytes/, { documents: [{ text: 'x'.repeat(3000) }] }],
  'too many documents': [413, 'too-many-documents', /at most 3/, { documents: Array.from({ length: 4 }, () => ({ text })) }],
  'a pool that is not there': [422, 'usage', /no pool none/, { documents: [{ text }], pool: 'none' }],
};
for (const [name, [status, code, told, body, headers = json]] of Object.entries(refused)) {
  test(`${name} is refused with ${status} and a problem document`, async () => {
    const { detail } = await problemIn(await post(await serve(), '/v1/extract', body, { headers }), status, code);
    assert.match(detail, told);
  });
}

test('what is not there, and other methods than there are, are told apart', async () => {
  const app = await serve({ origins: ['http://localhost:3000'] });
  const ask = (method: string, path: string) =>
    app.fetch(new Request(`http://127.0.0.1:1${path}`, { method, headers: { origin: 'http://localhost:3000' } }));
  await problemIn(await ask('GET', '/v1/nothing'), 404, 'not-found');
  for (const [method, path, allowed] of [
    ['GET', '/v1/extract', 'POST'],
    ['PUT', '/v1/extract/stream', 'POST'],
    ['DELETE', '/v1/pools/letters/sentences', 'POST'],
    ['POST', '/v1/models', 'GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
    ['GET', '/label-studio/letters/predict', 'POST'],
  ] as const) {
    const response = await ask(method, path);
    assert.equal(response.headers.get('allow'), allowed, path);
    assert.equal(response.headers.get('access-control-allow-origin'), path.startsWith('/v1') ? 'http://localhost:3000' : null);
    assert.match((await problemIn(response, 405, 'method-not-allowed')).detail, /^\/\S+ takes (?:POST|GET, HEAD), and not [A-Z]+\.$/);
  }
  assert.equal((await ask('HEAD', '/v1/models')).status, 200);
});

test('with a token only those who show it are served, except for health', async () => {
  const app = await serve({ token: 'open sesame'.replace(' ', '-') });
  for (const [authorization, challenge] of [
    [undefined, 'Bearer realm="el4ner"'],
    ['Bearer open-sesam', 'Bearer error="invalid_token"'],
    ['Basic open-sesame', 'Bearer realm="el4ner"'],
    ['Bearer öffne', 'Bearer realm="el4ner"'],
  ] as const) {
    const response = await get(app, '/v1/models', authorization === undefined ? {} : { authorization });
    assert.equal(response.headers.get('www-authenticate'), challenge);
    assert.match((await problemIn(response, 401, 'unauthorized')).detail, /expected the header "authorization: Bearer TOKEN"/);
  }
  assert.equal((await get(app, '/v1/models', { authorization: 'Bearer open-sesame' })).status, 200);
  assert.equal((await get(app, '/healthz')).status, 200);
  assert.equal((await get(app, '/metrics')).status, 401);
});

/** A server behind which everything fails. */
function failing(error: unknown) {
  const told: unknown[] = [];
  const service: Service = {
    models: [],
    pools: () => {
      throw error;
    },
    hold: () => Promise.reject(error),
    addToPool: () => Promise.reject(error),
  };
  const app = createApp(service, { version: '1', workers: 1, limits, onFault: (error) => told.push(error) });
  return { app, told };
}

const path = '/home/keeper/secret';
const kept: Readonly<Record<string, readonly [error: Error, status: number, code: string]>> = {
  'a fault': [new TypeError('secret detail'), 500, 'internal'],
  'a fault of a part': [new NerError('Something broke: secret', { code: 'internal' }), 500, 'internal'],
  'a damaged file': [new NerError(`${path} is damaged.`, { code: 'unreadable-input', path }), 500, 'internal'],
  'a full disk': [new NerError(`${path} cannot be written.`, { code: 'unwritable-output', path }), 507, 'unwritable-output'],
};
for (const [name, [error, status, code]] of Object.entries(kept)) {
  test(`${name} of the server is told to its keeper and not to the client`, async () => {
    const { app, told } = failing(error);
    const sentence = { text: 'Ada', entities: [] };
    for (const response of [
      await get(app, '/v1/pools'),
      await post(app, '/v1/extract', { documents: [{ text }] }),
      await post(app, '/v1/extract/stream', { documents: [{ text }] }),
      await post(app, '/v1/pools/letters/sentences', sentence),
    ]) {
      const problem = await problemIn(response, status, code);
      assert.doesNotMatch(JSON.stringify(problem), /secret/);
    }
    assert.deepEqual(told, [error, error, error, error]);
  });
}

test('of a document that fails it is told why, and of a fault of the server no more than that', () => {
  const told: unknown[] = [];
  const messageOf = (error: NerError) =>
    toldResult({ status: 'failed', id: '1', text, error, attempts: [] }, { trace: false }, (fault) => told.push(fault));
  const late = new NerError('script took too long.', { code: 'timeout', modelId: 'script', timeoutMs: 5 });
  assert.deepEqual(messageOf(late), { id: '1', text, error: { code: 'timeout', message: late.message } });
  const [damaged] = kept['a damaged file'] ?? [];
  assert(damaged instanceof NerError);
  const message = 'Something broke that should not; the log of the server tells what.';
  assert.deepEqual(messageOf(damaged), { id: '1', text, error: { code: 'internal', message } });
  assert.deepEqual(told, [damaged]);
});
