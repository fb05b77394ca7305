/**
 * How good the demonstrations are that each way of retrieval chooses, and what they are worth to the bundled ensemble:
 *
 *     node bench/retrieval-quality.ts DATA OUT [LIMIT]
 *
 * DATA is a folder with one folder a set, in it the JSON Lines files that sets.ts names. OUT keeps journals, experiments and coverage, so that an
 * interrupted run goes on. LIMIT is how many sentences of each set are asked about, by default 100. Writes its tables into docs/retrieval.md
 * after each set. To be run in the root of the repository.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonl } from '../src/dataset/jsonl.ts';
import { type Experiment, sampleSentences } from '../src/experiment/experiment.ts';
import type { Material } from '../src/experiment/run.ts';
import { bundledModels } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { remembering } from '../src/model/remember.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { openEmbedder } from '../src/pool/open-embedder.ts';
import { type Coverage, coverageOf } from './demonstration-coverage.ts';
import { keptExperiment } from './kept-experiment.ts';
import { writeIntoPlace } from './marked-place.ts';
import { type LocatedSet, locateSets } from './sets.ts';

const k = 5;
const seed = 0;
/** Sentences of a pool: the models have to read each of them where they find the candidate spans. */
const poolLimit = 500;
const measuredSets = ['wnut17', 'btc', 'bc5cdr', 'genia-nested', 'litbank-nested', 're3d'];

/** A way to choose demonstrations, in the words of the command line. */
interface Retrieval {
  readonly retriever: NonNullable<RecognizerOptions['retriever']>;
  /** Only where the retriever compares vectors. */
  readonly embedder?: string;
  /** Only where it compares spans. */
  readonly candidateSpans?: NonNullable<RecognizerOptions['candidateSpans']>;
}

const candidates = ['models', 'gold', 'chunks'] as const;
const retrievals: readonly Retrieval[] = [
  { retriever: 'random' },
  { retriever: 'bm25' },
  { retriever: 'label-statistics' },
  ...['words', 'ngram'].map((embedder) => ({ retriever: 'sentence-similarity', embedder }) as const),
  ...['words', 'ngram'].flatMap((embedder) =>
    candidates.map((candidateSpans) => ({ retriever: 'span-similarity', embedder, candidateSpans }) as const),
  ),
];

/** What one way came to on one set. */
interface Measured {
  readonly retrieval: Retrieval;
  readonly coverage: Coverage;
  readonly experiment: Experiment;
}

interface Result {
  readonly set: LocatedSet;
  readonly measured: readonly Measured[];
}

const [data, out, limit = '100'] = process.argv.slice(2);
if (data === undefined || out === undefined) throw new Error('Expected: node bench/retrieval-quality.ts DATA OUT [LIMIT]');
await mkdir(out, { recursive: true });
const results: Result[] = [];
for (const set of (await locateSets(data)).filter(({ name }) => measuredSets.includes(name))) {
  console.error(`${new Date().toISOString()} ${set.name}`);
  results.push({ set, measured: await measure(set, join(out, `${set.name}-${limit}`)) });
  await writeIntoPlace(new URL('../docs/retrieval.md', import.meta.url), 'quality', page());
}

async function measure(set: LocatedSet, path: string): Promise<readonly Measured[]> {
  const coverages = await keptCoverages(set, `${path}-coverage.json`);
  const measured: Measured[] = [];
  for (const retrieval of retrievals) {
    const coverage = coverages[nameOf(retrieval)];
    if (coverage === undefined) throw new Error(`${path}-coverage.json lacks ${nameOf(retrieval)}; remove it, so that it is counted anew.`);
    const { retriever, embedder, candidateSpans } = retrieval;
    const flags = {
      ...sharedFlags(set),
      retriever,
      ...(embedder === undefined || embedder === 'words' ? {} : { embedder }),
      ...(candidateSpans === undefined ? {} : { 'candidate-spans': candidateSpans }),
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
    const experiment = await keptExperiment(`${path}-${nameOf(retrieval).replaceAll(/[^\w-]+/g, '-')}.json`, words);
    measured.push({ retrieval, coverage, experiment });
  }
  return measured;
}

/** The coverage of each way by its name. */
async function keptCoverages(set: LocatedSet, path: string): Promise<Readonly<Record<string, Coverage>>> {
  const kept = await readFile(path, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Record<string, Coverage>; // written below
  await using opened = new AsyncDisposableStack();
  const material = await materialOf(set, opened);
  const coverages: Record<string, Coverage> = {};
  for (const retrieval of retrievals) {
    await using embedder = await openEmbedder(retrieval.embedder);
    coverages[nameOf(retrieval)] = await coverageOf(material, { ...retrieval, embedder });
  }
  await writeFile(path, JSON.stringify(coverages, null, 2));
  return coverages;
}

/** What `el4ner eval` works on when it has the flags below. The models answer once what several ways of retrieval ask. */
async function materialOf({ dataPath, poolPath }: LocatedSet, opened: AsyncDisposableStack): Promise<Material> {
  const all = await Array.fromAsync(readJsonl(dataPath));
  const wholePool = await Array.fromAsync(readJsonl(poolPath));
  const types = new Set([...wholePool, ...all].flatMap(({ entities }) => entities.map(({ type }) => type)));
  const models = new Map<string, LanguageModel>();
  for (const { name } of await bundledModels()) {
    const model = opened.use(await openModel(`nano:${name}`));
    models.set(model.id, opened.use(remembering(model)));
  }
  return {
    types: Array.from(types, (name) => ({ name })),
    data: sampleSentences(all, Number(limit), seed),
    pool: { pool: sampleSentences(wholePool, poolLimit, seed) },
    models,
    options: { models: [...models.keys()], k, seed },
  };
}

function sharedFlags({ dataPath, poolPath, nested }: LocatedSet) {
  return {
    data: dataPath,
    pool: poolPath,
    limit,
    'pool-limit': String(poolLimit),
    k: String(k),
    seed: String(seed),
    ...(nested ? { overlaps: 'nested' } : {}),
  };
}

function nameOf({ retriever, embedder, candidateSpans }: Retrieval): string {
  return [retriever, embedder, candidateSpans].filter((part) => part !== undefined).join(' ');
}

function page(): string {
  const experiment = results[0]?.measured[0]?.experiment;
  const { models = [], version = '', machine = '', node = '', date = '' } = experiment?.manifest ?? {};
  const named = models.map(({ id, sha256 = '' }) => `\`${id}\` ${sha256.slice(0, 12)}`).join(', ');
  return `\`node bench/retrieval-quality.ts DATA OUT ${limit}\`; ${named}; el4ner ${version}; ${machine}, Node ${node}, ${date.slice(0, 10)}.

### Over all sets

The mean over ${results.map(({ set }) => set.name).join(', ')}.

${tableOf(retrievals.map((retrieval, index) => cells(retrieval, means(index))))}
${results.map(section).join('\n')}`;
}

function section({ set, measured }: Result): string {
  const [{ coverage, experiment } = { coverage: undefined, experiment: undefined }] = measured;
  const nested = set.nested ? ', nested' : '';
  return `### ${set.name}

${experiment?.rows[0]?.documents ?? 0} sentences of ${set.data} with ${coverage?.mentions ?? 0} mentions; pool: at most ${poolLimit} sentences of ${set.pool}${nested}.

${tableOf(measured.map((one) => cells(one.retrieval, figuresOf(one))))}`;
}

/** Ratios in [0, 1]. */
interface Figures {
  readonly type: number;
  readonly head: number;
  readonly f1: number;
  readonly interval?: readonly [number, number];
}

function figuresOf({ coverage: { mentions, typeShown, headShown }, experiment: { rows } }: Measured): Figures {
  const [row] = rows;
  const interval = row === undefined ? {} : { interval: row.intervals.f1 };
  return { type: typeShown / mentions, head: headShown / mentions, f1: row?.micro.f1 ?? Number.NaN, ...interval };
}

function means(index: number): Figures {
  const all = results.flatMap(({ measured }) => measured.slice(index, index + 1).map(figuresOf));
  const mean = (of: (figures: Figures) => number) => all.reduce((sum, figures) => sum + of(figures), 0) / all.length;
  return { type: mean(({ type }) => type), head: mean(({ head }) => head), f1: mean(({ f1 }) => f1) };
}

function cells({ retriever, embedder, candidateSpans }: Retrieval, { type, head, f1, interval }: Figures): readonly string[] {
  const figures = [type, head, f1].map(percent);
  return [
    retriever,
    embedder ?? '',
    candidateSpans ?? '',
    ...figures,
    ...(interval === undefined ? [] : [interval.map(percent).join('–')]),
  ];
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const header = ['retriever', 'embedder', 'candidate spans', 'type shown', 'head shown', 'F1', '95 %'].slice(0, rows[0]?.length);
  return `${[header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}

function percent(ratio: number): string {
  return (100 * ratio).toFixed(1);
}
