/**
 * SpanSim over pools of 1,000, 10,000 and 100,000 sentences of three spans of 256 dimensions, for queries of four spans that are not in the
 * pool: what a graph costs to build and to open, how long the eight best sentences take, and how many of them are the true ones. Rivals: a
 * plain scan over floats, and (the naive way, over 1,000 sentences) a pool that is embedded anew for each query.
 * `node bench/retrieval-speed.ts [LARGEST]` leaves pools of more than LARGEST sentences out. Prints a line of JSON, and a table to stderr.
 * Each pool is searched in a process of its own, which so has nothing else in memory.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { approximateSpanSearch, exactSpanSearch, smallestForApproximation } from '../src/pool/span-search.ts';
import { spanSimilarity, type WeightedSpans } from '../src/pool/span-similarity.ts';
import { buildVectorGraph, openVectorGraph } from '../src/pool/vector-graph.ts';
import { parseVectorTable, serializeVectorTable, vectorTableBuilder } from '../src/pool/vector-table.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import { dimensions, type PoolKind, vectorSource } from './clustered-vectors.ts';

const spansPerSentence = 3;
const wanted = 8;
const timedQueries = 300;
const comparedQueries = 50;
const naiveQueries = 5;
const naiveSentences = 1_000;
const goals = { p50Ms: 5, p99Ms: 20, recall: 0.99, memoryMB: 600, openMs: 300, naiveRatio: 10 };
const pools: readonly { readonly sentences: number; readonly kind: PoolKind }[] = [
  { sentences: 1_000, kind: 'distinct' },
  { sentences: 10_000, kind: 'distinct' },
  { sentences: 100_000, kind: 'distinct' },
  { sentences: 100_000, kind: 'recurring' },
];
const { signal } = new AbortController();

/** What the process says that opens a pool and searches it. */
interface Served {
  readonly openMs: number;
  readonly memoryMB: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the processor's time, which other processes do not lengthen. */
  readonly p99CpuMs: number;
  readonly found: readonly (readonly number[])[];
}

const [argument = '100000', folder] = process.argv.slice(2);
if (folder === undefined) await measureAll(Number(argument));
else process.stdout.write(JSON.stringify(await serve(folder, Number(argument))));

async function measureAll(largest: number): Promise<void> {
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (const pool of pools.filter(({ sentences }) => sentences <= largest)) results.push(await measure(pool.sentences, pool.kind));
  const exactMs = results.find(({ sentences }) => sentences === naiveSentences)?.exactMs ?? Number.NaN;
  const naiveMs = await medianOfNaive();
  const naive = { sentences: naiveSentences, naiveMs, exactMs, ratio: naiveMs / exactMs };
  const machine = { cores: availableParallelism(), loadOfFiveMinutes: loadavg()[1] };
  process.stdout.write(`${JSON.stringify({ name: 'retrieval-speed', goals, machine, smallestForApproximation, naive, pools: results })}\n`);
  process.stderr.write(tableOf(results));
  process.stderr.write(
    `embedding ${naiveSentences} sentences anew: ${naiveMs.toFixed(1)} ms a query, ${naive.ratio.toFixed(0)} times as long\n`,
  );
}

async function measure(sentences: number, kind: PoolKind) {
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-retrieval-'));
  try {
    const draw = vectorSource(kind);
    const rows = Array.from({ length: sentences * spansPerSentence }, draw);
    const queries = Array.from({ length: timedQueries }, () => [draw(), draw(), draw(), draw()]);
    const builder = vectorTableBuilder(dimensions);
    for (const row of rows) builder.append(row);
    const vectors = builder.finish();
    const begun = performance.now();
    using graph = await buildVectorGraph(vectors, {}, signal);
    const buildMs = performance.now() - begun;
    graph.save(join(directory, 'graph'));
    await writeFile(join(directory, 'vectors'), serializeVectorTable(vectors));
    await writeFile(join(directory, 'queries'), Buffer.concat(queries.flat().map((query) => Buffer.from(query.buffer))));
    const exact = exactSpanSearch({ vectors, owners: ownersOf(sentences), sentences });
    const compared = queries.slice(0, comparedQueries).map(spansOf);
    const { found, ...served } = serveApart(directory, sentences);
    const truth = compared.map((query) => exact.best(query, wanted).map(({ sentence }) => sentence));
    const common = truth.flatMap((best, index) => best.filter((sentence) => found[index]?.includes(sentence)));
    return {
      sentences,
      kind,
      sentencesPerSecond: (1000 * sentences) / buildMs,
      vectorsMB: (await stat(join(directory, 'vectors'))).size / 1e6,
      graphMB: (await stat(join(directory, 'graph'))).size / 1e6,
      ...served,
      recall: common.length / truth.flat().length,
      exactMs: median(compared, (query) => exact.best(query, wanted)),
      floatMs: median(compared.slice(0, 10), (query) => bestOfFloats(rows, query)),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function serveApart(directory: string, sentences: number): Served {
  const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, String(sentences), directory], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`The process that searches ${directory} ended with ${status}.`);
  return JSON.parse(stdout) as Served; // serve() wrote it
}

async function serve(directory: string, sentences: number): Promise<Served> {
  const queryBytes = await readWhole(join(directory, 'queries'));
  const begun = performance.now();
  const [bytes, graph] = await Promise.all([readWhole(join(directory, 'vectors')), openVectorGraph(join(directory, 'graph'))]);
  const vectors = parseVectorTable(bytes, 'vectors');
  using search = approximateSpanSearch({ vectors, owners: ownersOf(sentences), sentences }, graph);
  const openMs = performance.now() - begun;
  const queries = Array.from({ length: timedQueries }, (_, query) =>
    spansOf(Array.from({ length: 4 }, (_, span) => new Float32Array(queryBytes.buffer, 4 * dimensions * (4 * query + span), dimensions))),
  );
  const found = queries.slice(0, comparedQueries).map((query) => search.best(query, wanted).map(({ sentence }) => sentence));
  const times = queries.map((query) => {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    search.best(query, wanted);
    const [ms, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)];
    return { ms, cpuMs: (user + system) / 1000 };
  });
  const wall = times.map(({ ms }) => ms);
  const cpu = times.map(({ cpuMs }) => cpuMs);
  const memoryMB = process.memoryUsage.rss() / 1e6;
  return { openMs, memoryMB, p50Ms: quantile(wall, 0.5), p99Ms: quantile(wall, 0.99), p99CpuMs: quantile(cpu, 0.99), found };
}

/** In one piece: `readFile` reads large files in small ones. */
async function readWhole(path: string): Promise<Buffer> {
  await using file = await open(path);
  const buffer = Buffer.allocUnsafeSlow((await file.stat()).size);
  await file.read(buffer, 0, buffer.length, 0);
  return buffer;
}

function ownersOf(sentences: number): Uint32Array {
  return Uint32Array.from({ length: sentences * spansPerSentence }, (_, row) => Math.floor(row / spansPerSentence));
}

function spansOf(vectors: readonly Float32Array[]): WeightedSpans {
  return { vectors, weights: [1, 2, 3, 4] };
}

/** The plain way: each sentence's similarity by the floats, all sorted. */
function bestOfFloats(rows: readonly Float32Array[], query: WeightedSpans) {
  const scores: { readonly sentence: number; readonly score: number }[] = [];
  for (let row = 0; row < rows.length; row += spansPerSentence) {
    scores.push({ sentence: row / spansPerSentence, score: spanSimilarity(query, rows.slice(row, row + spansPerSentence)) });
  }
  return scores.sort((a, b) => b.score - a.score).slice(0, wanted);
}

/** The naive way: the spans of a pool are embedded for each query. */
async function medianOfNaive(): Promise<number> {
  await using embedder = await wordEmbedder();
  const words = 'Ada Lovelace met Charles Babbage in London on Monday to see the Analytical Engine of the Royal Society'.split(' ');
  const texts = Array.from({ length: naiveSentences * spansPerSentence }, (_, at) => `${words[at % 17]} ${words[(7 * at) % 13]}`);
  const times: number[] = [];
  for (let run = 0; run < naiveQueries; run++) {
    const begun = performance.now();
    const query = await embedder.embed(['Grace Hopper', 'New York', 'the Navy', 'yesterday'], signal);
    bestOfFloats(await embedder.embed(texts, signal), spansOf(query));
    times.push(performance.now() - begun);
  }
  return quantile(times, 0.5);
}

function median(queries: readonly WeightedSpans[], search: (query: WeightedSpans) => unknown): number {
  const times = queries.map((query) => {
    const begun = performance.now();
    search(query);
    return performance.now() - begun;
  });
  return quantile(times, 0.5);
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? Number.NaN;
}

function tableOf(results: readonly Awaited<ReturnType<typeof measure>>[]): string {
  const columns = [
    'sentences',
    'spans',
    'built/s',
    'vectors',
    'graph',
    'memory',
    'open',
    'p50',
    'p99',
    'p99 CPU',
    'recall',
    'exact',
    'floats',
  ];
  const rows = results.map((pool) => [
    String(pool.sentences),
    pool.kind,
    pool.sentencesPerSecond.toFixed(0),
    ...[pool.vectorsMB, pool.graphMB, pool.memoryMB].map((size) => `${size.toFixed(0)} MB`),
    `${pool.openMs.toFixed(0)} ms`,
    ...[pool.p50Ms, pool.p99Ms, pool.p99CpuMs].map((ms) => `${ms.toFixed(1)} ms`),
    pool.recall.toFixed(4),
    ...[pool.exactMs, pool.floatMs].map((ms) => `${ms.toFixed(1)} ms`),
  ]);
  return `${[columns, ...rows].map((row) => row.map((cell) => cell.padStart(10)).join(' ')).join('\n')}\n`;
}
