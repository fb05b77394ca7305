/**
 * `el4ner serve` under clients that each ask again as soon as they are answered, over the bundled models: documents a second against `el4ner run` over
 * the same sentences with as many workers, the time of an answer, and the server's memory:
 *
 *     node bench/clients.ts [--clients 32] [--seconds 120]
 *
 * An answer takes as long as all clients' documents at the server's rate, where nobody is served before others; the median is told as a share of that.
 * Memory is the most of the last quarter of the time against the most of the second one, when caches are full. Prints a line of JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: { clients: { type: 'string', default: '32' }, seconds: { type: 'string', default: '120' } },
});
const [clients, seconds] = [Number(flags.clients), Number(flags.seconds)];
const goals = { ratio: 0.9, growth: 1.1 };
const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const corpus = join(repository, 'examples', 'corpus');
const pool = join(corpus, 'news', 'pool.jsonl');
/** Documents of the run without a server. */
const ownDocuments = 60;

await using opened = new AsyncDisposableStack();
const scratch = opened.adopt(await mkdtemp(join(tmpdir(), 'el4ner-bench-clients-')), (path) => rm(path, { recursive: true }));
const sentences: string[] = [];
for (const domain of await readdir(corpus)) {
  const lines = await readFile(join(corpus, domain, 'test.jsonl'), 'utf8').catch(() => '');
  for (const line of lines.trim().split('\n')) if (line !== '') sentences.push(JSON.parse(line).text);
}
const alone = await withoutServer();
const served = await withClients();
const [p50, p99] = [quantile(served.latencies, 0.5), quantile(served.latencies, 0.99)];
const perSecond = served.latencies.length / seconds;
const quarter = Math.floor(served.memory.length / 4);
const growth = Math.max(...served.memory.slice(-quarter)) / Math.max(...served.memory.slice(quarter, 2 * quarter));
const figures = {
  requests: served.latencies.length,
  errors: served.errors,
  perSecond,
  perSecondWithoutServer: alone,
  ratio: perSecond / alone,
  p50Ms: p50,
  p99Ms: p99,
  p50OfFairShare: p50 / ((1000 * clients) / perSecond),
  memoryMb: Math.max(...served.memory),
  growth,
};
process.stdout.write(`${JSON.stringify({ name: 'clients', clients, seconds, cores: availableParallelism(), ...figures, goals })}\n`);

/** @returns documents a second. */
async function withoutServer(): Promise<number> {
  const path = join(scratch, 'corpus.jsonl');
  await writeFile(path, Array.from({ length: ownDocuments }, (_, at) => `${JSON.stringify({ id: `${at}`, text: textOf(at) })}\n`).join(''));
  const words = ['run', path, '--out', join(scratch, 'out.ndjson'), '--pool', pool, '--workers', '2', '--progress', 'json'];
  const run = spawn(process.execPath, [cli, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let progress: { perSecond?: number } = {};
  for await (const line of createInterface({ input: run.stderr })) if (line.startsWith('{')) progress = JSON.parse(line);
  if (progress.perSecond === undefined) throw new Error(`el4ner run ended with ${run.exitCode} and told no rate.`);
  return progress.perSecond;
}

interface Served {
  /** Milliseconds of each answer. */
  readonly latencies: readonly number[];
  readonly errors: number;
  /** Megabytes of the process, each second. */
  readonly memory: readonly number[];
}

async function withClients(): Promise<Served> {
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0', '--pool', `news=${pool}`, '--workers', '2'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    createInterface({ input: server.stderr }).on('line', (line) => {
      const [, found] = /serving at (http:\S+);/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  await ask(address, 0); // whatever is opened by the first request
  const [latencies, memory]: [number[], number[]] = [[], []];
  let errors = 0;
  let next = 0;
  const end = performance.now() + 1000 * seconds;
  const sampling = setInterval(async () => memory.push(await residentMb(server.pid)), 1000);
  const client = async () => {
    while (performance.now() < end) {
      const start = performance.now();
      const isRight = await ask(address, next++).catch(() => false);
      if (!isRight) errors++;
      else if (performance.now() <= end) latencies.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  clearInterval(sampling);
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
  return { latencies, errors, memory };
}

/** @returns whether the answer is one with entities, or with none. */
async function ask(address: string, at: number): Promise<boolean> {
  const response = await fetch(`${address}/v1/extract`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ documents: [{ text: textOf(at) }], pool: 'news' }),
  });
  const { documents } = (await response.json()) as { documents?: readonly { readonly entities?: readonly unknown[] }[] };
  return response.ok && documents?.[0]?.entities !== undefined;
}

function textOf(at: number): string {
  return sentences[at % sentences.length] ?? '';
}

async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

function quantile(numbers: readonly number[], share: number): number {
  return numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(share * numbers.length))] ?? Number.NaN;
}
