import { mock } from 'node:test';
import { LlamaContextSequence, type Token } from 'node-llama-cpp';
import type { Completion, Dialect } from '../../prompting/dialect.ts';
import type { ConformanceHarness } from '../conformance/harness.ts';
import type { LanguageModel } from '../language-model.ts';

/** What a harness decides of a model that it opens. */
export interface InProcessSetup {
  readonly timeoutMs?: number;
  readonly maxReplyTokens?: number;
}

/** The harness of a provider whose models run in this process, one at a time. */
export function inProcessHarness(open: (setup: InProcessSetup) => Promise<LanguageModel>): ConformanceHarness {
  return {
    can: ['timeout', 'reply-bound', 'grounded', 'control-tokens'],
    async open({ script: _script, ...setup }) {
      const recorder = recordPrompts();
      return {
        model: await open(setup),
        controlTokens: () => recorder.prompts.map(({ controlTokens }) => controlTokens.map(String)),
        [Symbol.asyncDispose]: async () => recorder[Symbol.dispose](),
      };
    },
  };
}

/** The dialect, with a bound on all replies. */
export function bounded<P extends { readonly maxReplyTokens: number }, C extends Completion>(
  dialect: Dialect<P, C>,
  bound = Number.POSITIVE_INFINITY,
): Dialect<P, C> {
  return {
    ...dialect,
    render: (task) => dialect.render(task).map((prompt) => ({ ...prompt, maxReplyTokens: Math.min(prompt.maxReplyTokens, bound) })),
  };
}

/** A prompt as llama.cpp got it. */
interface RecordedPrompt {
  readonly controlTokens: readonly Token[];
  /** How many of its tokens had been evaluated before. */
  readonly kept: number;
}

/** Records what a sequence holds whenever the first token of a reply is asked for. */
export function recordPrompts(): { readonly prompts: readonly RecordedPrompt[]; [Symbol.dispose](): void } {
  const prompts: RecordedPrompt[] = [];
  const lengths = new WeakMap<LlamaContextSequence, number>();
  const { controlledEvaluate, evaluate } = LlamaContextSequence.prototype;

  /** A sequence that is as long as it was left goes on with its reply; any other was rolled back for a new prompt. */
  function record(sequence: LlamaContextSequence, tokens: readonly Token[]): void {
    const { contextTokens: held, model } = sequence;
    const controlTokens = [...held, ...tokens].filter((token) => model.isSpecialToken(token));
    if (lengths.get(sequence) !== held.length) prompts.push({ controlTokens, kept: held.length });
    lengths.set(sequence, held.length + tokens.length);
  }

  const spies = [
    mock.method(
      LlamaContextSequence.prototype,
      'controlledEvaluate',
      function (this: LlamaContextSequence, ...args: Parameters<typeof controlledEvaluate>) {
        const tokens = args[0].map((item) => (Array.isArray(item) ? item[0] : item));
        record(this, tokens);
        return controlledEvaluate.apply(this, args);
      },
    ),
    mock.method(LlamaContextSequence.prototype, 'evaluate', function (this: LlamaContextSequence, ...args: Parameters<typeof evaluate>) {
      record(this, args[0]);
      return evaluate.apply(this, args);
    }),
  ];
  return {
    prompts,
    [Symbol.dispose]() {
      for (const spy of spies) spy.mock.restore();
    },
  };
}
