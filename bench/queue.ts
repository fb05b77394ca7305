/**
 * Documents a second of 1, 2 and 4 worker processes on a queue, on Redis and on PostgreSQL, against one process without it: over a server that takes
 * 100 ms a call however many it has (four documents in work in each process, so that the queue is what may limit), and over the bundled models, which
 * have the machine's cores between them. Rates are the submitter's own, from when its models are open to its last document; workers are ready before.
 * More workers before the server get as many times more documents, so that all rows take as long. Medians of `--rounds` (default 3). Prints a line of JSON for each row, and a table to stderr.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { serveModel } from '../src/model/openai-server.fixture.ts';
import { scriptedModel } from '../src/model/scripted.ts';
import { startPostgres, startRedis } from '../test/queue-server.fixture.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    documents: { type: 'string', default: '0' },
    loads: { type: 'string', default: 'server,bundled' },
  },
});
const [rounds, asked] = [Number(flags.rounds), Number(flags.documents)];
const [delayMs, inWork, goal] = [100, 4, 0.9];
const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const corpus = join(repository, 'examples', 'corpus');

await using opened = new AsyncDisposableStack();
const scratch = opened.adopt(await mkdtemp(join(tmpdir(), 'el4ner-bench-queue-')), (path) => rm(path, { recursive: true }));
const model = opened.use(
  await serveModel(
    scriptedModel({
      async answer(task) {
        await setTimeout(delayMs);
        if (task.kind === 'extract') return ['Ada'];
        if (task.kind === 'classify') return task.mentions.map(() => ({ type: 'person' }));
        return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
      },
    }),
  ),
);
const queues = new Map<string, string>();
for (const [name, start] of Object.entries({ redis: startRedis, postgres: () => startPostgres() })) {
  const server = await start();
  if (server === undefined) process.stderr.write(`${name} is not installed and left out.\n`);
  else queues.set(name, opened.use(server).url);
}

/** What is to be done. */
interface Load {
  readonly name: 'server' | 'bundled';
  /** For one process; the server has as many for each. */
  readonly documents: number;
  readonly text: (at: number) => string;
  readonly words: readonly string[];
}

const sentences: string[] = [];
for (const domain of await readdir(corpus)) {
  const lines = await readFile(join(corpus, domain, 'test.jsonl'), 'utf8').catch(() => '');
  for (const line of lines.trim().split('\n')) if (line !== '') sentences.push(JSON.parse(line).text);
}
const loads: readonly Load[] = [
  {
    name: 'server',
    documents: asked || 120,
    text: () => 'Ada wrote to nobody.',
    words: ['--types', 'person', '--models', `${model.url}/v1#test-model`, '--workers', `${inWork}`],
  },
  {
    name: 'bundled',
    documents: asked || 96,
    text: (at) => sentences[at % sentences.length] ?? '',
    words: ['--types', 'person,location,organization', '--workers', '2'],
  },
];
const table = [['load', 'queue', 'workers', 'documents a second', 'of one process', 'ideal']];
for (const one of loads.filter(({ name }) => flags.loads.split(',').includes(name))) {
  const plain = await row(one, { queue: 'none', workers: 1, more: [] }, undefined);
  for (const [queue, url] of queues)
    for (const workers of [1, 2, 4]) {
      await using _crew = await crew(one, url, workers);
      await row(one, { queue, workers, more: ['--queue', url, '--chunk', '4'] }, plain);
    }
}
const widths = table[0]?.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))) ?? [];
for (const cells of table) process.stderr.write(`${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);

/** A corpus of so many documents. @returns its path. */
async function corpusOf({ name, text }: Load, documents: number): Promise<string> {
  const path = join(scratch, `${name}-${documents}.jsonl`);
  await writeFile(path, Array.from({ length: documents }, (_, at) => `${JSON.stringify({ id: `${at}`, text: text(at) })}\n`).join(''));
  return path;
}

interface Way {
  readonly queue: string;
  readonly workers: number;
  /** Flags of the run. */
  readonly more: readonly string[];
}

/** Measures, and tells; `plain` is the rate without a queue. */
async function row(load: Load, { queue, workers, more }: Way, plain: number | undefined): Promise<number> {
  const { name } = load;
  const documents = load.documents * (name === 'server' ? workers : 1);
  const path = await corpusOf(load, documents);
  const rates: number[] = [];
  for (let round = 0; round < rounds; round++) rates.push(await submit(path, documents, [...load.words, ...more]));
  const perSecond = rates.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  // In process, one already has all cores.
  const ideal = name === 'server' ? workers : 1;
  const ratio = plain === undefined ? 1 : perSecond / plain;
  const result = {
    name: 'queue',
    load: name,
    queue,
    workers,
    documents,
    rounds,
    cores: availableParallelism(),
    delayMs: name === 'server' ? delayMs : 0,
  };
  process.stdout.write(`${JSON.stringify({ ...result, perSecond, rates, ratio, ofIdeal: ratio / ideal, goal })}\n`);
  table.push([name, queue, `${workers}`, perSecond.toFixed(2), ratio.toFixed(2), (ratio / ideal).toFixed(2)]);
  return perSecond;
}

function start(words: readonly string[]): { readonly process: ChildProcess; readonly err: () => string } {
  const child = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return { process: child, err: () => err };
}

/** So many workers, ready; disposing of them drains them. */
async function crew({ words }: Load, url: string, count: number): Promise<AsyncDisposable> {
  const workers = Array.from({ length: count }, () => start(['worker', '--queue', url, ...words]));
  for (const { process, err } of workers)
    while (!err().includes('ready:')) {
      if (process.exitCode !== null) throw new Error(err());
      await setTimeout(20);
    }
  return {
    async [Symbol.asyncDispose]() {
      for (const { process } of workers) process.kill('SIGTERM');
      for (const { process } of workers) if (process.exitCode === null) await once(process, 'exit');
    },
  };
}

/** Runs over the corpus once. @returns documents a second. */
async function submit(path: string, documents: number, words: readonly string[]): Promise<number> {
  const out = join(scratch, 'out.ndjson');
  for (const end of ['', '.journal', '.failed.ndjson']) await rm(`${out}${end}`, { force: true });
  const { process, err } = start(['run', path, ...words, '--out', out, '--progress', 'json']);
  await once(process, 'exit');
  const last =
    err()
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')) ?? '{}';
  const progress: { documents?: number; perSecond?: number } = JSON.parse(last);
  if (process.exitCode !== 0 || progress.documents !== documents || progress.perSecond === undefined) throw new Error(err());
  return progress.perSecond;
}
