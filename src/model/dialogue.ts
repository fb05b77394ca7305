import { NerError } from '../error.ts';
import type { Completion, Dialect, Usage } from '../prompting/dialect.ts';
import type { Task, TaskContext, TaskKind } from '../prompting/task.ts';
import type { Answer, LanguageModel, ModelOrigin } from './language-model.ts';
import type { PromptSize } from './prompt-size.ts';
import type { Transport } from './transport.ts';

/** A model from a transport and a dialect that fit each other. */
export function languageModel<P, C extends Completion>(
  transport: Transport<P, C>,
  dialect: Dialect<P, C>,
  { textLimit, origin }: { readonly textLimit: number; readonly origin: ModelOrigin },
): LanguageModel {
  const measure = transport.measure?.bind(transport);
  return {
    id: transport.modelId,
    dialect: dialect.id,
    origin,
    textLimit,
    ...(measure === undefined ? {} : { measure: (task) => longest(dialect.render(task).map((prompt) => measure(prompt))) }),
    answer: (task, signal) => answer(transport, dialect, task, signal),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}

async function answer<P, C extends Completion, K extends TaskKind>(
  transport: Transport<P, C>,
  dialect: Dialect<P, C>,
  task: Extract<Task, { kind: K }>,
  signal: AbortSignal,
): Promise<Answer<K>> {
  signal.throwIfAborted();
  const started = performance.now();
  const { fitting, prompts, dropped } = fit(transport, dialect, task);
  const completions: C[] = [];
  for (const prompt of prompts) completions.push(await transport.complete(prompt, signal));
  const parsed = dialect.parse<K>(fitting, completions);
  return {
    ...parsed,
    exchanges: prompts.map((prompt, index) => {
      const completion = completions[index];
      return { prompt: transport.describe(prompt), reply: completion?.text ?? '', finishReason: completion?.finishReason ?? 'other' };
    }),
    usage: completions.map((completion) => completion.usage).reduce(addUsage, noUsage),
    durationMs: performance.now() - started,
    cutOff: completions.some((completion) => completion.finishReason === 'length'),
    droppedDemonstrations: dropped,
  };
}

function longest(sizes: readonly PromptSize[]): PromptSize {
  const nothing: PromptSize = { promptTokens: 0, contextTokens: Number.POSITIVE_INFINITY, fits: true };
  return sizes.find(({ fits }) => !fits) ?? sizes.reduce((most, size) => (size.promptTokens > most.promptTokens ? size : most), nothing);
}

/**
 * Leaves out demonstrations from the front, where the least similar ones stand, until every prompt fits the context: the last resort, since
 * retrieval chooses no more than fit all members, as far as it can know.
 */
function fit<P, C extends Completion, T extends Task>(transport: Transport<P, C>, dialect: Dialect<P, C>, task: T) {
  for (let dropped = 0; ; dropped++) {
    const context: Pick<TaskContext, 'demonstrations'> = { demonstrations: task.demonstrations.slice(dropped) };
    const fitting: T = { ...task, ...context };
    const prompts = dialect.render(fitting);
    const tooLong = prompts.map((prompt) => transport.measure?.(prompt)).find((size) => size !== undefined && !size.fits);
    if (tooLong === undefined) return { fitting, prompts, dropped };
    if (dropped === task.demonstrations.length) {
      const { promptTokens, contextTokens, isEstimate } = tooLong;
      throw new NerError(
        `The prompt for ${transport.modelId} has ${isEstimate ? 'about ' : ''}${promptTokens} tokens and does not fit its context of ${contextTokens}, even without demonstrations. Give shorter texts or fewer entity types, or use a model with a longer context.`,
        { code: 'context-overflow', modelId: transport.modelId, promptTokens, contextTokens },
      );
    }
  }
}

/** The usage of no call. */
export const noUsage: Usage = { promptTokens: 0, cachedTokens: 0, replyTokens: 0 };

/** Usages are counts: they add. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    replyTokens: a.replyTokens + b.replyTokens,
  };
}
