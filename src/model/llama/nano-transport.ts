import type { LlamaModel } from 'node-llama-cpp';
import { NerError } from '../../error.ts';
import type { NanoCompletion, NanoItem, NanoPrompt, Segment } from '../../prompting/nano.ts';
import type { Transport } from '../transport.ts';
import { branchingSequence } from './branching-sequence.ts';
import { writeReply } from './nano-reply.ts';
import { threadsFor } from './runtime.ts';
import type { NanoVocabulary } from './vocabulary.ts';

/** Where a nano prompt goes. The transport owns `model` and releases it. */
export interface NanoTransportOptions {
  readonly modelId: string;
  readonly model: LlamaModel;
  readonly vocabulary: NanoVocabulary;
  /** Prompt and reply together, in tokens. */
  readonly contextTokens: number;
}

/** Nano prompts to a model in this process: the shared prefix of a text is evaluated once, every task branches from it. */
export async function nanoTransport(options: NanoTransportOptions): Promise<Transport<NanoPrompt, NanoCompletion>> {
  const { modelId, model, vocabulary, contextTokens } = options;
  const context = await model.createContext({ contextSize: contextTokens, batchSize: contextTokens, sequences: 1, ...threadsFor(model) });
  const sequence = branchingSequence(context.getSequence());
  const encode = (prompt: NanoPrompt) => ({
    prefix: [vocabulary.begin, ...vocabulary.encodeSegments(prompt.prefix)],
    question: vocabulary.encodeSegments(prompt.suffix),
  });

  return {
    modelId,
    describe: (prompt) => spell([...prompt.prefix, ...prompt.suffix]),
    measure(prompt) {
      const { prefix, question } = encode(prompt);
      const promptTokens = prefix.length + question.length;
      return { promptTokens, contextTokens, fits: promptTokens + smallestReply(prompt) <= contextTokens };
    },
    async complete(prompt, signal) {
      const { prefix, question } = encode(prompt);
      const maxReplyTokens = Math.min(prompt.maxReplyTokens, contextTokens - prefix.length - question.length);
      const written = await sequence
        .branch(
          prefix,
          async (decoder, cachedTokens) => ({
            ...(await writeReply({ decoder, vocabulary, question, maxReplyTokens }, prompt.reply)),
            cachedTokens,
          }),
          signal,
        )
        .catch((cause: unknown) => {
          signal.throwIfAborted();
          throw new NerError(`${modelId} stopped while it wrote its reply: ${String(cause)}`, { code: 'model-failed', modelId }, { cause });
        });
      return {
        items: written.items,
        text: spellItems(written.items),
        finishReason: written.finishReason,
        usage: { promptTokens: prefix.length + question.length, cachedTokens: written.cachedTokens, replyTokens: written.tokens },
      };
    },
    async [Symbol.asyncDispose]() {
      await context.dispose();
      await model.dispose();
    },
  };
}

/** Tokens that must be left for a reply: all of a closed one, and of an extraction enough for a text with a few mentions. */
function smallestReply(prompt: NanoPrompt): number {
  return prompt.reply.kind === 'choices' ? prompt.maxReplyTokens : Math.min(prompt.maxReplyTokens, 128);
}

function spell(segments: readonly Segment[]): string {
  return segments.map((segment) => ('control' in segment ? `<|${segment.control}|>` : segment.text)).join('');
}

function spellItems(items: readonly NanoItem[]): string {
  return `${items.map(({ text, choice }) => [text, choice].filter((part) => part !== undefined).join('<|type|>')).join('<|sep|>')}<|end|>`;
}
