/**
 * The pipeline's speed against that of llama.cpp's own loop, in tokens a second, on the same model, threads, batches and prompts:
 *
 *     node bench/own-loop.ts [--gguf PATH] [--sentences 6] [--rounds 5]
 *
 * Sentences of the sample corpus go through the pipeline with one model at a time and the defaults: five demonstrations, all stages. What it
 * feeds the model is written down once. Then each of these has its turn at every sentence, in every round:
 *
 * - pipeline: all of it, from text to entities: retrieval, prompts, evaluation, the walk along the form of the reply, grounding, votes;
 * - own loop: `evaluate` at temperature 0 and without probabilities, on the same prompts with the same prefixes kept, until it has sampled as many
 *   tokens as the replies have. It feeds all of them but the last, one by one;
 * - same feeds: that loop, given what the pipeline fed instead of what it samples. Both evaluate the same tokens in the same batches, so that
 *   what the pipeline saves by not reading where only one token can follow is not in it.
 *
 * Tokens are, for all three, those of the prompts but for prefixes kept, and those of the replies; figures are medians of the rounds, ratios those
 * within a round, of time and of processor time. The loops are node-llama-cpp's, with one
 * native call to evaluate a batch and one to sample. Neither loading nor, for the loops, tokenising is timed. `--gguf` takes a model with the
 * vocabulary of the bundled ones. Prints a line of JSON, and a table for people to stderr.
 */
import { parseArgs } from 'node:util';
import { readJsonl } from '../src/dataset/jsonl.ts';
import { bundledModels } from '../src/model/bundled.ts';
import { languageModel } from '../src/model/dialogue.ts';
import type { LanguageModel } from '../src/model/language-model.ts';
import { nanoTransport } from '../src/model/llama/nano-transport.ts';
import { loadWeights, soleSequence } from '../src/model/llama/runtime.ts';
import { nanoVocabulary } from '../src/model/llama/vocabulary.ts';
import { createRecognizer, type Recognizer } from '../src/pipeline/recognizer.ts';
import { nano } from '../src/prompting/nano.ts';
import { asItSamples, asItWasFed, evaluateAll, type FedPrompt, watched } from './fed-prompts.ts';

const goal = 0.85;
const domains = ['news', 'clinical', 'travel'];
const { values: flags } = parseArgs({
  options: { gguf: { type: 'string' }, sentences: { type: 'string', default: '6' }, rounds: { type: 'string', default: '5' } },
});
const [sentences, rounds] = [Number(flags.sentences), Number(flags.rounds)];

interface Source {
  readonly id: string;
  readonly path: string;
  readonly contextTokens: number;
}

const bundled = (await bundledModels()).map(({ name, path, contextTokens }): Source => ({ id: `nano:${name}`, path, contextTokens }));
const sources = flags.gguf === undefined ? bundled : [{ id: flags.gguf, path: flags.gguf, contextTokens: 2048 }];
const models: Awaited<ReturnType<typeof compare>>[] = [];
for (const source of sources) models.push(await compare(source));
process.stdout.write(`${JSON.stringify({ name: 'own-loop', goal, sentences, rounds, models })}\n`);
process.stderr.write(
  `own loop, tokens a second: pipeline; own loop, ratio (goal ${goal}), in processor time; same feeds, ratio, in processor time; share of time outside the model\n`,
);
for (const { id, pipeline, ownLoop, sameFeeds, outside } of models) {
  const compared = [ownLoop, sameFeeds].flatMap((loop) => [loop.rate.toFixed(0), loop.ratio.toFixed(2), loop.processorRatio.toFixed(2)]);
  const figures = [pipeline.rate.toFixed(0), ...compared, outside.toFixed(2)];
  process.stderr.write(`  ${id.padEnd(14)}${figures.map((figure) => figure.padStart(7)).join('')}\n`);
}
process.exit();

/** Seconds, of the clock and of processors. */
interface Duration {
  readonly wall: number;
  readonly processor: number;
}

async function compare({ id, path, contextTokens }: Source) {
  const model = await loadWeights({ modelId: id, path, device: 'cpu' });
  const vocabulary = nanoVocabulary(model);
  if (vocabulary === undefined) throw new Error(`${id} has another vocabulary than the bundled models.`);
  const transport = watched(await nanoTransport({ modelId: id, model, vocabulary, contextTokens }));
  const pipelines = await pipelinesWith(languageModel(transport, nano, { textLimit: 1000, origin: { provider: 'llama.cpp', model: id } }));
  const fed: (readonly FedPrompt[])[] = [];
  for (const pipeline of pipelines) fed.push(await transport.fedBy(pipeline));
  const sequence = await soleSequence(model, { contextTokens, batchTokens: contextTokens });
  const runs: { readonly pipeline: Duration; readonly ownLoop: Duration; readonly sameFeeds: Duration; readonly inModel: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = transport.seconds();
    const [pipeline, ownLoop, sameFeeds] = [[] as Duration[], [] as Duration[], [] as Duration[]];
    for (const [at, run] of pipelines.entries()) {
      const prompts = fed[at] ?? [];
      pipeline.push(await durationOf(run));
      ownLoop.push(await durationOf(() => evaluateAll(sequence, prompts, asItSamples)));
      sameFeeds.push(await durationOf(() => evaluateAll(sequence, prompts, asItWasFed)));
    }
    runs.push({ pipeline: total(pipeline), ownLoop: total(ownLoop), sameFeeds: total(sameFeeds), inModel: transport.seconds() - before });
  }
  const sum = (count: (prompt: FedPrompt) => number) => fed.flat().reduce((whole, prompt) => whole + count(prompt), 0);
  const tokens = sum(({ usage }) => usage.promptTokens - usage.cachedTokens + usage.replyTokens);
  const against = (loop: 'pipeline' | 'ownLoop' | 'sameFeeds') => ({
    rate: median(runs.map((run) => tokens / run[loop].wall)),
    ratio: median(runs.map((run) => run[loop].wall / run.pipeline.wall)),
    processorRatio: median(runs.map((run) => run[loop].processor / run.pipeline.processor)),
  });
  return {
    id,
    prompts: fed.flat().length,
    tokens,
    replyTokens: sum(({ usage }) => usage.replyTokens),
    /** Places where the pipeline read what may come next. */
    reads: sum(({ feeds }) => feeds.length),
    pipeline: against('pipeline'),
    ownLoop: against('ownLoop'),
    sameFeeds: against('sameFeeds'),
    outside: median(runs.map(({ pipeline, inModel }) => 1 - inModel / pipeline.wall)),
  };
}

/** A run of each sentence through the pipeline. */
async function pipelinesWith(model: LanguageModel): Promise<readonly (() => Promise<unknown>)[]> {
  const recognizers = new Map<string, Recognizer>();
  const texts = new Map<string, readonly string[]>();
  for (const domain of domains) {
    const [pool, test] = await Promise.all([sentencesOf(domain, 'pool'), sentencesOf(domain, 'test')]);
    const types = [...new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)))];
    recognizers.set(domain, await createRecognizer({ types, pool, models: [model] }));
    texts.set(
      domain,
      test.map(({ text }) => text),
    );
  }
  return Array.from({ length: sentences }, (_, at) => {
    const domain = domains[at % domains.length] ?? '';
    const text = texts.get(domain)?.[Math.floor(at / domains.length)];
    if (text === undefined) throw new Error(`There are no ${sentences} sentences.`);
    return async () => recognizers.get(domain)?.recognize(text);
  });
}

function sentencesOf(domain: string, part: string) {
  return Array.fromAsync(readJsonl(new URL(`../examples/corpus/${domain}/${part}.jsonl`, import.meta.url).pathname));
}

async function durationOf(work: () => Promise<unknown>): Promise<Duration> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1e3, processor: (user + system) / 1e6 };
}

function total(durations: readonly Duration[]): Duration {
  return durations.reduce((a, b) => ({ wall: a.wall + b.wall, processor: a.processor + b.processor }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
