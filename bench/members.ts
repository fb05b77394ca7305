/**
 * What each member of the bundled ensemble does at each task by itself, on sentences that it was not trained on:
 *
 *     node bench/members.ts DATA [LIMIT] [--members social,bio] [--cards]
 *
 * DATA is a folder with one folder a set, in it the JSON Lines files named in sets.ts; sets that are missing are left out. At most LIMIT sentences
 * (default 100) of each set are asked about, chosen by seed 0, each with five demonstrations by sentence similarity from the pool. Prints a
 * table a member; with `--cards` also writes it into the members' cards, models/NAME.md. Percent, with 95 % bootstrap intervals over sentences:
 *
 * - spans: F1 of the mentions found, types aside; joint: F1 of mentions with types, found in one pass;
 * - typing: share of gold mentions that get their type, where false ones are asked about in the same breath; none: share of those that are
 *   called none;
 * - verifying: share of right answers about claims of which half hold; the others have a wrong type, or a span that is no mention;
 * - ECE: expected calibration error of the probabilities of yes and of the chosen types, in percent.
 */
import { parseArgs } from 'node:util';
import { readJsonl } from '../src/dataset/jsonl.ts';
import { groundingIndex } from '../src/document/grounding.ts';
import type { LabelledSentence, TypedSpan } from '../src/document/labelled.ts';
import { overlap, type Span, spanKey } from '../src/document/span.ts';
import { expectedCalibrationError, type ProbableStatement } from '../src/evaluation/calibration.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { boundaryCounts, type Counts, noCounts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import { bundledModels } from '../src/model/bundled.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { candidateSource, preparePool } from '../src/pipeline/retrieve/candidates.ts';
import { chooseDemonstrations } from '../src/pipeline/retrieve/choose.ts';
import { wordEmbedder } from '../src/pool/word-embedder.ts';
import type { TaskContext } from '../src/prompting/task.ts';
import { randomIntegers } from '../src/random.ts';
import { writeIntoPlace } from './marked-place.ts';
import { locateSets } from './sets.ts';

const seed = 0;
const k = 5;
const { signal } = new AbortController();
const embedder = await wordEmbedder();
const { values: flags, positionals } = parseArgs({
  options: { cards: { type: 'boolean', default: false }, members: { type: 'string' } },
  allowPositionals: true,
});
const [data, limit = '100'] = positionals;
if (data === undefined) throw new Error('Expected: node bench/members.ts DATA [LIMIT] [--members NAMES] [--cards]');

/** What one member made of one sentence. */
interface Findings {
  readonly spans: Counts;
  readonly joint: Counts;
  /** Right and wrong answers, as true and false positives. */
  readonly typing: Counts;
  readonly none: Counts;
  readonly verifying: Counts;
  readonly statements: readonly ProbableStatement[];
}

const wanted = flags.members?.split(',');
const members = (await bundledModels()).filter(({ name }) => wanted?.includes(name) ?? true);
const rows = new Map(members.map(({ name }) => [name, [] as string[]]));
for (const set of await locateSets(data)) {
  const sentences = sampleSentences(await Array.fromAsync(readJsonl(set.dataPath)), Number(limit), seed);
  const contexts = await withDemonstrations(sentences, await Array.fromAsync(readJsonl(set.poolPath)));
  await Promise.all(
    members.map(async ({ name }) => {
      await using model = await openModel(`nano:${name}`);
      const findings: Findings[] = [];
      for (const [index, context] of contexts.entries()) findings.push(await ask(model, context, sentences[index]?.entities ?? []));
      rows.get(name)?.push(`| ${set.name} | ${cells(findings).join(' | ')} |`);
    }),
  );
  console.error(`${new Date().toISOString()} ${set.name}`);
}
for (const [name, lines] of rows) {
  const table = ['| set | spans F1 | joint F1 | typing | none | verifying | ECE |', '|---|---|---|---|---|---|---|', ...lines].join('\n');
  console.log(`## nano:${name}\n\n${table}\n`);
  if (flags.cards) await writeIntoPlace(new URL(`../models/${name}.md`, import.meta.url), 'figures', table);
}

async function withDemonstrations(
  sentences: readonly LabelledSentence[],
  pool: readonly LabelledSentence[],
): Promise<readonly TaskContext[]> {
  const types = [...new Set([...pool, ...sentences].flatMap(({ entities }) => entities.map(({ type }) => type)))]
    .sort()
    .map((name) => ({ name }));
  const ensemble = { members: [], quorum: 0 };
  const { find } = candidateSource({ ensemble, types, candidateSpans: 'none' });
  const prepared = await preparePool(pool, { candidates: find, embedder }, signal);
  const index = {
    retriever: 'sentence-similarity',
    seed,
    pool: prepared.pool,
    embedder,
    chunk: undefined,
    weigh: () => [],
    scorer: undefined,
  } as const;
  const options = { k, selection: {}, types: new Set(types.map(({ name }) => name)), tooMany: () => undefined };
  return Promise.all(
    sentences.map(async ({ text }) => {
      const { demonstrations } = await chooseDemonstrations(index, { text, spans: [] }, options, signal);
      return { types, text, demonstrations: demonstrations.map(({ sentence }) => sentence).reverse() };
    }),
  );
}

async function ask(model: LanguageModel, context: TaskContext, gold: readonly TypedSpan[]): Promise<Findings> {
  const { text, types } = context;
  const random = randomIntegers(text.length + 7919 * gold.length);
  const grounding = groundingIndex(text);
  const found = await model.answer<'extract'>({ kind: 'extract', ...context }, signal);
  const spans = grounding.ground(found.ok ? found.data.filter((reply) => typeof reply === 'string') : []).spans;
  const joint = await model.answer<'joint'>({ kind: 'joint', ...context }, signal);
  const typed = joint.ok
    ? joint.data.flatMap(({ text, type }) => grounding.ground([text]).spans.map(({ start, end }) => ({ start, end, type })))
    : [];
  const wrong = falseSpans(text, gold, random).slice(0, Math.max(1, gold.length));
  const asked = [...gold, ...wrong].sort((a, b) => a.start - b.start);
  const choices =
    asked.length === 0 ? undefined : await model.answer<'classify'>({ kind: 'classify', mentions: asked, ...context }, signal);
  const typeOf = new Map(asked.map((span, index) => [spanKey(span), choices?.ok ? choices.data[index] : undefined]));
  const claims = claimsAbout(
    gold,
    wrong,
    types.map(({ name }) => name),
    random,
  );
  const verdicts = claims.length === 0 ? undefined : await model.answer<'verify'>({ kind: 'verify', claims, ...context }, signal);
  const answers = claims.map(({ holds }, index) => ({ holds, ...(verdicts?.ok ? verdicts.data[index] : undefined) }));
  return {
    spans: boundaryCounts(
      gold,
      spans.map((span) => ({ ...span, type: '' })),
    ),
    joint: strictCounts(gold, typed),
    typing: tally(
      gold.map((mention) => gold.some((other) => spanKey(other) === spanKey(mention) && other.type === typeOf.get(spanKey(mention))?.type)),
    ),
    none: tally(wrong.map((span) => typeOf.get(spanKey(span))?.type === 'none')),
    verifying: tally(answers.map(({ holds, yes }) => holds === yes)),
    statements: [
      ...answers.flatMap(({ probability, holds }) => (probability === undefined ? [] : [{ probability, holds }])),
      ...asked.flatMap((span) => {
        const { probability, type } = typeOf.get(spanKey(span)) ?? {};
        const right = gold.filter((other) => spanKey(other) === spanKey(span)).map((mention) => mention.type);
        return probability === undefined ? [] : [{ probability, holds: right.length === 0 ? type === 'none' : right.includes(type ?? '') }];
      }),
    ],
  };
}

/** Half of the claims hold; of the others every second has a wrong type, the rest are about spans that are no mentions. */
function claimsAbout(
  gold: readonly TypedSpan[],
  wrong: readonly Span[],
  types: readonly string[],
  random: () => number,
): readonly (TypedSpan & { readonly holds: boolean })[] {
  return gold.flatMap((mention, index) => {
    const others = types.filter((type) => gold.every((other) => spanKey(other) !== spanKey(mention) || other.type !== type));
    const other = others[random() % Math.max(1, others.length)];
    const span = wrong[index];
    const mistyped = other === undefined ? undefined : { start: mention.start, end: mention.end, type: other, holds: false };
    const spurious = span === undefined ? undefined : { ...span, type: mention.type, holds: false };
    const no = index % 2 === 0 ? (mistyped ?? spurious) : (spurious ?? mistyped);
    return no === undefined ? [] : [{ ...mention, holds: true }, no];
  });
}

/** Runs of words that are no mentions, in an order of chance: gold mentions with a border moved first, then others. */
function falseSpans(text: string, gold: readonly TypedSpan[], random: () => number): readonly Span[] {
  const known = new Set(gold.map((mention) => text.slice(mention.start, mention.end)));
  const words = Array.from(text.matchAll(/[\p{L}\p{N}][^\s]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu), ({ index, 0: word }) => ({
    start: index,
    end: index + word.length,
  }));
  const runs = words.flatMap(({ start }, first) =>
    [1, 2, 3].flatMap((length) => {
      const last = words[first + length - 1];
      return last === undefined ? [] : [{ start, end: last.end }];
    }),
  );
  const lots = runs
    .filter((run) => !known.has(text.slice(run.start, run.end)))
    .map((run) => ({ run, isNear: gold.some((mention) => overlap(mention, run)), lot: random() }));
  const [near, far] = [true, false].map((isNear) =>
    lots
      .filter((lot) => lot.isNear === isNear)
      .sort((a, b) => a.lot - b.lot)
      .map(({ run }) => run),
  );
  // One near a mention for one elsewhere.
  return Array.from({ length: runs.length }, (_, index) => [near?.[index], far?.[index]])
    .flat()
    .filter((run) => run !== undefined);
}

function tally(answers: readonly boolean[]): Counts {
  const truePositives = answers.filter(Boolean).length;
  return { truePositives, falsePositives: answers.length - truePositives, falseNegatives: 0 };
}

function cells(findings: readonly Findings[]): readonly string[] {
  const cell = (of: 'spans' | 'joint' | 'typing' | 'none' | 'verifying', ratio: 'f1' | 'precision'): string => {
    const counts = findings.map((finding) => finding[of]);
    const [low, high] = bootstrapIntervals(counts, { resamples: 1000, level: 0.95, seed })[ratio];
    return `${percent(ratios(sumCounts([noCounts, ...counts]))[ratio])} (${percent(low)}–${percent(high)})`;
  };
  const ece = expectedCalibrationError(findings.flatMap(({ statements }) => statements));
  return [
    cell('spans', 'f1'),
    cell('joint', 'f1'),
    cell('typing', 'precision'),
    cell('none', 'precision'),
    cell('verifying', 'precision'),
    percent(ece),
  ];
}

function percent(ratio: number): string {
  return (100 * ratio).toFixed(1);
}
