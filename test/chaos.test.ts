import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ModelServer, type ServeOptions, serveModel } from '../src/model/openai-server.fixture.ts';
import { type Script, scriptedModel } from '../src/model/scripted.ts';
import { faultPlan } from '../src/model/server-fault.fixture.ts';

const cli = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');
/** Documents of the run in which everything goes wrong now and then; `npm run soak` has more. */
const documents = Number(process.env['EL4NER_CHAOS_DOCUMENTS'] ?? 100);
const seed = Number(process.env['EL4NER_CHAOS_SEED'] ?? 1);
const names = ['Ada', 'Grace', 'Barbara', 'Edsger', 'Alan', 'Niklaus'];

const textOf = (at: number): string => `${names[at % names.length]} wrote letter ${at} to ${names[(at + 1) % names.length]}.`;
const peopleIn = (asked: string): string[] => names.filter((name) => asked.includes(name));

/** Finds the names, and types and confirms them. */
const answer: Script = (task) => {
  if (task.kind === 'extract') return peopleIn(task.text);
  if (task.kind === 'classify') return task.mentions.map(() => ({ type: 'person' }));
  return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
};

const serve = (options?: ServeOptions): Promise<ModelServer> => serveModel(scriptedModel({ answer }), { name: 'm', ...options });

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-chaos-'));
});
after(() => rm(scratch, { recursive: true }));

interface Run {
  readonly servers: readonly Pick<ModelServer, 'url'>[];
  readonly documents: number;
  readonly out: string;
  /** In seconds; default 1. */
  readonly timeout?: number;
  readonly flags?: readonly string[];
}

async function start({ servers, documents, out, timeout = 1, flags = [] }: Run): Promise<ChildProcess> {
  const corpus = join(scratch, `${documents}.jsonl`);
  const rows = Array.from({ length: documents }, (_, at) => JSON.stringify({ id: `d${at}`, text: textOf(at) }));
  await writeFile(corpus, `${rows.join('\n')}\n`);
  const models = servers.map(({ url }) => `${url}/v1#m`).join(',');
  const asked = [
    'run',
    corpus,
    '--types',
    'person',
    '--models',
    models,
    '--timeout',
    String(timeout),
    '--out',
    join(scratch, out),
    ...flags,
  ];
  return spawn(process.execPath, [cli, ...asked], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function end(process: ChildProcess): Promise<{ readonly code: number | null; readonly err: string }> {
  const [err, [code]] = await Promise.all([text(process.stderr ?? assert.fail()), once(process, 'exit')]);
  return { code, err };
}

/** A line of results or failures, as far as it is looked at. */
interface Line {
  readonly id: string;
  readonly text: string;
  readonly index?: number;
  readonly error?: { readonly code: string };
  readonly entities?: readonly { readonly start: number; readonly end: number; readonly text: string; readonly type: string }[];
  readonly degraded?: readonly { readonly modelId: string; readonly reason: string }[];
  readonly trace?: { readonly windows: readonly { readonly document: { readonly calls: readonly { readonly outcome: string }[] } }[] };
}

async function lines(name: string): Promise<readonly Line[]> {
  const written = await readFile(join(scratch, name), 'utf8');
  return written
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** That results and failures have every document once, each in order, and each result what is in its text. */
function assertWhole(results: readonly Line[], failures: readonly Line[], documents: number): void {
  const number = ({ id }: Line) => Number(id.slice(1));
  for (const list of [results, failures]) {
    assert.deepEqual(
      list,
      list.toSorted((a, b) => number(a) - number(b)),
      'in order',
    );
  }
  assert.deepEqual(
    [...results, ...failures].map(number).sort((a, b) => a - b),
    Array.from({ length: documents }, (_, at) => at),
  );
  for (const result of results) {
    const { text: read, entities = [] } = result;
    assert.equal(read, textOf(number(result)));
    const found = entities.map(({ start, end, type }) => `${read.slice(start, end)} ${type}`);
    assert.deepEqual(new Set(found), new Set(peopleIn(read).map((name) => `${name} person`)));
  }
}

// Most of it is waiting, for attempts and for what never comes.
describe('a run over a corpus', { concurrency: true }, () => {
  test('ends well though three calls in ten go wrong', { timeout: 30 * 60_000 }, async (context) => {
    await using servers = new AsyncDisposableStack();
    const served: ModelServer[] = [];
    for (const at of [0, 1, 2]) served.push(servers.use(await serve({ plan: faultPlan(seed * 3 + at, 0.3) })));
    const started = performance.now();
    const { code, err } = await end(
      await start({ servers: served, documents, out: 'chaos.ndjson', flags: ['--workers', '64', '--trace', '--progress', 'none'] }),
    );
    assert.ok(code === 0 || code === 1, err);
    const [results, failures] = [await lines('chaos.ndjson'), await lines('chaos.ndjson.failed.ndjson')];
    assertWhole(results, failures, documents);
    for (const { trace, degraded = [] } of results) {
      const failed = trace?.windows.flatMap(({ document }) => document.calls).filter(({ outcome }) => outcome !== 'answered') ?? [];
      assert.equal(degraded.length, failed.length, 'every call that failed is told');
    }
    const degraded = results.filter((result) => result.degraded !== undefined).length;
    assert.ok(degraded > documents / 20 && failures.length < documents / 10, `${degraded} degraded, ${failures.length} failed`);
    const requests = served.reduce((sum, server) => sum + server.requests.length, 0);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    context.diagnostic(`${documents} documents, ${requests} requests, ${degraded} degraded, ${failures.length} failed, ${seconds} s`);
    if (failures.length === 0) return;
    await using well = new AsyncDisposableStack();
    const ports = served.map(({ url }) => Number(new URL(url).port));
    await servers.disposeAsync();
    for (const port of ports) well.use(await serve({ port }));
    const flags = ['--workers', '8', '--trace', '--retry-failed', '--progress', 'none'];
    const retried = await end(await start({ servers: served, documents, out: 'chaos.ndjson', flags }));
    assert.equal(retried.code, 0, retried.err);
    assertWhole(await lines('chaos.ndjson'), [], documents);
  });

  for (const [what, plan, isReached] of [
    ['is not there', undefined, false],
    ['never answers', () => ({ kind: 'hang' }) as const, true],
  ] as const) {
    test(`goes on without a model that ${what}`, { timeout: 60_000 }, async () => {
      await using servers = new AsyncDisposableStack();
      const [a, b, broken] = [servers.use(await serve()), servers.use(await serve()), servers.use(await serve(plan && { plan }))];
      if (!isReached) await broken[Symbol.asyncDispose]();
      const { code, err } = await end(
        await start({ servers: [a, b, broken], documents: 60, timeout: 3, out: `without-${isReached}.ndjson`, flags: ['--workers', '4'] }),
      );
      assert.equal(code, 0, err);
      const results = await lines(`without-${isReached}.ndjson`);
      assertWhole(results, [], 60);
      for (const { degraded = [] } of results) assert.ok(degraded.every(({ modelId }) => modelId === `${broken.url}/v1#m`));
      assert.ok(results.every(({ degraded = [] }) => degraded.length > 0));
      assert.match(err, new RegExp(`${broken.url}/v1#m failed again and again, was left out of \\d+ calls and has not come back`));
      assert.ok(!isReached || broken.requests.length < 30, `${broken.requests.length} requests`);
    });
  }

  test('ends a document that takes too long, and does it with more time', { timeout: 120_000 }, async () => {
    let isSlow = true;
    const slow: Script = (task, signal) => (isSlow && task.text.includes('letter 5 ') ? new Promise(() => {}) : answer(task, signal));
    await using server = await serveModel(scriptedModel({ answer: slow }), { name: 'm' });
    const run = { servers: [server], documents: 12, out: 'slow.ndjson', timeout: 100 };
    const { code, err } = await end(await start({ ...run, flags: ['--document-timeout', '10', '--workers', '4'] }));
    assert.equal(code, 1, err);
    const [failed, ...others] = await lines('slow.ndjson.failed.ndjson');
    assert.deepEqual([failed?.id, failed?.error?.code, others], ['d5', 'over-budget', []]);
    isSlow = false;
    const retried = await end(await start({ ...run, flags: ['--document-timeout', '60', '--retry-failed'] }));
    assert.equal(retried.code, 0, retried.err);
    assertWhole(await lines('slow.ndjson'), [], run.documents);
  });

  test('stops early where no model answers any more, and goes on once they do', { timeout: 120_000 }, async () => {
    await using servers = new AsyncDisposableStack();
    const served = [servers.use(await serve()), servers.use(await serve()), servers.use(await serve())];
    const run = { servers: served, documents: 400, out: 'outage.ndjson', timeout: 60 };
    const process = await start({ ...run, flags: ['--workers', '4', '--patience', '1'] });
    const ended = end(process);
    const size = () =>
      stat(join(scratch, run.out)).then(
        ({ size }) => size,
        () => 0,
      );
    while (process.exitCode === null && (await size()) < 1_000) await sleep(5);
    await Promise.all(served.map((server) => server[Symbol.asyncDispose]()));
    const { code, err } = await ended;
    assert.equal(code, 3, err);
    assert.match(err, /10 documents in a row failed for want of models/);
    const before = await lines(run.out);
    assert.ok(before.length > 0 && before.length < run.documents / 2, `${before.length} documents`);
    assert.deepEqual(await lines('outage.ndjson.failed.ndjson'), []);
    assertWhole(before, [], before.length);

    for (const { url } of served) servers.use(await serve({ port: Number(new URL(url).port) }));
    const resumed = await end(await start({ ...run, flags: ['--resume', '--workers', '8'] }));
    assert.equal(resumed.code, 0, resumed.err);
    const results = await lines(run.out);
    assertWhole(results, [], run.documents);
    assert.deepEqual(results.slice(0, before.length), before);
  });
});
