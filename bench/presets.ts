/**
 * What the presets cost and what they are worth with the bundled models: calls, tokens prompted and evaluated, seconds and F1 a document, against
 * each member asked once by itself. Prints a line of JSON, and a table a data set for people to stderr:
 *
 *     node bench/presets.ts [DATA] [--limit 60] [--docs]
 *
 * Without DATA, a folder as for results.ts, the data are the sample corpus; with it, four public sets, of each so many sentences and 200 others as the
 * pool that the models have not learnt from. With `--docs` the tables are written into docs/performance.md.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { readJsonl } from '../src/dataset/jsonl.ts';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import { bundledUris } from '../src/model/bundled.ts';
import { addUsage, noUsage } from '../src/model/dialogue.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { presetNames, type RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';
import { writeIntoPlace } from './marked-place.ts';
import { locateSets } from './sets.ts';
import { unseenMaterial } from './unseen.ts';

/** Goals: evaluated of the tokens prompted, in the stages; `fast` against members asked once, in tokens evaluated. */
const [prefixGoal, fastGoal] = [0.4, 1.5];
const domains = ['news', 'clinical', 'travel'];
const publicSets = ['wnut17', 'btc', 'bc5cdr', 'jnlpba'];
const poolSize = 200;

interface Material {
  readonly name: string;
  readonly types: readonly string[];
  readonly pool: readonly LabelledSentence[];
  readonly scored: readonly LabelledSentence[];
}

interface Cost {
  readonly calls: number;
  readonly prompted: number;
  readonly evaluated: number;
  readonly seconds: number;
  readonly counts: readonly Counts[];
}

const { values: flags, positionals } = parseArgs({
  options: { limit: { type: 'string', default: '60' }, docs: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const [data] = positionals;
const models: LanguageModel[] = [];
for (const uri of await bundledUris()) models.push(await openModel(uri));
const systems: Readonly<Record<string, Pick<RecognizerOptions, 'preset' | 'models'>>> = {
  'no preset': { models },
  ...Object.fromEntries(presetNames.map((preset) => [preset, { preset, models }])),
  ...Object.fromEntries(models.map((model) => [`${model.id} once`, { preset: 'fast', models: [model] }])),
};
const tables: string[] = [];
const results: ReturnType<typeof summary>[] = [];
for (const material of data === undefined ? await sampleCorpus() : await publicMaterial(data)) {
  const costs = new Map<string, Cost>();
  for (const [name, options] of Object.entries(systems)) costs.set(name, await costOf(material, options));
  results.push(summary(material, costs));
  tables.push(table(material, costs));
  process.stderr.write(`${tables.at(-1)}\n`);
}
process.stdout.write(`${JSON.stringify({ name: 'presets', prefixGoal, fastGoal, sets: results })}\n`);
if (flags.docs)
  await writeIntoPlace(new URL('../docs/performance.md', import.meta.url), 'presets', `${provenance()}\n\n${tables.join('\n')}`);
process.exit();

async function sampleCorpus(): Promise<readonly Material[]> {
  return Promise.all(
    domains.map(async (domain) => {
      const read = (part: string) => readAll(new URL(`../examples/corpus/${domain}/${part}.jsonl`, import.meta.url).pathname);
      const pool = await read('pool');
      const types = [...new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)))];
      return { name: domain, types, pool, scored: await read('test') };
    }),
  );
}

async function publicMaterial(directory: string): Promise<readonly Material[]> {
  const sets = (await locateSets(directory)).filter(({ name }) => publicSets.includes(name));
  return Promise.all(
    sets.map(async (set) => {
      const { scored, rest, types } = await unseenMaterial(set, Number(flags.limit));
      return { name: set.name, types: types.map(({ name }) => name), pool: sampleSentences(rest, poolSize, 0), scored };
    }),
  );
}

function readAll(path: string): Promise<readonly LabelledSentence[]> {
  return Array.fromAsync(readJsonl(path));
}

async function costOf({ types, pool, scored }: Material, options: Pick<RecognizerOptions, 'preset' | 'models'>): Promise<Cost> {
  await using recognizer = await createRecognizer({ types, pool, ...options });
  const started = performance.now();
  const found = await Array.fromAsync(recognizer.recognizeAll(scored));
  const seconds = (performance.now() - started) / 1000;
  const calls = found.flatMap((one) => (one.status === 'failed' ? one.attempts : one.trace.flatMap(({ document }) => document.calls)));
  const usage = calls.reduce((sum, call) => addUsage(sum, call.usage), noUsage);
  return {
    calls: calls.length,
    prompted: usage.promptTokens,
    evaluated: usage.promptTokens - usage.cachedTokens,
    seconds,
    counts: found.map((one, at) => strictCounts(scored[at]?.entities ?? [], one.status === 'failed' ? [] : one.entities)),
  };
}

function summary({ name, scored }: Material, costs: ReadonlyMap<string, Cost>) {
  const evaluated = (system: string) => costs.get(system)?.evaluated ?? Number.NaN;
  const once = models.reduce((sum, { id }) => sum + evaluated(`${id} once`), 0);
  return {
    set: name,
    documents: scored.length,
    /** Evaluated of the tokens that separate prompts would have evaluated. */
    prefixRatio: evaluated('no preset') / (costs.get('no preset')?.prompted ?? Number.NaN),
    /** Tokens evaluated, as a multiple of all members asked once. */
    ratios: Object.fromEntries(['no preset', ...presetNames].map((preset) => [preset, evaluated(preset) / once])),
    systems: Object.fromEntries(Array.from(costs, ([system, { counts, ...cost }]) => [system, { ...cost, ...intervalOf(counts) }])),
  };
}

function intervalOf(counts: readonly Counts[]) {
  const { f1 } = bootstrapIntervals(counts, { resamples: 1000, level: 0.95, seed: 0 });
  return { f1: ratios(sumCounts(counts)).f1, interval: f1 };
}

function table(material: Material, costs: ReadonlyMap<string, Cost>): string {
  const { prefixRatio, ratios: multiples, documents } = summary(material, costs);
  const percent = (share: number) => (100 * share).toFixed(1);
  const rows = Array.from(costs, ([system, { calls, prompted, evaluated, seconds, counts }]) => {
    const { f1, interval } = intervalOf(counts);
    const each = (value: number, digits: number) => (value / documents).toFixed(digits);
    const multiple = multiples[system];
    const cells = [each(calls, 1), each(prompted, 0), each(evaluated, 0), multiple?.toFixed(2) ?? '', each(seconds, 2)];
    return `| ${system} | ${cells.join(' | ')} | ${percent(f1)} (${interval.map(percent).join('–')}) |`;
  });
  return [
    `### ${material.name}`,
    '',
    '| a document | calls | tokens prompted | evaluated | of all members once | seconds | F1 |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    '',
    `Without a preset ${prefixRatio.toFixed(2)} of the tokens that are prompted are evaluated (goal ${prefixGoal}), with \`fast\` ${multiples['fast']?.toFixed(2)} of what all members take that are asked once (goal ${fastGoal}).`,
    '',
  ].join('\n');
}

function provenance(): string {
  return `\`node bench/presets.ts DATA --limit ${flags.limit}\`; ${availableParallelism()} cores, ${cpus()[0]?.model}, Node ${process.version.slice(1)}, ${new Date().toISOString().slice(0, 10)}. Of each set ${flags.limit} sentences, ${poolSize} others as the pool that the models have not learnt from; strict micro-F1 in percent with its 95 % interval. One document after the other.`;
}
