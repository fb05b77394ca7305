import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Script } from '../model/scripted.ts';
import { bodyOf, faults, get, gold, json, limits, post, serve, text } from './app.fixture.ts';
import { createApp } from './app.ts';
import type { Service } from './service.ts';

afterEach(() => assert.deepEqual(faults.splice(0), []));

/** A script that waits until it is let go. */
function waiting() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const answer: Script = async (task) => {
    await promise;
    return gold(task);
  };
  return { answer, letGo: resolve };
}

test('documents come back with their entities, in their order, called as they were or by their number', async () => {
  const app = await serve();
  const response = await post(app, '/v1/extract', {
    documents: [{ text }, { id: 'e', text: 'Eve left.' }],
    types: ['person'],
    pool: 'letters',
  });
  assert.equal(response.status, 200);
  const { documents } = await bodyOf(response);
  assert.deepEqual(
    documents.map(({ id, entities }: { id: string; entities: { text: string; type: string }[] }) => [
      id,
      entities.map(({ text, type }) => `${text} ${type}`),
    ]),
    [
      ['1', ['Ada person', 'Bob person', 'Paris place']],
      ['e', ['Eve person']],
    ],
  );
  assert.ok(!('trace' in documents[0]));
  assert.deepEqual(app.asked, [{ types: ['person'], pool: 'letters', trace: false }]);
});

test('the trace comes on demand, and a document that fails is in its place', async () => {
  const app = await serve();
  const response = await post(app, '/v1/extract', { documents: [{ text: 'Unknown.' }, { text }], trace: true });
  const { documents } = await bodyOf(response);
  assert.equal(documents[0].error.code, 'no-quorum');
  assert.equal(documents[1].trace.windows[0].document.mentions.length, 3);
});

test('data sets may be larger than other requests, and not without a bound', async () => {
  const app = await serve();
  const read = (length: number) => post(app, '/v1/datasets/read', { files: [{ name: 'a.txt', content: 'x'.repeat(length) }] });
  assert.equal((await read(3000)).status, 200);
  const refused = await read(6000);
  assert.equal(refused.status, 413);
  assert.match((await bodyOf(refused)).detail, /^The request is larger than 5000 bytes; send it in parts/);
});

test('more requests than allowed are told to come again, and are served then', async () => {
  const { answer, letGo } = waiting();
  const app = await serve({ answer });
  const first = [post(app, '/v1/extract', { documents: [{ text }] }), post(app, '/v1/extract', { documents: [{ text }] })];
  const third = await post(app, '/v1/extract', { documents: [{ text }] });
  assert.deepEqual([third.status, third.headers.get('retry-after')], [429, '1']);
  letGo();
  for (const response of await Promise.all(first)) assert.equal(response.status, 200);
  assert.equal((await post(app, '/v1/extract', { documents: [{ text }] })).status, 200);
});

test('a request that takes too long ends, and one that nobody waits for is given up', async () => {
  const { answer } = waiting();
  const app = await serve({ answer, limits: { ...limits, seconds: 0.05 } });
  const late = await post(app, '/v1/extract', { documents: [{ text }] });
  assert.deepEqual([late.status, (await bodyOf(late)).code], [504, 'timeout']);
  const gone = new AbortController();
  const app2 = await serve({ answer });
  const response = post(app2, '/v1/extract', { documents: [{ text }] }, { headers: json, signal: gone.signal });
  void setTimeout(10).then(() => gone.abort());
  assert.ok((await response).status >= 499);
  faults.length = 0; // nobody reads that answer
  assert.match(await (await get(app2, '/metrics')).text(), /el4ner_documents_total\{status="aborted"\} 1/);
});

test('a page whose own name leads here is not served', async () => {
  const app = await serve({ hosts: ['localhost', '127.0.0.1', '::1'] });
  const at = (url: string) => app.fetch(new Request(url));
  for (const url of ['http://localhost:8787/v1/models', 'http://127.0.0.1/v1/models', 'http://[::1]:8787/v1/models']) {
    assert.equal((await at(url)).status, 200, url);
  }
  assert.equal((await at('http://evil.example/v1/models')).status, 421);
});

test('no other page of a browser may read the answers', async () => {
  const app = await serve();
  const response = await get(app, '/v1/models', { origin: 'http://evil.example' });
  assert.equal(response.headers.get('access-control-allow-origin'), null);
});

test('pages of an origin that is named may read the answers, and show the token', async () => {
  const app = await serve({ origins: ['http://localhost:3000'], token: 'open-sesame' });
  const ask = (origin: string) =>
    app.fetch(
      new Request('http://127.0.0.1:1/v1/extract', {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,authorization' },
      }),
    );
  const allowed = await ask('http://localhost:3000');
  assert.deepEqual([allowed.status, allowed.headers.get('access-control-allow-origin')], [204, 'http://localhost:3000']);
  assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /authorization/);
  assert.equal(allowed.headers.get('access-control-allow-methods'), 'GET,HEAD,POST');
  assert.equal((await ask('http://evil.example')).headers.get('access-control-allow-origin'), null);
  const refused = await get(app, '/v1/models', { origin: 'http://localhost:3000' });
  assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [401, 'http://localhost:3000']);
});

test('models, pools, additions and figures are told', async () => {
  const app = await serve();
  assert.deepEqual((await bodyOf(await get(app, '/v1/models'))).models[0].id, 'script');
  assert.deepEqual((await bodyOf(await get(app, '/v1/pools'))).pools[0].name, 'letters');
  const added = await post(app, '/v1/pools/letters/sentences', { text: 'Ada', entities: [{ start: 0, end: 3, type: 'person' }] });
  assert.deepEqual([added.status, (await bodyOf(added)).sentences], [201, 2]);
  await post(app, '/v1/extract', { documents: [{ text }] });
  const figures = await (await get(app, '/metrics')).text();
  assert.match(figures, /el4ner_documents_total\{status="recognized"\} 1/);
  assert.match(figures, /el4ner_http_requests_total\{method="POST",route="\/v1\/extract",status="200"\} 1/);
  assert.match(figures, /el4ner_model_calls_total\{model="script",stage="extract",outcome="answered"\} 1/);
  assert.match(figures, /el4ner_documents_in_work 0/);
});

test('stages are told as they are done, then the document, then the end', async () => {
  const app = await serve();
  const response = await post(app, '/v1/extract/stream', { documents: [{ text }, { text: 'Unknown.' }] });
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
  const events = (await response.text())
    .trim()
    .split('\n\n')
    .map((event) => /^event: (.*)\ndata: (.*)$/.exec(event)?.slice(1) ?? [])
    .map(([name, data = '']) => ({ name, data: JSON.parse(data) }));
  const own = events.filter(({ data }) => data.id === '1');
  assert.deepEqual(
    own.map(({ name, data }) => data.stage ?? name),
    ['retrieve', 'extract', 'classify', 'document'],
  );
  assert.deepEqual(own[2]?.data.mentions[2], { start: 15, end: 20, status: 'classified', type: 'place' });
  assert.deepEqual(events.at(-1), { name: 'end', data: {} });
  assert.equal(events.at(-2)?.data.error.code, 'no-quorum');
});

test('a stream that cannot begin is a problem, and one that is cut short ends with it', async () => {
  assert.equal((await post(await serve(), '/v1/extract/stream', { documents: [{ text }], pool: 'none' })).status, 422);
  const { answer } = waiting();
  const app = await serve({ answer, limits: { ...limits, seconds: 0.05 } });
  assert.match(await (await post(app, '/v1/extract/stream', { documents: [{ text }] })).text(), /event: problem\ndata: .*"status":504/);
});

test('a recognizer that takes too long to open ends its request, which leaves its place', async () => {
  const hold: Service['hold'] = (_, { signal }) =>
    new Promise((_resolve, reject) => void signal.addEventListener('abort', () => reject(signal.reason)));
  const service: Service = { models: [], pools: () => [], hold, addToPool: () => Promise.reject(new TypeError('not asked for')) };
  const shortly = { ...limits, requests: 1, seconds: 0.05 };
  const app = createApp(service, { version: '1', workers: 1, limits: shortly, onFault: (error) => faults.push(error) });
  for (const path of ['/v1/extract', '/v1/extract/stream', '/v1/extract']) {
    const response = await post(app, path, { documents: [{ text }] });
    assert.deepEqual([response.status, (await bodyOf(response)).code], [504, 'timeout']);
  }
});

test('a client that reads nothing of its stream does not keep its place', async () => {
  const app = await serve({ limits: { ...limits, body: 1_000_000, requests: 1, seconds: 0.2 } });
  const documents = [{ text: 'x'.repeat(100_000) }, { text }];
  const unread = await post(app, '/v1/extract/stream', { documents });
  assert.equal((await post(app, '/v1/extract', { documents: [{ text }] })).status, 429);
  await setTimeout(1500);
  assert.equal((await post(app, '/v1/extract', { documents: [{ text }] })).status, 200);
  await unread.body?.cancel();
});

test('draining, it is not ready and takes nothing new, and what is in work is finished', async () => {
  const { answer, letGo } = waiting();
  const app = await serve({ answer });
  const first = post(app, '/v1/extract', { documents: [{ text }] });
  await setTimeout(10);
  let isIdle = false;
  const idle = app.drain().then(() => {
    isIdle = true;
  });
  assert.equal((await get(app, '/readyz')).status, 503);
  assert.equal((await get(app, '/healthz')).status, 200);
  const refused = await post(app, '/v1/extract', { documents: [{ text }] });
  assert.deepEqual([refused.status, (await bodyOf(refused)).code], [503, 'draining']);
  assert.ok(!isIdle);
  letGo();
  assert.equal((await first).status, 200);
  await idle;
  await app.drain();
});

test('the interface is described by OpenAPI 3.1', async () => {
  const description = await bodyOf(await get(await serve(), '/openapi.json'));
  assert.equal(description.openapi, '3.1.0');
  assert.equal(description.info.version, '1.2.3');
  const statusesOf = (path: string) => Object.keys(description.paths[path].post.responses);
  assert.deepEqual(statusesOf('/v1/extract'), ['200', '400', '401', '413', '415', '421', '422', '429', '500', '502', '503', '504']);
  assert.ok(statusesOf('/v1/pools/{name}/sentences').includes('507'));
  assert.deepEqual(
    new Set(Object.keys(description.paths)),
    new Set([
      '/healthz',
      '/metrics',
      '/readyz',
      '/v1/datasets/read',
      '/v1/datasets/write',
      '/v1/extract',
      '/v1/extract/stream',
      '/v1/models',
      '/v1/pools',
      '/v1/pools/{name}/sentences',
    ]),
  );
});
