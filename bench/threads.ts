/**
 * Threads and batches for three models at once and several documents, for made-up models of several sizes:
 *
 *     node bench/threads.ts [--sizes 12] [--rounds 5] [--without oversubscribed]
 *
 * Sizes are in megabytes, of those in `sizes` below. One takes minutes, since threads that share cores with other work are very slow; 1000 takes 3 GB. Each model has weights of its own. What each
 * arrangement does in a second is told in tokens, and against `one thread`, by medians of the rounds, in which the arrangements take turns:
 *
 * - one thread: a context and a thread for each model, all models at once, documents one after the other; never more threads than cores;
 * - all cores, in turn: a context with all cores for each model, all at once; a batch waits until all cores are free;
 * - one after the other: the same, but each model does all of its documents before the next one begins;
 * - all cores, shared: a batch has at least one thread, and more if they are free;
 * - oversubscribed: the same, all at once, and nothing waits; measured once;
 * - batched: as many sequences in a context as there are documents, evaluated together; one thread a model, or all cores one after the other;
 * - processes: one thread, each model in a process of its own;
 * - alone: one model without the others, with one thread and with all cores.
 *
 * Also says of how many documents the same bytes are read with more threads and in a batch, and how many threads were at work at most. Prints a line of JSON, and a table for people to stderr.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LlamaContextSequence, LlamaModel } from 'node-llama-cpp';
import { llamaRuntime, threadsFor } from '../src/model/llama/runtime.ts';
import { type Shape, writeMadeUpGguf } from './made-up-gguf.ts';
import { answer, lengthOf, loadAlone, sequencesOf, type Work, type Worker, workerOn } from './thread-work.ts';

/** Shapes by their size in megabytes. */
const sizes: Readonly<Record<string, Shape>> = {
  4: { width: 192, layers: 6, feedForward: 512, vocabulary: 8192 },
  12: { width: 256, layers: 6, feedForward: 704, vocabulary: 24_576 },
  30: { width: 512, layers: 5, feedForward: 1408, vocabulary: 24_576 },
  64: { width: 640, layers: 9, feedForward: 1728, vocabulary: 24_576 },
  120: { width: 768, layers: 14, feedForward: 2048, vocabulary: 24_576 },
  250: { width: 1024, layers: 16, feedForward: 2816, vocabulary: 32_768 },
  1000: { width: 2048, layers: 18, feedForward: 5632, vocabulary: 32_768 },
};
const members = 3;
const documents = 2;
const cores = availableParallelism();
const [single, whole, shared] = [
  { ideal: 1, min: 1 },
  { ideal: cores, min: cores },
  { ideal: cores, min: 1 },
];
const { values: flags } = parseArgs({
  options: { sizes: { type: 'string', default: '12' }, rounds: { type: 'string', default: '5' }, without: { type: 'string', default: '' } },
});
const rounds = Number(flags.rounds);
const llama = await llamaRuntime('cpu');

/** Models that do the same documents, all at once or one after the other. */
interface Arrangement {
  readonly name: string;
  readonly workers: readonly Worker[];
  readonly inTurn?: boolean;
  /** Whether batches begin though all cores are taken. */
  readonly unbounded?: boolean;
}

/** Threads that evaluate: now, and the most at once. */
const atWork = { now: 0, most: 0 };

const results: Awaited<ReturnType<typeof measure>>[] = [];
for (const size of flags.sizes.split(',')) results.push(await measure(size));
process.stdout.write(`${JSON.stringify({ name: 'threads', cores, members, documents, rounds, results })}\n`);
process.stderr.write(`threads on ${cores} cores, ${members} models: tokens a second (against one thread), most threads at work\n`);
for (const { size, productThreads, identical, figures } of results) {
  process.stderr.write(`  ${size} MB; the product takes ${productThreads}; documents with the same bytes: ${JSON.stringify(identical)}\n`);
  for (const { name, tokensPerSecond, ratio, mostThreads } of figures) {
    process.stderr.write(`    ${name.padEnd(30)}${tokensPerSecond.toFixed(0).padStart(7)}  ${ratio.toFixed(2)}  ${mostThreads || ''}\n`);
  }
}
process.exit();

async function measure(size: string) {
  const shape = sizes[size];
  if (shape === undefined) throw new Error(`There is no size ${size}; expected some of ${Object.keys(sizes).join()}.`);
  const work = Number(size) < 250 ? { prompt: 250, reply: 25 } : { prompt: 50, reply: 5 };
  const folder = await mkdtemp(join(tmpdir(), 'el4ner-threads-'));
  const path = join(folder, 'model.gguf');
  await writeMadeUpGguf(path, shape);
  const models: LlamaModel[] = [];
  for (let member = 0; member < members; member++) models.push(await loadAlone(path));
  const program = new URL('thread-member.ts', import.meta.url);
  const processes = models.map(() => fork(program, [path, String(work.prompt), String(work.reply)]));
  await Promise.all(processes.map((process) => once(process, 'message')));
  const [model] = models;
  if (model === undefined) throw new Error('There is no model.');
  const figures = await timed([...(await arrange(models, work)), { name: 'processes', workers: processes.map(workerIn) }], work);
  const identical = await compareBytes(model, work);
  const result = { size: Number(size), bytes: model.size, productThreads: threadsFor(model).ideal, work, identical, figures };
  for (const process of processes) process.kill();
  for (const one of models) await one.dispose();
  await rm(folder, { recursive: true });
  return result;
}

async function arrange(models: readonly LlamaModel[], work: Work): Promise<readonly Arrangement[]> {
  const workers = (threads: typeof single, sequences = 1) =>
    Promise.all(models.map(async (model) => workerOn(watched(await sequencesOf(model, threads, sequences)), work)));
  const [one, all] = [await workers(single), await workers(whole)];
  const arrangements = [
    { name: 'one thread', workers: one },
    { name: 'all cores, in turn', workers: all },
    { name: 'all cores, shared', workers: await workers(shared) },
    { name: 'one after the other', workers: all, inTurn: true },
    { name: 'oversubscribed', workers: all, unbounded: true },
    { name: 'batched, one thread', workers: await workers(single, documents) },
    { name: 'batched, one after the other', workers: await workers(whole, documents), inTurn: true },
    { name: 'alone, one thread', workers: one.slice(0, 1) },
    { name: 'alone, all cores', workers: all.slice(0, 1) },
  ];
  const left = flags.without.split(',');
  return arrangements.filter(({ name }) => !left.includes(name));
}

function workerIn(process: ChildProcess): Worker {
  return async (documents) => {
    process.send([...documents]);
    await once(process, 'message');
  };
}

async function timed(arrangements: readonly Arrangement[], { prompt, reply }: Work) {
  const given = Array.from({ length: documents }, (_, at) => at);
  const tokens = given.reduce((sum, document) => sum + lengthOf(document, prompt) + reply, 0);
  const measured = arrangements.map(({ name }) => ({ name, rates: [] as number[], mostThreads: 0 }));
  for (let round = -1; round < rounds; round++) {
    for (const [at, arrangement] of arrangements.entries()) {
      if (arrangement.unbounded && round !== 0) continue; // it takes long
      const seconds = await secondsOf(arrangement, given);
      const figures = measured[at];
      if (figures === undefined || round < 0) continue; // the first round warms up
      figures.rates.push((arrangement.workers.length * tokens) / seconds);
      figures.mostThreads = Math.max(figures.mostThreads, atWork.most);
    }
  }
  return measured.map(({ name, rates, mostThreads }) => ({
    name,
    tokensPerSecond: median(rates),
    ratio: median(rates.map((rate, round) => rate / (measured[0]?.rates[round] ?? Number.NaN))),
    mostThreads,
  }));
}

async function secondsOf({ workers, inTurn, unbounded }: Arrangement, given: readonly number[]): Promise<number> {
  llama.maxThreads = unbounded ? 0 : cores;
  atWork.most = 0;
  const started = performance.now();
  if (inTurn) for (const worker of workers) await worker(given);
  else await Promise.all(workers.map((worker) => worker(given)));
  return (performance.now() - started) / 1000;
}

/** Of eight documents, how many read in the same bytes as alone with one thread: again, with more threads, and in a batch of two and four. */
async function compareBytes(model: LlamaModel, work: Work) {
  const given = Array.from({ length: 8 }, (_, at) => at);
  const read = async (threads: number, together: number) => {
    const sequences = await sequencesOf(model, { ideal: threads, min: threads }, together);
    const hashes: string[] = [];
    for (let at = 0; at < given.length; at += together) {
      hashes.push(...(await Promise.all(sequences.map((sequence, place) => answer(sequence, at + place, work)))));
    }
    await sequences[0]?.context.dispose();
    return hashes;
  };
  const alone = await read(1, 1);
  const same = (hashes: readonly string[]) => hashes.filter((hash, at) => hash === alone[at]).length;
  llama.maxThreads = cores;
  return {
    of: given.length,
    again: same(await read(1, 1)),
    allCores: same(await read(cores, 1)),
    batchOfTwo: same(await read(1, 2)),
    batchOfFour: same(await read(1, 4)),
  };
}

/** The same sequences, whose context counts its threads in `atWork` while it evaluates. */
function watched(sequences: readonly LlamaContextSequence[]): readonly LlamaContextSequence[] {
  const context = sequences[0]?.context;
  // node-llama-cpp tells nobody when it evaluates, so that its own call is wrapped.
  const native = (context as unknown as { readonly _ctx: { decodeBatch(): Promise<void> } })._ctx;
  const decode = native.decodeBatch.bind(native);
  Object.defineProperty(native, 'decodeBatch', {
    async value() {
      const threads = context?.currentThreads ?? 0;
      atWork.now += threads;
      atWork.most = Math.max(atWork.most, atWork.now);
      await decode();
      atWork.now -= threads;
    },
  });
  return sequences;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
