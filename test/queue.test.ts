import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openQueueBackend } from '../src/jobs/queue/backend.ts';
import { queueAddress } from '../src/jobs/queue/queue-address.ts';
import { type ModelServer, serveModel } from '../src/model/openai-server.fixture.ts';
import { scriptedModel } from '../src/model/scripted.ts';
import { randomIntegers } from '../src/random.ts';
import { type QueueServer, startPostgres, startRedis } from './queue-server.fixture.ts';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
/** Kills of workers in one run; a longer test has more. */
const kills = Number(process.env['EL4NER_TEST_KILLS'] ?? 3);
/** Two workers get so far before one of them is killed again. */
const documents = 48 * kills;
/** Longest wait for a process to end, in milliseconds. */
const endMs = 120_000 + 15_000 * kills;
const password = 'unsaid secret';

let scratch: string;
let model: ModelServer;
/** Milliseconds that it takes for an answer. */
let answerMs = 10;
/** What the model's server does with a text before it answers. */
let onText: (text: string) => void = () => {};
const running: Running[] = [];
const servers = new AsyncDisposableStack();
const queues: Record<string, QueueServer | undefined> = {};

before(async () => {
  scratch = servers.adopt(await mkdtemp(join(tmpdir(), 'el4ner-queue-')), (directory) => rm(directory, { recursive: true }));
  model = servers.use(await serveModel(capitals(), { apiKey: 'key' }));
  const [redis, locked, postgres] = await Promise.all([startRedis(), startRedis(password), startPostgres()]);
  for (const [name, server] of Object.entries({ redis, locked, postgres })) if (server) queues[name] = servers.use(server);
  if ((process.env['CI'] ?? '') !== '') assert.deepEqual(Object.keys(queues), ['redis', 'locked', 'postgres'], 'a server is not installed');
  const words = ['Ada', 'Bob', 'Paris', 'Rome', 'Zoë', '東京 (Tokyo)', '\u0000 Nil', '\ud800 Half'];
  const rows = Array.from({ length: documents }, (_, at) => ({
    id: `${at}`,
    text: `${words[at % words.length]} wrote letter ${at} to Eve.`,
  }));
  await writeFile(path('corpus.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeFile(
    path('poisoned.jsonl'),
    [...rows.slice(0, 5), { id: 'p', text: 'Poison for Bob.' }].map((row) => `${JSON.stringify(row)}\n`).join(''),
  );
  const whole = await end(start('whole.ndjson'));
  assert.equal(whole.code, 0, whole.err);
});
afterEach(() => {
  onText = () => {};
  answerMs = 10;
  for (const { process } of running.splice(0)) process.kill('SIGKILL'); // those that a failed test leaves
});
after(() => servers.disposeAsync());

/** Finds words with a capital letter. */
function capitals() {
  return scriptedModel({
    async answer(task) {
      onText(task.text);
      await setTimeout(answerMs);
      if (task.kind === 'extract') return task.text.match(/\p{Lu}\p{Ll}+/gu) ?? [];
      if (task.kind === 'classify') return task.mentions.map(({ start, end }) => ({ type: (end - start) % 2 === 0 ? 'place' : 'person' }));
      return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
    },
  });
}

const path = (name: string): string => join(scratch, name);
const read = (name: string): Promise<Buffer> => readFile(path(name));

interface Running {
  readonly process: ChildProcess;
  /** What it has written to the standard error so far. */
  readonly err: () => string;
}

/** With the code compiled once for all processes, each begins in half the time. */
const environment = () => ({ EL4NER_API_KEY: 'key', NODE_COMPILE_CACHE: path('compiled') });

function spawned(words: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [cli, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment(), ...env },
  });
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const one = { process: child, err: () => err };
  running.push(one);
  return one;
}

const pipeline = (): string[] => ['--types', 'person,place', '--models', `${model.url}/v1#test-model`];
const start = (out: string, ...words: readonly string[]): Running =>
  spawned(['run', path('corpus.jsonl'), ...pipeline(), '--out', path(out), ...words]);
const submit = (out: string, url: string, ...words: readonly string[]): Running => start(out, '--queue', url, '--chunk', '4', ...words);
const work = (url: string, ...words: readonly string[]): Running =>
  spawned(['worker', '--queue', url, ...pipeline(), '--take-over', '2', ...words]);

async function end({ process, err }: Running): Promise<{ code: number | null; err: string }> {
  if (process.exitCode === null && process.signalCode === null)
    await once(process, 'exit', { signal: AbortSignal.timeout(endMs) }).catch(() => assert.fail(`waited in vain for an end: ${err()}`));
  return { code: process.exitCode, err: err() };
}

async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const started = performance.now();
  while (!(await isTrue())) {
    assert.ok(performance.now() - started < 60_000, `waited in vain for ${what}`);
    await setTimeout(20);
  }
}

const isReady = ({ err }: Running): Promise<void> => until(() => err().includes('ready:'), `a worker: ${err()}`);

/** Ends workers in order, and holds them to it. */
async function drain(...workers: readonly Running[]): Promise<void> {
  for (const { process } of workers) process.kill('SIGTERM');
  for (const worker of workers) assert.equal((await end(worker)).code, 0, worker.err());
}

const size = (name: string): Promise<number> =>
  stat(path(name)).then(
    ({ size }) => size,
    () => 0,
  );

/** What Redis has of runs: the names of keys. What BullMQ keeps of a queue itself, which is small, is not of them unless there are results in it. */
async function keysOfRuns(url: string): Promise<readonly string[]> {
  const client = new Redis(url);
  const found: string[] = [];
  for (const key of await client.keys('*')) {
    const isOfQueue = /:(?:registry-1:(?:wait|worker-.*)|(?:registry-1|chunks-1-\w+):(?:id|marker|meta|stalled-check|events))$/.test(key);
    const hasResults = key.endsWith(':events') && JSON.stringify(await client.xrange(key, '-', '+')).includes('"returnvalue"');
    if (!isOfQueue || hasResults) found.push(key);
  }
  client.disconnect();
  return found;
}

/** Whether a run to a file is known to workers. */
async function isKnown(url: string, out: string): Promise<boolean> {
  const client = new Redis(url);
  const keys = await client.keys('*:registry-1:run-*');
  const runs = await Promise.all(keys.map((key) => client.hget(key, 'data')));
  client.disconnect();
  return runs.some((run) => run?.includes(out));
}

for (const name of ['redis', 'postgres']) {
  describe(`a queue on ${name}`, () => {
    test('gives the bytes of a plain run, by workers that are killed in turn', async (t) => {
      const url = queues[name]?.url;
      if (url === undefined) return t.skip(`${name} is not installed`);
      const random = randomIntegers(1);
      answerMs = 25;
      const out = `${name}.ndjson`;
      const workers = [work(url, '--workers', '2'), work(url)];
      await Promise.all(workers.map(isReady));
      const run = submit(out, url, '--progress', 'json');
      const ended = end(run);
      let killed = 0;
      while (killed < kills && run.process.exitCode === null) {
        const isServed = (): boolean => run.err().includes('"workers":') && (workers[killed % 2]?.err().includes('ready:') ?? false);
        await until(() => run.process.exitCode !== null || isServed(), 'a worker of the run');
        await setTimeout(random() % 400);
        if (run.process.exitCode !== null) break; // it was quicker
        const [victim] = workers.splice(killed % 2, 1, work(url, '--workers', '2'));
        victim?.process.kill('SIGKILL');
        killed++;
      }
      const { code, err } = await ended;
      assert.equal(code, 0, err);
      assert.deepEqual(await read(out), await read('whole.ndjson'));
      t.diagnostic(`killed ${killed} times`);
      assert.ok(killed > kills / 4, `${killed} kills`);
      assert.match(err, new RegExp(`^\\{"documents":${documents},"failed":0,"total":${documents},.*"workers":\\d\\}$`, 'm'));
      await Promise.all(workers.map(isReady));
      await drain(...workers);
    });

    test('goes on after its submitter is killed, with what workers have done meanwhile', async (t) => {
      const url = queues[name]?.url;
      if (url === undefined) return t.skip(`${name} is not installed`);
      const out = `${name}-resumed.ndjson`;
      const worker = work(url, '--workers', '2');
      await isReady(worker);
      const killed = submit(out, url);
      await until(async () => (await size(out)) > 0, 'results');
      killed.process.kill('SIGKILL');
      await end(killed);
      const asked = model.requests.length;
      await setTimeout(1_000); // the worker goes on
      assert.ok(model.requests.length > asked);
      const { code, err } = await end(submit(out, url, '--resume'));
      assert.equal(code, 0, err);
      assert.deepEqual(await read(out), await read('whole.ndjson'));
      await drain(worker);
    });
  });
}

describe('a queue', () => {
  test('stopped once, is waited for until what is begun is done; then its run can be resumed', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    answerMs = 60;
    const worker = work(url);
    const run = submit('stopped.ndjson', url);
    await until(async () => (await size('stopped.ndjson')) > 0, 'results');
    run.process.kill('SIGINT');
    const { code, err } = await end(run);
    assert.equal(code, 130, err);
    assert.match(err, /stopped after \d+ documents; the same command with --resume goes on/);
    answerMs = 10;
    const again = await end(submit('stopped.ndjson', url, '--resume'));
    assert.equal(again.code, 0, again.err);
    assert.match(again.err, /documents done before; going on/);
    assert.deepEqual(await read('stopped.ndjson'), await read('whole.ndjson'));
    await drain(worker);
  });

  test('keeps no text and no result of a run that is done', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    await until(async () => (await keysOfRuns(url)).length === 0, `nothing to be left of ${await keysOfRuns(url)}`);
  });

  test('is not served by a worker with something else, which says what; the run is told, and waits', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    const run = submit('refused.ndjson', url);
    await until(() => isKnown(url, 'refused.ndjson'), 'the run');
    const asked = model.requests.length;
    const [other, waiting] = [work(url, '--k', '3'), work(url, '--types', 'person', '--wait')];
    const { code, err } = await end(other);
    assert.equal(code, 2, err);
    assert.match(err, /takes no part in the run .*refused\.ndjson.*: --k \(3 here, none there\)\./);
    await until(() => /refuses: .*types/.test(run.err()) && /refuses: .*--k/.test(run.err()), `refusals: ${run.err()}`);
    assert.equal(model.requests.length, asked);
    const right = work(url);
    assert.equal((await end(run)).code, 0, run.err());
    assert.deepEqual(await read('refused.ndjson'), await read('whole.ndjson'));
    await drain(waiting, right);
  });

  test('gives up a document that ends its workers, and no other with it; it can be tried again', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    const corpus = path('poisoned.jsonl');
    const out = path('poisoned.ndjson');
    const words = ['run', corpus, ...pipeline(), '--out', out, '--queue', url];
    let worker = work(url);
    onText = (text) => {
      if (!text.startsWith('Poison')) return;
      worker.process.kill('SIGKILL');
      worker = work(url);
    };
    const { code, err } = await end(spawned(words));
    onText = () => {};
    assert.equal(code, 1, err);
    const failed = (await readFile(`${out}.failed.ndjson`, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      failed.map(({ id, error }) => [id, error.code]),
      [['p', 'workers-lost']],
    );
    const again = await end(spawned([...words, '--retry-failed']));
    assert.equal(again.code, 0, again.err);
    await end(spawned(['run', corpus, ...pipeline(), '--out', path('unpoisoned.ndjson')]));
    assert.deepEqual(await readFile(out), await read('unpoisoned.ndjson'));
    await isReady(worker);
    await drain(worker);
  });

  test('ends a run with 3 where models are out of order, and it can be resumed', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    const worker = spawned(['worker', '--queue', url, ...pipeline(), '--workers', '4'], { EL4NER_API_KEY: 'wrong' });
    const { code, err } = await end(submit('outage.ndjson', url, '--attempts', '2'));
    assert.equal(code, 3, err);
    assert.match(err, /documents in a row failed for want of models/);
    await drain(worker);
    const better = work(url, '--workers', '4');
    const again = await end(submit('outage.ndjson', url, '--resume'));
    const failed = await readFile(path('outage.ndjson.failed.ndjson'), 'utf8');
    assert.equal(again.code, 0, `${again.err}\n${failed}`);
    assert.deepEqual(await read('outage.ndjson'), await read('whole.ndjson'));
    await drain(better);
  });

  test('tells the health of a worker, which finishes what is in work when it is ended', async (t) => {
    const url = queues['redis']?.url;
    if (url === undefined) return t.skip('redis is not installed');
    const worker = work(url, '--health', '127.0.0.1:0');
    await until(() => worker.err().includes('/readyz'), 'the address');
    const [, at = assert.fail()] = /health at (\S+)\/healthz/.exec(worker.err()) ?? [];
    assert.equal((await fetch(`${at}/readyz`)).status, worker.err().includes('ready:') ? 200 : 503);
    await isReady(worker);
    const ready = await fetch(`${at}/readyz`);
    assert.equal(ready.status, 200);
    assert.deepEqual(await ready.json(), {
      state: 'ready',
      documents: { done: 0, failed: 0, inWork: 0 },
      models: [{ id: `${model.url}/v1#test-model`, isLeftOut: false }],
      queue: { url, isConnected: true },
    });
    assert.equal((await fetch(`${at}/other`)).status, 404);
    const run = submit('drained.ndjson', url);
    await until(async () => (await size('drained.ndjson')) > 0, 'results');
    worker.process.kill('SIGTERM');
    await setTimeout(50);
    const draining = await fetch(`${at}/readyz`).catch(() => undefined); // unless it was quicker
    if (draining !== undefined) assert.equal(draining.status, 503);
    assert.equal((await end(worker)).code, 0, worker.err());
    assert.match(worker.err(), /drained after \d+ documents/);
    const rest = work(url);
    assert.equal((await end(run)).code, 0, run.err());
    assert.deepEqual(await read('drained.ndjson'), await read('whole.ndjson'));
    await drain(rest);
  });

  test('whose server is away lets its processes end when they are asked to', async (t) => {
    const server = await startRedis();
    if (server === undefined) return t.skip('redis is not installed');
    answerMs = 50;
    const worker = work(server.url);
    await isReady(worker);
    const run = submit('away.ndjson', server.url);
    await until(async () => (await size('away.ndjson')) > 0, 'results');
    await server[Symbol.asyncDispose]();
    await until(() => worker.err().includes('the queue does not answer'), 'the worker to notice');
    const asked = performance.now();
    worker.process.kill('SIGTERM');
    run.process.kill('SIGINT');
    const [drained, stopped] = await Promise.all([end(worker), end(run)]);
    assert.deepEqual([drained.code, stopped.code], [0, 130], drained.err + stopped.err);
    assert.match(drained.err, /what it was not told of is done again by others/);
    const tookMs = performance.now() - asked;
    assert.ok(tookMs < 25_000, `it took ${tookMs} ms`);
  });

  test('whose server goes away for good is given up after a while', async (t) => {
    const server = await startRedis();
    if (server === undefined) return t.skip('redis is not installed');
    const backend = await openQueueBackend(queueAddress(server.url), { patienceMs: 300 });
    const [queue] = [await backend.queue('test'), await backend.events('test')];
    assert.equal(await backend.call(() => queue.getJobState('one')), 'unknown');
    await server[Symbol.asyncDispose]();
    await assert.rejects(
      backend.call(() => queue.getJobState('one')),
      { detail: { code: 'queue-unavailable' }, message: /does not answer: .* with --resume goes on\.$/ },
    );
    await backend[Symbol.asyncDispose](); // which waits for nothing
  });

  test('that cannot be had is told, and its password is not', async (t) => {
    const { code, err } = await end(submit('none.ndjson', 'redis://:geheim@127.0.0.1:1'));
    assert.equal(code, 3, err);
    assert.match(err, /The queue at redis:\/\/127\.0\.0\.1:1 does not answer: connect ECONNREFUSED/);
    const wrong = await end(submit('none.ndjson', 'amqp://:geheim@127.0.0.1:1', '--resume'));
    assert.equal(wrong.code, 2, wrong.err);
    assert.match(wrong.err, /expected redis:\/\/HOST:PORT/);
    assert.doesNotMatch(err + wrong.err, /geheim/);
    const locked = queues['locked']?.url;
    if (locked === undefined) return t.skip('redis is not installed');
    const shut = await end(submit('none.ndjson', locked.replace('//', '//:geheim@'), '--resume'));
    assert.equal(shut.code, 2, shut.err);
    assert.match(shut.err, /refuses: .*EL4NER_QUEUE_PASSWORD/);
    assert.doesNotMatch(shut.err, /geheim/);
    const unnamed = await end(submit('none.ndjson', locked, '--resume'));
    assert.equal(unnamed.code, 2, unnamed.err);
    assert.match(unnamed.err, /refuses: it wants a password\. Give /);
    const environment = { EL4NER_QUEUE: locked, EL4NER_QUEUE_PASSWORD: password };
    const worker = spawned(['worker', ...pipeline()], environment);
    await isReady(worker);
    await drain(worker);
    assert.doesNotMatch(worker.err(), /secret/);
  });
});
