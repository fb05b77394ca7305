/**
 * What the commands for texts without labels are worth: `suggest` against labelling by chance, a pool that `label` made against none and against
 * gold labels, and weights of `agreement` against equal ones:
 *
 *     node bench/labelling.ts DATA OUT [--sets wnut17,re3d] [--seeds 1] [--limit 60] [--docs]
 *
 * DATA is as for results.ts. OUT keeps what is done, so that an interrupted run goes on. With `--docs` the tables are written into
 * docs/labelling.md. Texts are of splits that the bundled models have not learnt from.
 */
import { mkdir } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { pairedRandomization } from '../src/evaluation/significance.ts';
import { agreement } from '../src/experiment/agreement.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import { bundledUris } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { remembering } from '../src/model/remember.ts';
import { type ObservedSentence, observe } from '../src/pipeline/observation.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';
import { taggerId } from '../src/pool/tagger/tagger-member.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import { consistency } from '../src/suggestion/consistency.ts';
import { suggest } from '../src/suggestion/suggest.ts';
import { keptCell } from './kept-cell.ts';
import { writeIntoPlace } from './marked-place.ts';
import { type LocatedSet, locateSets } from './sets.ts';
import { type UnseenMaterial, unseenMaterial } from './unseen.ts';

/** Texts without labels, labels at the start, and labels that are added; the least consistency is the default of `el4ner label`. */
const [textCount, startCount, addedCount, leastConsistency] = [230, 30, 30, 0.7];
/** Sentences that the tagger is scored on. */
const taggedCount = 400;
/** Choices by chance that are averaged. */
const drawCount = 5;

/** Systems of each question, the first of which the others are compared with. */
const questions = {
  suggest: ['by chance', 'suggested', 'before'],
  label: ['no pool', 'labelled by itself', 'gold labels'],
  agreement: ['no pool', 'agreement'],
} as const;
type SystemName = (typeof questions)[keyof typeof questions][number];

interface Cell {
  readonly set: string;
  readonly seed: number;
  readonly counts: Readonly<Record<SystemName, readonly Counts[]>>;
  /** Sentences that were labelled by themselves, and what is right of their labels. */
  readonly own: { readonly sentences: number; readonly counts: Counts };
  readonly weights: readonly number[];
}

const { values: flags, positionals } = parseArgs({
  options: {
    sets: { type: 'string' },
    seeds: { type: 'string', default: '1' },
    limit: { type: 'string', default: '60' },
    docs: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [data, out] = positionals;
if (data === undefined || out === undefined) throw new Error('Expected: node bench/labelling.ts DATA OUT');
await mkdir(out, { recursive: true });
const { signal } = new AbortController();
const embedder = await wordEmbedder();
const opened: LanguageModel[] = [];
for (const uri of await bundledUris()) opened.push(await openModel(uri));
const wanted = flags.sets?.split(',');
// wikigold has no sentences that the models have not learnt from.
const sets = (await locateSets(data)).filter(({ name }) => wanted?.includes(name) ?? name !== 'wikigold');
const cells: Cell[] = [];
for (let seed = 0; seed < Number(flags.seeds); seed++) for (const set of sets) cells.push(await kept(set, seed));
const report = tables();
process.stdout.write(report);
if (flags.docs) await writeIntoPlace(new URL('../docs/labelling.md', import.meta.url), 'labelling', report);
process.exit();

async function kept(set: LocatedSet, seed: number): Promise<Cell> {
  const path = join(out ?? '', `${set.name}-${seed}-${flags.limit}.json`);
  return keptCell(path, () => {
    console.error(`${new Date().toISOString()} ${set.name}, seed ${seed}`);
    return measured(set, seed);
  });
}

async function measured(set: LocatedSet, seed: number): Promise<Cell> {
  const material = await unseenMaterial(set, Number(flags.limit));
  const drawn = sampleSentences(material.rest, textCount, seed);
  const start = sampleSentences(drawn, startCount, seed + 1);
  const texts = drawn.filter((sentence) => !start.includes(sentence));
  const models = opened.map((model) => remembering(model));
  const overlaps = set.nested ? 'nested' : 'flat';
  const shared = { types: material.types, embedder, overlaps, models } satisfies Partial<RecognizerOptions>;
  const score = (options: Partial<RecognizerOptions>) => scored(material, { ...shared, ...options });
  // The member that learns shows soonest what was learnt, and costs so little that many sentences can be scored.
  const many = await unseenMaterial(set, taggedCount);
  const others = { ...many, scored: many.scored.filter(({ text }) => !drawn.some((sentence) => sentence.text === text)) };
  const learnt = (pool: readonly LabelledSentence[]) => scored(others, { ...shared, pool, models: [taggerId] });

  const draws: (readonly Counts[])[] = [];
  for (let draw = 0; draw < drawCount; draw++)
    draws.push(await learnt([...start, ...sampleSentences(texts, addedCount, 100 * seed + draw)]));
  const suggested = [...start, ...(await suggestedOf(texts, { ...shared, pool: start, models: [...models, taggerId] }))];
  const { own, observed } = await labelledByItself(texts, shared);
  const gold = own.map(({ id }) => texts.find((sentence) => sentence.id === id)).filter((sentence) => sentence !== undefined);
  const ids = models.map(({ id }) => id);
  const weights = agreement(observed, ids).map(({ weight }) => Math.max(0.01, weight));
  return {
    set: set.name,
    seed,
    counts: {
      before: await learnt(start),
      'by chance': meanCounts(draws),
      suggested: await learnt(suggested),
      'no pool': await score({}),
      'labelled by itself': await score({ pool: own }),
      'gold labels': await score({ pool: gold }),
      agreement: await score({ weights }),
    },
    own: { sentences: own.length, counts: sumCounts(own.map((one, at) => strictCounts(gold[at]?.entities ?? [], one.entities))) },
    weights,
  };
}

async function suggestedOf(texts: readonly LabelledSentence[], options: RecognizerOptions): Promise<readonly LabelledSentence[]> {
  await using recognizer = await createRecognizer(options);
  const suggestions = await suggest(texts, { recognizer, embedder, n: addedCount }, signal);
  return suggestions.flatMap(({ id }) => texts.find((sentence) => sentence.id === id) ?? []);
}

async function labelledByItself(texts: readonly LabelledSentence[], options: RecognizerOptions) {
  await using recognizer = await createRecognizer(options);
  const own: LabelledSentence[] = [];
  const observed: ObservedSentence[] = [];
  for await (const recognition of recognizer.recognizeAll(texts)) {
    if (recognition.status === 'failed') throw recognition.error;
    observed.push(observe(recognition, []));
    const { id, text, entities } = recognition;
    if (entities.length > 0 && consistency(recognition) >= leastConsistency)
      own.push({ id, text, entities: entities.map(({ start, end, type }) => ({ start, end, type })) });
  }
  return { own, observed };
}

async function scored({ scored: sentences }: UnseenMaterial, options: RecognizerOptions): Promise<readonly Counts[]> {
  await using recognizer = await createRecognizer(options);
  const found = await Array.fromAsync(recognizer.recognizeAll(sentences));
  return found.map((one, at) => strictCounts(sentences[at]?.entities ?? [], one.status === 'failed' ? [] : one.entities));
}

/** Of each sentence, over all draws. */
function meanCounts(draws: readonly (readonly Counts[])[]): readonly Counts[] {
  return (draws[0] ?? []).map((_, at) => {
    const sum = sumCounts(draws.flatMap((counts) => counts[at] ?? []));
    return {
      truePositives: sum.truePositives / draws.length,
      falsePositives: sum.falsePositives / draws.length,
      falseNegatives: sum.falseNegatives / draws.length,
    };
  });
}

function tables(): string {
  const machine = `${availableParallelism()} cores, ${cpus()[0]?.model}, Node ${process.version.slice(1)}, ${new Date().toISOString().slice(0, 10)}`;
  const asked = [flags.sets === undefined ? '' : ` --sets ${flags.sets}`, ` --seeds ${flags.seeds} --limit ${flags.limit}`].join('');
  return [
    `\`node bench/labelling.ts DATA OUT${asked}\`; ${machine}. Strict micro-F1 in percent of ${flags.limit} test sentences a set, for suggest of up to ${taggedCount} by the tagger alone (*by chance*: the mean of ${drawCount} choices), ${flags.seeds} time(s);`,
    'ΔF1 and p (paired approximate randomisation) against the first column, over all sets.',
    '',
    ...Object.entries(questions).flatMap(([question, systems]) => table(question, systems)),
    ...sets.map((set) => {
      const own = cells.filter((cell) => cell.set === set.name);
      const { precision, recall } = ratios(sumCounts(own.map((cell) => cell.own.counts)));
      const sentences = own.reduce((sum, cell) => sum + cell.own.sentences, 0) / Math.max(1, own.length);
      return `- ${set.name}: ${sentences.toFixed(0)} of ${textCount - startCount} texts labelled by themselves, their labels with a precision of ${percent(precision)} and a recall of ${percent(recall)}; weights by agreement ${own[0]?.weights.map((weight) => weight.toFixed(2)).join(', ')}.`;
    }),
    '',
  ].join('\n');
}

function table(question: string, systems: readonly SystemName[]): readonly string[] {
  const [first, ...others] = systems;
  const of = (name: SystemName, set?: string) =>
    cells.filter((cell) => cell.set === (set ?? cell.set)).flatMap(({ counts }) => counts[name]);
  const difference = (name: SystemName) => {
    const { difference, p } = pairedRandomization(of(name), of(first ?? name), { shuffles: 10_000, seed: 0 });
    return `${(100 * difference.f1).toFixed(1)} (p = ${p.f1.toFixed(4)})`;
  };
  return [
    `### ${question}`,
    '',
    `| set | ${systems.join(' | ')} |`,
    `| --- | ${systems.map(() => '---').join(' | ')} |`,
    ...sets.map(({ name }) => `| ${name} | ${systems.map((system) => figure(of(system, name))).join(' | ')} |`),
    `| ΔF1 | | ${others.map(difference).join(' | ')} |`,
    '',
  ];
}

function figure(counts: readonly Counts[]): string {
  const { f1 } = bootstrapIntervals(counts, { resamples: 1000, level: 0.95, seed: 0 });
  return `${percent(ratios(sumCounts(counts)).f1)} (${f1.map(percent).join('–')})`;
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
