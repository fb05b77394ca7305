/**
 * SpanSim over indexes of 1,000, 10,000 and 100,000 sentences of three spans of 256 dimensions, for queries of four spans that are not in the
 * pool: what a graph costs to build, how long an index takes to open and the eight best sentences to be found, and how many of them are
 * the true ones. Rivals: a plain scan over floats, and (the naive way, over 1,000 sentences) a pool that is embedded anew for each query.
 *
 *     node bench/retrieval-speed.ts [--largest 100000] [--pools FOLDER] [--docs]
 *
 * `--largest` leaves larger pools out. `--pools` keeps the indexes in FOLDER and takes those that are there. Prints a line of JSON, and a table to
 * stderr; with `--docs` also writes it into docs/retrieval.md. Each index is opened and searched by several processes, which so have nothing
 * else in memory; as what else a machine does only adds to times, the least of each figure stands for all.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readWhole } from '../src/pool/file-content.ts';
import { openIndex } from '../src/pool/index/open-index.ts';
import { exactSpanSearch, smallestForApproximation } from '../src/pool/span-search.ts';
import { spanSimilarity, type WeightedSpans } from '../src/pool/span-similarity.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import { dimensions } from './clustered-vectors.ts';
import { builtIndex, drawPool, type MadeUpPool } from './made-up-index.ts';
import { writeIntoPlace } from './marked-place.ts';

const wanted = 8;
const processes = 5;
const timedQueries = 300;
const comparedQueries = 50;
const naiveQueries = 5;
const naiveSentences = 1_000;
const goals = { p50Ms: 5, p99Ms: 20, recall: 0.99, memoryMB: 600, openMs: 300, naiveRatio: 10 };
const pools: readonly MadeUpPool[] = [
  { sentences: 1_000, kind: 'distinct' },
  { sentences: 10_000, kind: 'distinct' },
  { sentences: 100_000, kind: 'distinct' },
  { sentences: 100_000, kind: 'recurring' },
];
const { signal } = new AbortController();

/** What a process measures that opens an index and searches it. */
const servedFigures = ['openMs', 'firstMs', 'memoryMB', 'p50Ms', 'p99Ms', 'p99CpuMs'] as const;
type Served = Readonly<Record<(typeof servedFigures)[number], number>> & { readonly found: readonly (readonly number[])[] };

const { values: flags, positionals } = parseArgs({
  options: { largest: { type: 'string', default: '100000' }, pools: { type: 'string' }, docs: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [served] = positionals;
if (served === undefined) await measureAll();
else process.stdout.write(JSON.stringify(await serve(served)));

async function measureAll(): Promise<void> {
  const folder = flags.pools ?? (await mkdtemp(join(tmpdir(), 'el4ner-retrieval-')));
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  try {
    for (const pool of pools.filter(({ sentences }) => sentences <= Number(flags.largest))) {
      results.push(await measure(pool, join(folder, `${pool.kind}-${pool.sentences}`)));
    }
  } finally {
    if (flags.pools === undefined) await rm(folder, { recursive: true });
  }
  const exactMs = results.find(({ sentences }) => sentences === naiveSentences)?.exactMs ?? Number.NaN;
  const naiveMs = await medianOfNaive();
  const naive = { sentences: naiveSentences, naiveMs, exactMs, ratio: naiveMs / exactMs };
  const machine = { cores: availableParallelism(), processor: cpus()[0]?.model, node: process.version, loadOfFiveMinutes: loadavg()[1] };
  process.stdout.write(`${JSON.stringify({ name: 'retrieval-speed', goals, machine, smallestForApproximation, naive, pools: results })}\n`);
  const naiveLine = `Embedding ${naiveSentences} sentences anew: ${naiveMs.toFixed(1)} ms a query, ${naive.ratio.toFixed(0)} times as long as \`exact\`.`;
  const report = `${tableOf(results)}\n${naiveLine}\n`;
  process.stderr.write(report);
  if (!flags.docs) return;
  const { cores, processor, node, loadOfFiveMinutes } = machine;
  const where = `${cores} cores, ${processor}, Node ${node.slice(1)}, ${new Date().toISOString().slice(0, 10)}; load of the last five minutes: ${loadOfFiveMinutes?.toFixed(1)}`;
  await writeIntoPlace(
    new URL('../docs/retrieval.md', import.meta.url),
    'speed',
    `\`node bench/retrieval-speed.ts\`; ${where}.\n\n${report}`,
  );
}

async function measure(pool: MadeUpPool, directory: string) {
  const { sentences, queries } = drawPool(pool, timedQueries);
  const { sentencesPerSecond } = await builtIndex(sentences, directory);
  await writeFile(queriesOf(directory), Buffer.concat(queries.flat().map((query) => Buffer.from(query.buffer))));
  const runs = Array.from({ length: processes }, () => serveApart(directory));
  using index = await openIndex(directory);
  const { spanVectors, graph } = index.manifest.files;
  const exact = exactSpanSearch({ vectors: index.spanVectors, firstSpans: index.firstSpans });
  const compared = queries.slice(0, comparedQueries).map(spansOf);
  const truth = compared.map((query) => exact.best(query, wanted).map(({ sentence }) => sentence));
  const common = truth.flatMap((best, query) => best.filter((sentence) => runs[0]?.found[query]?.includes(sentence)));
  const least = Object.fromEntries(servedFigures.map((figure) => [figure, Math.min(...runs.map((run) => run[figure]))]));
  return {
    ...pool,
    sentencesPerSecond,
    vectorsMB: spanVectors.bytes / 1e6,
    graphMB: (graph?.bytes ?? 0) / 1e6,
    ...(least as Omit<Served, 'found'>), // it has the same keys
    recall: common.length / truth.flat().length,
    exactMs: median(compared, (query) => exact.best(query, wanted)),
    floatMs: median(compared.slice(0, 10), (query) => bestOfFloats(sentences, query)),
  };
}

function queriesOf(directory: string): string {
  return `${directory}.queries`;
}

function serveApart(directory: string): Served {
  const { stdout, status } = spawnSync(process.execPath, [import.meta.filename, directory], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`The process that searches ${directory} ended with ${status}.`);
  return JSON.parse(stdout) as Served; // serve() wrote it
}

async function serve(directory: string): Promise<Served> {
  const { buffer } = await readWhole(queriesOf(directory));
  const queries = Array.from({ length: timedQueries }, (_, query) =>
    spansOf(Array.from({ length: 4 }, (_, span) => new Float32Array(buffer, 4 * dimensions * (4 * query + span), dimensions))),
  );
  const begun = performance.now();
  using index = await openIndex(directory);
  const opened = performance.now();
  const best = (query: WeightedSpans) => index.search.best(query, wanted).map(({ sentence }) => sentence);
  best(queries[0] ?? spansOf([]));
  const firstMs = performance.now() - opened;
  const found = queries.slice(0, comparedQueries).map(best);
  const times = queries.map((query) => {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    best(query);
    const [ms, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)];
    return { ms, cpuMs: (user + system) / 1000 };
  });
  const wall = times.map(({ ms }) => ms);
  const cpu = times.map(({ cpuMs }) => cpuMs);
  const memoryMB = process.memoryUsage.rss() / 1e6;
  return {
    openMs: opened - begun,
    firstMs,
    memoryMB,
    p50Ms: quantile(wall, 0.5),
    p99Ms: quantile(wall, 0.99),
    p99CpuMs: quantile(cpu, 0.99),
    found,
  };
}

function spansOf(vectors: readonly Float32Array[]): WeightedSpans {
  return { vectors, weights: [1, 2, 3, 4] };
}

/** The plain way: each sentence's similarity by the floats, all sorted. */
function bestOfFloats(sentences: readonly { readonly spans: readonly Float32Array[] }[], query: WeightedSpans) {
  const scores = sentences.map(({ spans }, sentence) => ({ sentence, score: spanSimilarity(query, spans) }));
  return scores.sort((a, b) => b.score - a.score).slice(0, wanted);
}

/** The naive way: the spans of a pool are embedded for each query. */
async function medianOfNaive(): Promise<number> {
  await using embedder = await wordEmbedder();
  const words = 'Ada Lovelace met Charles Babbage in London on Monday to see the Analytical Engine of the Royal Society'.split(' ');
  const texts = Array.from({ length: 3 * naiveSentences }, (_, at) => `${words[at % 17]} ${words[(7 * at) % 13]}`);
  const times: number[] = [];
  for (let run = 0; run < naiveQueries; run++) {
    const begun = performance.now();
    const query = await embedder.embed(['Grace Hopper', 'New York', 'the Navy', 'yesterday'], signal);
    const vectors = await embedder.embed(texts, signal);
    const sentences = Array.from({ length: naiveSentences }, (_, sentence) => ({ spans: vectors.slice(3 * sentence, 3 * sentence + 3) }));
    bestOfFloats(sentences, spansOf(query));
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
  const columns =
    'sentences | spans | built/s | vectors | graph | memory | open | first | p50 | p99 | p99 CPU | recall | exact | floats'.split(' | ');
  const rows = results.map((pool) => [
    pool.sentences.toLocaleString('en'),
    pool.kind,
    pool.graphMB > 0 ? pool.sentencesPerSecond.toFixed(0) : '',
    ...[pool.vectorsMB, pool.graphMB, pool.memoryMB].map((size) => (size > 0 ? `${size.toFixed(0)} MB` : '')),
    ...[pool.openMs, pool.firstMs].map((ms) => `${ms.toFixed(0)} ms`),
    ...[pool.p50Ms, pool.p99Ms, pool.p99CpuMs].map((ms) => `${ms.toFixed(1)} ms`),
    pool.recall.toFixed(4),
    ...[pool.exactMs, pool.floatMs].map((ms) => `${ms.toFixed(1)} ms`),
  ]);
  return `${[columns, columns.map(() => '---:'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}
