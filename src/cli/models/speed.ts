import type { LabelledSentence } from '../../document/labelled.ts';
import type { Answer, LanguageModel } from '../../model/language-model.ts';
import { type OpenModelOptions, openModel } from '../../model/open.ts';
import type { TaskContext } from '../../prompting/task.ts';
import { type Domain, sampleCorpus } from '../demo/corpus.ts';

/** How fast a model works on this machine, JSON-safe; `null` is what cannot be told from here. */
export interface Speed {
  /** Time to open it: the median of three times, as the first one starts llama.cpp; `null` for a server's model. */
  readonly loadMs: number | null;
  /** Memory of this process before the model was opened for the first time, and after it answered; `null` for a server's model. */
  readonly residentBytes: { readonly before: number; readonly after: number } | null;
  /** From a yes-or-no question about a new text, so that next to nothing but a prompt is evaluated; `null` if tokens are not counted. */
  readonly promptTokensPerSecond: number | null;
  /** From an extraction from a text that was read before, so that next to nothing but a reply is made; `null` if tokens are not counted. */
  readonly replyTokensPerSecond: number | null;
  /** Mean time of a task about one text, asked in this order as the pipeline does, so that the first one includes reading it. */
  readonly taskMs: { readonly extract: number; readonly classify: number; readonly verify: number };
}

/** Texts for the times of tasks and as many others for the rates; a text that was asked about is read already. */
const rounds = 3;
const demonstrationCount = 5;

/**
 * Opens a model and asks it about sentences of the sample corpus, with as many demonstrations as the pipeline gives. The first answer,
 * for which a server may have to load the model, counts nowhere.
 * @throws {NerError} as `openModel` and the model's answers do.
 */
export async function measureSpeed(uri: string, options: OpenModelOptions, signal: AbortSignal): Promise<Speed> {
  async function load<T>(use: (model: LanguageModel) => Promise<T>): Promise<{ readonly loadMs: number; readonly result: T }> {
    signal.throwIfAborted();
    const started = performance.now();
    await using model = await openModel(uri, options);
    const loadMs = performance.now() - started;
    return { loadMs, result: await use(model) };
  }
  const before = process.memoryUsage.rss();
  const first = await load(async (model) => {
    const answers = await measureAnswers(model, signal);
    return { answers, after: process.memoryUsage.rss() };
  });
  const { answers, after } = first.result;
  if (!/^(nano|gguf):/.test(uri)) return { loadMs: null, residentBytes: null, ...answers };
  const [second, third] = [await load(async () => undefined), await load(async () => undefined)];
  const [, median = first.loadMs] = [first, second, third].map(({ loadMs }) => loadMs).sort((a, b) => a - b);
  return { loadMs: median, residentBytes: { before, after }, ...answers };
}

async function measureAnswers(model: LanguageModel, signal: AbortSignal): Promise<Omit<Speed, 'loadMs' | 'residentBytes'>> {
  const [domain] = await sampleCorpus();
  if (domain === undefined) throw new RangeError('The sample corpus has no domain.');
  const [warming, ...sentences] = domain.test.filter(({ entities }) => entities.length > 1).slice(0, 1 + 2 * rounds);
  if (warming !== undefined) await model.answer<'extract'>({ kind: 'extract', ...contextOf(warming, domain) }, signal);
  const times = { extract: 0, classify: 0, verify: 0 };
  const [prompts, replies] = [noRate(), noRate()];
  for (const [index, sentence] of sentences.entries()) {
    const context = contextOf(sentence, domain);
    const { entities } = sentence;
    const extract = () => model.answer<'extract'>({ kind: 'extract', ...context }, signal);
    if (index % 2 === 0) {
      times.extract += (await extract()).durationMs;
      times.classify += (await model.answer<'classify'>({ kind: 'classify', mentions: entities, ...context }, signal)).durationMs;
      times.verify += (await model.answer<'verify'>({ kind: 'verify', claims: entities, ...context }, signal)).durationMs;
    } else {
      const asked = await model.answer<'verify'>({ kind: 'verify', claims: entities.slice(0, 1), ...context }, signal);
      add(prompts, asked, asked.usage.promptTokens - asked.usage.cachedTokens);
      const copied = await extract();
      add(replies, copied, copied.usage.replyTokens);
    }
  }
  return {
    promptTokensPerSecond: perSecond(prompts),
    replyTokensPerSecond: perSecond(replies),
    taskMs: { extract: times.extract / rounds, classify: times.classify / rounds, verify: times.verify / rounds },
  };
}

function contextOf({ text }: LabelledSentence, { types, pool }: Domain): TaskContext {
  const demonstrations = pool.filter(({ entities }) => entities.length > 0).slice(0, demonstrationCount);
  return { types, demonstrations, text };
}

interface Rate {
  tokens: number;
  ms: number;
}

function noRate(): Rate {
  return { tokens: 0, ms: 0 };
}

function add(rate: Rate, { durationMs }: Answer, tokens: number): void {
  rate.tokens += tokens;
  rate.ms += durationMs;
}

function perSecond({ tokens, ms }: Rate): number | null {
  return tokens === 0 || ms === 0 ? null : (tokens / ms) * 1000;
}
