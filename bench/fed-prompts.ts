import { LlamaContextSequence, type Token } from 'node-llama-cpp';
import type { Transport } from '../src/model/transport.ts';
import type { Completion, Usage } from '../src/prompting/dialect.ts';

/** A prompt as it was fed to a model: the part that others share, then what was fed up to each place that was read. */
export interface FedPrompt {
  readonly prefix: readonly Token[];
  readonly feeds: readonly (readonly Token[])[];
  readonly usage: Usage;
}

/** A transport that knows how long it has been at work, and writes down what it feeds while it is told to. */
export interface WatchedTransport<P, C extends Completion> extends Transport<P, C> {
  seconds(): number;
  /** What is fed while `work` is at it, which must ask one prompt at a time. A place that is read twice counts once. */
  fedBy(work: () => Promise<unknown>): Promise<readonly FedPrompt[]>;
}

/** Watches a transport whose prompts are fed by `controlledEvaluate`, as those of nano models are. */
export function watched<P, C extends Completion>(transport: Transport<P, C>): WatchedTransport<P, C> {
  let seconds = 0;
  let fed: FedPrompt[] | undefined;
  let current: { prefix: readonly Token[]; readonly feeds: (readonly Token[])[] } = { prefix: [], feeds: [] };
  const { controlledEvaluate } = LlamaContextSequence.prototype;

  return {
    ...transport,
    async complete(prompt, signal) {
      current = { prefix: [], feeds: [] };
      const started = performance.now();
      const completion = await transport.complete(prompt, signal);
      seconds += (performance.now() - started) / 1000;
      fed?.push({ ...current, usage: completion.usage });
      return completion;
    },
    seconds: () => seconds,
    async fedBy(work) {
      const written: FedPrompt[] = [];
      fed = written;
      let length = 0;
      LlamaContextSequence.prototype.controlledEvaluate = function (...args) {
        const held = this.contextTokens;
        const tokens = args[0].map((item) => (Array.isArray(item) ? item[0] : item));
        if (current.feeds.length === 0) current.prefix = held;
        if (current.feeds.length === 0 || held.length === length) current.feeds.push(tokens);
        length = held.length + tokens.length;
        return controlledEvaluate.apply(this, args);
      };
      try {
        await work();
      } finally {
        LlamaContextSequence.prototype.controlledEvaluate = controlledEvaluate;
        fed = undefined;
      }
      return written;
    },
  };
}

/** How llama.cpp is to go on from a prompt. */
export type Loop = (sequence: LlamaContextSequence, prompt: FedPrompt) => Promise<void>;

const greedy = { temperature: 0, yieldEogToken: true };

/** What it samples, as long as the reply was. */
export const asItSamples: Loop = async (sequence, { prefix, feeds, usage }) => {
  const question = (feeds[0] ?? []).slice(0, usage.promptTokens - prefix.length);
  let sampled = 0;
  for await (const _ of sequence.evaluate(question, greedy)) if (++sampled === usage.replyTokens) break;
};

/** What was fed, with one token sampled wherever that was read. */
export const asItWasFed: Loop = async (sequence, { feeds: [first = [], ...others] }) => {
  const sampling = sequence.evaluate([...first], greedy);
  await sampling.next();
  for (const tokens of others) await sampling.next([...tokens]);
  await sampling.return();
};

/** Evaluates prompts one after the other; a prefix is kept where it was. */
export async function evaluateAll(sequence: LlamaContextSequence, prompts: readonly FedPrompt[], loop: Loop): Promise<void> {
  for (const prompt of prompts) {
    if (prompt.usage.cachedTokens > 0) {
      await sequence.eraseContextTokenRanges([{ start: prompt.prefix.length, end: sequence.nextTokenIndex }]);
    } else {
      await sequence.clearHistory();
      await sequence.evaluateWithoutGeneratingNewTokens([...prompt.prefix]);
    }
    await loop(sequence, prompt);
  }
}
