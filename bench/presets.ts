/**
 * What the presets cost and what they are worth, on the sample corpus with the bundled models: calls, tokens prompted and evaluated, seconds and F1 a
 * document, against each member asked once by itself. Prints a line of JSON, and a table for people to stderr.
 */
import { readJsonl } from '../src/dataset/jsonl.ts';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { bootstrapIntervals } from '../src/evaluation/intervals.ts';
import { type Counts, ratios, strictCounts, sumCounts } from '../src/evaluation/scorer.ts';
import { bundledModels } from '../src/model/bundled.ts';
import { addUsage, noUsage } from '../src/model/dialogue.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { openModel } from '../src/model/open.ts';
import { presetNames, type RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';

/** Goals: evaluated of the tokens prompted, in the stages; `fast` against members asked once, in tokens evaluated. */
const [prefixGoal, fastGoal] = [0.4, 1.5];
const domains = ['news', 'clinical', 'travel'];

interface Cost {
  readonly calls: number;
  readonly prompted: number;
  readonly evaluated: number;
  readonly seconds: number;
  readonly counts: readonly Counts[];
}

const models: LanguageModel[] = [];
for (const { name } of await bundledModels()) models.push(await openModel(`nano:${name}`));
const costs = new Map<string, Cost>();
for (const preset of presetNames) costs.set(preset, await costOf({ preset, models }));
for (const model of models) costs.set(`${model.id} once`, await costOf({ preset: 'fast', models: [model] }));
const once = models.map(({ id }) => costs.get(`${id} once`)?.evaluated ?? 0).reduce((sum, tokens) => sum + tokens, 0);
const of = (preset: string) => costs.get(preset) ?? { calls: 0, prompted: 1, evaluated: 0, seconds: 0, counts: [] };
const result = {
  name: 'presets',
  domains,
  documents: of('paper').counts.length,
  /** Evaluated of the tokens that separate prompts would have evaluated. */
  prefixRatio: of('balanced').evaluated / of('balanced').prompted,
  prefixGoal,
  /** Tokens evaluated, as a multiple of all members asked once. */
  fastRatio: of('fast').evaluated / once,
  balancedRatio: of('balanced').evaluated / once,
  paperRatio: of('paper').evaluated / once,
  fastGoal,
  systems: Object.fromEntries(
    Array.from(costs, ([name, cost]) => [name, { ...cost, counts: undefined, f1: ratios(sumCounts(cost.counts)).f1 }]),
  ),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.stderr.write('presets, a document: calls, tokens prompted, evaluated, seconds, F1 (95 %)\n');
for (const [name, cost] of costs) process.stderr.write(`  ${name.padEnd(18)} ${figures(cost)}\n`);
process.stderr.write(
  `  balanced evaluates ${result.prefixRatio.toFixed(2)} of what it prompts (goal ${prefixGoal}); against members asked once: paper ${result.paperRatio.toFixed(2)}, balanced ${result.balancedRatio.toFixed(2)}, fast ${result.fastRatio.toFixed(2)} (goal ${fastGoal})\n`,
);
process.exit();

async function costOf(options: Pick<RecognizerOptions, 'preset' | 'models'>): Promise<Cost> {
  const domainCosts: Cost[] = [];
  for (const domain of domains) domainCosts.push(await costIn(domain, options));
  return domainCosts.reduce((a, b) => ({
    calls: a.calls + b.calls,
    prompted: a.prompted + b.prompted,
    evaluated: a.evaluated + b.evaluated,
    seconds: a.seconds + b.seconds,
    counts: [...a.counts, ...b.counts],
  }));
}

async function costIn(domain: string, options: Pick<RecognizerOptions, 'preset' | 'models'>): Promise<Cost> {
  const [pool, test] = await Promise.all(['pool', 'test'].map((part) => sentencesOf(`../examples/corpus/${domain}/${part}.jsonl`)));
  const types = [...new Set((pool ?? []).flatMap(({ entities }) => entities.map(({ type }) => type)))];
  await using recognizer = await createRecognizer({ types, pool: pool ?? [], ...options });
  const found = await Array.fromAsync(recognizer.recognizeAll(test ?? []));
  const calls = found.flatMap((one) => (one.status === 'failed' ? [] : one.trace)).flatMap(({ document }) => document.calls);
  const usage = calls.reduce((sum, call) => addUsage(sum, call.usage), noUsage);
  return {
    calls: calls.length,
    prompted: usage.promptTokens,
    evaluated: usage.promptTokens - usage.cachedTokens,
    seconds: calls.reduce((sum, { durationMs }) => sum + durationMs / 1000, 0),
    counts: found.map((one, at) => strictCounts(test?.[at]?.entities ?? [], one.status === 'failed' ? [] : one.entities)),
  };
}

function sentencesOf(path: string): Promise<readonly LabelledSentence[]> {
  return Array.fromAsync(readJsonl(new URL(path, import.meta.url).pathname));
}

function figures({ calls, prompted, evaluated, seconds, counts }: Cost): string {
  const each = (value: number, digits: number) => (value / counts.length).toFixed(digits).padStart(8);
  const { f1 } = bootstrapIntervals(counts, { resamples: 1000, level: 0.95, seed: 0 });
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${each(calls, 1)}${each(prompted, 0)}${each(evaluated, 0)}${each(seconds, 2)}   ${percent(ratios(sumCounts(counts)).f1)} (${f1.map(percent).join('–')})`;
}
