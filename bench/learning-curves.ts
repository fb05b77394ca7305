/**
 * How good the ensemble gets with more labelled sentences, and whether it should learn from them whom to trust:
 *
 *     node bench/learning-curves.ts DATA OUT [--sets wnut17,re3d] [--sizes 20,50,100,200,500,1000,all] [--seeds 5] [--limit 60] [--docs]
 *
 * DATA is as for results.ts. Of each set, pools of each size are chosen by each seed, and the same sentences are scored with each of them. OUT
 * keeps what is done, so that an interrupted run goes on. With `--docs` the table is written into docs/calibration.md.
 *
 * Pools are of splits that the bundled models have not learnt from, like sentences of a user's own. Sets whose types they have not met either stand
 * for a domain that has but few sentences: their pools are of 100 at most.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectedCalibrationError } from '../src/evaluation/calibration.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { pairedRandomization } from '../src/evaluation/significance.ts';
import { calibrate } from '../src/experiment/calibrate.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import { bundledUris } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { remembering } from '../src/model/remember.ts';
import type { Calibration, ObservedSentence, ObservedSpan } from '../src/pipeline/observation.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { taggerId } from '../src/pool/tagger/tagger-member.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import { keptCell } from './kept-cell.ts';
import { writeIntoPlace } from './marked-place.ts';
import { type LocatedSet, locateSets } from './sets.ts';
import { foundBy, mostUnknown, unseenPool } from './unseen.ts';

/** Most sentences of a pool that the members are asked about. */
const mostObserved = 300;
const systemNames = ['paper', 'models', 'tagger', 'calibrated models', 'calibrated'] as const;
type SystemName = (typeof systemNames)[number];

/** What became of the scored sentences with one pool. */
interface Cell {
  readonly set: string;
  readonly size: number;
  readonly seed: number;
  /** Of each sentence, in the same order for every system. */
  readonly counts: Readonly<Record<SystemName, readonly Counts[]>>;
  /** Of the calibrated ensemble's entities. */
  readonly scores: readonly { readonly score: number; readonly isRight: boolean }[];
  readonly threshold?: number;
}

const { values: flags, positionals } = parseArgs({
  options: {
    sets: { type: 'string' },
    sizes: { type: 'string', default: '20,50,100,200,500,1000,all' },
    seeds: { type: 'string', default: '5' },
    limit: { type: 'string', default: '60' },
    docs: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [data, out] = positionals;
if (data === undefined || out === undefined) throw new Error('Expected: node bench/learning-curves.ts DATA OUT');
await mkdir(out, { recursive: true });
const { signal } = new AbortController();
const embedder = await wordEmbedder();
const models: LanguageModel[] = [];
for (const uri of await bundledUris()) models.push(await openModel(uri));
const cells: Cell[] = [];
const wanted = flags.sets?.split(',');
const sets = (await locateSets(data)).filter(({ name }) => wanted?.includes(name) ?? true);
for (let seed = 0; seed < Number(flags.seeds); seed++) {
  for (const set of sets) {
    for (const size of sizesOf(set)) {
      const cell = await kept(set, size, seed);
      // Of what has fewer sentences, all are one pool, however many more are asked for.
      if (!cells.some((one) => one.set === cell.set && one.size === cell.size && one.seed === seed)) cells.push(cell);
      if (cell.size < size) break;
    }
  }
}
const report = tables();
process.stdout.write(report);
if (flags.docs) await writeIntoPlace(new URL('../docs/calibration.md', import.meta.url), 'learning curves', report);
process.exit();

/** In sentences; `all` are more than any set has. */
function sizesOf({ isKnown }: Pick<LocatedSet, 'isKnown'>): readonly number[] {
  const sizes = flags.sizes.split(',').map((size) => (size === 'all' ? Number.MAX_SAFE_INTEGER : Number(size)));
  sizes.sort((a, b) => a - b);
  return sizes.filter((size) => isKnown || size <= mostUnknown);
}

async function kept(set: LocatedSet, size: number, seed: number): Promise<Cell> {
  const path = join(out ?? '', `${set.name}-${size > 1e6 ? 'all' : size}-${seed}-${flags.limit}.json`);
  return keptCell(path, () => {
    console.error(`${new Date().toISOString()} ${set.name}, at most ${size} sentences, seed ${seed}`);
    return measured(set, size, seed);
  });
}

async function measured(set: LocatedSet, size: number, seed: number): Promise<Cell> {
  const { scored, types, pool, index } = await unseenPool(set, { limit: Number(flags.limit), size, seed, embedder }, signal);
  // Systems that ask the same share the answer.
  const shared = models.map((model) => remembering(model));
  const members = [...shared, taggerId] as const;
  const observed: ObservedSentence[] = [];
  const options = { types, index, embedder, members, progress: () => undefined };
  for await (const sentence of calibrate(sampleSentences(pool, mostObserved, seed), options, signal)) {
    if ('spans' in sentence) observed.push(sentence);
  }
  const ids = shared.map(({ id }) => id);
  const names = types.map(({ name }) => name);
  const ofAll: Calibration = { members: [...ids, taggerId], types: names, sentences: observed };
  const ofModels: Calibration = { members: ids, types: names, sentences: observed.map(withoutTagger) };
  const systems: Readonly<Record<SystemName, Pick<RecognizerOptions, 'models' | 'calibration' | 'voting' | 'weights' | 'verifier'>>> = {
    paper: { models: shared, voting: 'hard', weights: ids.map(() => 1), verifier: shared[0] ?? 'all' },
    models: { models: shared },
    tagger: { models: [taggerId] },
    'calibrated models': { models: shared, calibration: ofModels },
    calibrated: { models: members, calibration: ofAll },
  };
  const counts: Partial<Record<SystemName, readonly Counts[]>> = {};
  let scores: Cell['scores'] = [];
  for (const name of systemNames) {
    const options: RecognizerOptions = { types, index, embedder, overlaps: set.nested ? 'nested' : 'flat', ...systems[name] };
    const entities = await foundBy(options, scored, signal);
    counts[name] = entities.map((own, at) => strictCounts(scored[at]?.entities ?? [], own));
    scores = entities.flatMap((own, at) =>
      own.map((entity) => ({ score: entity.score, isRight: strictCounts(scored[at]?.entities ?? [], [entity]).truePositives === 1 })),
    );
  }
  return { set: set.name, size: pool.length, seed, counts: counts as Cell['counts'], scores }; // of all names
}

function withoutTagger({ spans, ...sentence }: ObservedSentence): ObservedSentence {
  const own = <T extends { readonly modelId: string }>(all: readonly T[]) => all.filter(({ modelId }) => modelId !== taggerId);
  return {
    ...sentence,
    spans: spans.flatMap((span): ObservedSpan[] => {
      const proposals = own(span.proposals);
      return proposals.length === 0 ? [] : [{ ...span, proposals, votes: own(span.votes), verdicts: own(span.verdicts) }];
    }),
  };
}

function tables(): string {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model}, Node ${process.version.slice(1)}, ${new Date().toISOString().slice(0, 10)}`;
  const sizes = [...new Set(cells.map(({ size }) => size))].sort((a, b) => a - b);
  return [
    `\`node bench/learning-curves.ts DATA OUT${flags.sets === undefined ? '' : ` --sets ${flags.sets}`} --sizes ${flags.sizes} --seeds ${flags.seeds} --limit ${flags.limit}\`; ${machine}. Strict micro-F1 in percent of ${flags.limit} test`,
    `sentences, ${flags.seeds === '1' ? 'with one pool of each size' : `the mean of ${flags.seeds} pools of each size`}, and the 95 % interval (bootstrap over the sentences, of all pools).`,
    '',
    ...sets.flatMap((set) => setTable(set.name, sizes)),
    '### all sets',
    '',
    'The mean of the sets with more than a hundred sentences, each with its largest pool of at most so many:',
    '',
    ...sizeTable(),
    '',
    'Over all pools:',
    '',
    ...comparison(),
    '',
  ].join('\n');
}

function setTable(set: string, sizes: readonly number[]): readonly string[] {
  const rows = sizes.flatMap((size) => {
    const own = cells.filter((cell) => cell.set === set && cell.size === size);
    return own.length === 0 ? [] : [`| ${size} | ${systemNames.map((name) => figure(own, name)).join(' | ')} |`];
  });
  return [
    `### ${set}`,
    '',
    `| pool | ${systemNames.join(' | ')} |`,
    `| ---: | ${systemNames.map(() => '---').join(' | ')} |`,
    ...rows,
    '',
    soundness(cells.filter((cell) => cell.set === set)),
    '',
  ];
}

/** Sets count the same; the default members are chosen by it. */
function sizeTable(): readonly string[] {
  const known = sets.filter(({ isKnown }) => isKnown);
  const rows = sizesOf({ isKnown: true }).map((size) => {
    const means = systemNames.map((system) =>
      mean(known.map(({ name }) => f1Of(largestOf(name, size).flatMap(({ counts }) => counts[system])))),
    );
    return `| ${size > 1e6 ? 'all' : size} | ${means.map(percent).join(' | ')} |`;
  });
  return [`| pool | ${systemNames.join(' | ')} |`, `| ---: | ${systemNames.map(() => '---:').join(' | ')} |`, ...rows];
}

/** Of a set, the cells with the largest pool of at most `size` sentences. */
function largestOf(set: string, size: number): readonly Cell[] {
  const own = cells.filter((cell) => cell.set === set && cell.size <= size);
  const largest = Math.max(...own.map((cell) => cell.size));
  return own.filter((cell) => cell.size === largest);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function figure(own: readonly Cell[], name: SystemName): string {
  const all = own.flatMap(({ counts }) => counts[name]);
  const { f1 } = bootstrapIntervals(all, { resamples: 1000, level: 0.95, seed: 0 });
  return `${percent(ratios(sumCounts(all)).f1)} (${f1.map(percent).join('–')})`;
}

function comparison(): readonly string[] {
  const total = (name: SystemName) => cells.flatMap(({ counts }) => counts[name]);
  const lines = (['tagger', 'models', 'calibrated models', 'paper'] as const).map((name) => {
    const { difference, p } = pairedRandomization(total('calibrated'), total(name), { shuffles: 10_000, seed: 0 });
    const worse = cells.filter(({ counts }) => f1Of(counts.calibrated) < f1Of(counts[name])).length;
    return `| ${name} | ${(100 * difference.f1).toFixed(1)} | ${p.f1.toFixed(4)} | ${worse} of ${cells.length} |`;
  });
  return [
    '| the calibrated ensemble against | F1 | p | pools on which it is worse |',
    '| --- | ---: | ---: | ---: |',
    ...lines,
    '',
    soundness(cells),
  ];
}

/** How far scores can be believed. */
function soundness(of: readonly Cell[]): string {
  const scores = of.flatMap((cell) => cell.scores);
  const sure = scores.filter(({ score }) => score >= 0.9);
  const error = expectedCalibrationError(scores.map(({ score, isRight }) => ({ probability: score, holds: isRight })));
  const right = sure.filter(({ isRight }) => isRight).length / sure.length;
  return [
    `Of ${scores.length} entities that the calibrated ensemble gives out, scores are off by ${percent(error)} % on average (expected calibration error, ten bins);`,
    sure.length === 0
      ? 'none has a score of at least 0.9.'
      : `of the ${sure.length} with a score of at least 0.9, ${percent(right)} % are right.`,
  ].join(' ');
}

function f1Of(counts: readonly Counts[]): number {
  return ratios(sumCounts(counts)).f1;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
