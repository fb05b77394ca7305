import type { LlamaModel } from 'node-llama-cpp';
import type { NanoCompletion, NanoItem, NanoPrompt, Segment } from '../../prompting/nano.ts';
import type { Transport } from '../transport.ts';
import { writeReply } from './nano-reply.ts';
import { prefixSlots } from './prefix-slots.ts';
import { soleSequence } from './runtime.ts';
import { modelTurns } from './turns.ts';
import type { NanoVocabulary } from './vocabulary.ts';

/** Where a nano prompt goes. The transport owns `model` and releases it. */
export interface NanoTransportOptions {
  readonly modelId: string;
  readonly model: LlamaModel;
  readonly vocabulary: NanoVocabulary;
  /** Prompt and reply together, in tokens. */
  readonly contextTokens: number;
  /** For one reply; default no limit. */
  readonly timeoutMs?: number | undefined;
}

/** Texts in work at once whose prefixes are kept; each takes some megabytes. */
const mostSlots = 8;

/** Nano prompts to a model in this process: the shared prefix of a text is evaluated once, every task branches from it. */
export async function nanoTransport(options: NanoTransportOptions): Promise<Transport<NanoPrompt, NanoCompletion>> {
  const { modelId, model, vocabulary, contextTokens, timeoutMs } = options;
  const turns = modelTurns({ modelId, timeoutMs });
  const slots = await prefixSlots(
    () => soleSequence(model, { contextTokens, batchTokens: contextTokens }),
    () => Math.min(turns.mostAtOnce(), mostSlots),
  );

  function encode(prompt: NanoPrompt) {
    const prefix = [vocabulary.begin, ...vocabulary.encodeSegments(prompt.prefix)];
    const question = vocabulary.encodeSegments(prompt.suffix);
    return { prefix, question, promptTokens: prefix.length + question.length };
  }

  async function complete(prompt: NanoPrompt, signal: AbortSignal): Promise<NanoCompletion> {
    const { prefix, question, promptTokens } = encode(prompt);
    const maxReplyTokens = Math.min(prompt.maxReplyTokens, contextTokens - promptTokens);
    return slots.branch(
      [prefix],
      async (decoder, cachedTokens) => {
        const { items, tokens, finishReason } = await writeReply({ decoder, vocabulary, question, maxReplyTokens }, prompt.reply);
        return { items, text: spellItems(items), finishReason, usage: { promptTokens, cachedTokens, replyTokens: tokens } };
      },
      signal,
    );
  }

  return {
    modelId,
    describe: (prompt) => spell([...prompt.prefix, ...prompt.suffix]),
    measure(prompt) {
      turns.assertOpen();
      const { promptTokens } = encode(prompt);
      return { promptTokens, contextTokens, fits: promptTokens + smallestReply(prompt) <= contextTokens };
    },
    complete: (prompt, signal) => turns.take((stop) => complete(prompt, stop), signal),
    async [Symbol.asyncDispose]() {
      await turns.close();
      await slots[Symbol.asyncDispose]();
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
