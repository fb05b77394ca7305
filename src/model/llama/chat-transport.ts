import { type ChatHistoryItem, LlamaChat, type LlamaGrammar, type LlamaModel, type Token } from 'node-llama-cpp';
import { NerError } from '../../error.ts';
import type { ChatPrompt, ChatReply, Completion } from '../../prompting/dialect.ts';
import type { Transport } from '../transport.ts';
import { branchingSequence } from './branching-sequence.ts';
import { choose } from './choice.ts';
import { jsonGrammar } from './grammar.ts';
import { threadsFor } from './runtime.ts';

/** Where a chat prompt goes. The transport owns `model` and releases it. */
export interface ChatTransportOptions {
  readonly modelId: string;
  readonly model: LlamaModel;
  /** Prompt and reply together, in tokens. */
  readonly contextTokens: number;
}

/**
 * Chat prompts to any GGUF model in this process, in the model's own chat template. JSON replies are held to their schema, and
 * mentions to the words of the text, by a grammar; a closed choice is read off the probabilities. Only the template makes control tokens, texts never do.
 */
export async function chatTransport(options: ChatTransportOptions): Promise<Transport<ChatPrompt>> {
  const { modelId, model, contextTokens } = options;
  const context = await model.createContext({ contextSize: contextTokens, sequences: 2, ...threadsFor(model) });
  const chat = new LlamaChat({ contextSequence: context.getSequence(), chatWrapper: 'auto' });
  const choices = branchingSequence(context.getSequence());
  let queue: Promise<unknown> = Promise.resolve();

  const promptTokens = (prompt: ChatPrompt): Token[] =>
    chat.chatWrapper.generateContextState({ chatHistory: history(prompt) }).contextText.tokenize(model.tokenizer);

  async function write(prompt: ChatPrompt, signal: AbortSignal): Promise<Completion> {
    signal.throwIfAborted();
    const meter = chat.sequence.tokenMeter.getState();
    const asked = promptTokens(prompt).length;
    const grammar = await grammarOf(model, prompt.reply);
    const { response, metadata } = await chat.generateResponse(history(prompt), {
      temperature: 0,
      maxTokens: prompt.maxReplyTokens,
      budgets: { thoughtTokens: 0 },
      signal,
      ...(grammar === undefined ? {} : { grammar }),
    });
    const used = chat.sequence.tokenMeter.diff(meter);
    return {
      text: response,
      finishReason: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
      usage: { promptTokens: asked, cachedTokens: Math.max(0, asked - used.usedInputTokens), replyTokens: used.usedOutputTokens },
    };
  }

  function pick(prompt: ChatPrompt, options: readonly string[], signal: AbortSignal): Promise<Completion> {
    const tokens = promptTokens(prompt);
    const question = tokens.slice(-1); // a branch needs a token to start from
    const closing = model.tokens.eot ?? model.tokens.eos;
    const closed = options.map((option) => [...model.tokenize(option, false, 'trimLeadingSpace'), ...(closing === null ? [] : [closing])]);
    return choices.branch(
      tokens.slice(0, -1),
      async (decoder, cachedTokens) => {
        const { index, probability } = await choose(decoder, question, closed);
        const rest = options.length > 1 ? (1 - probability) / (options.length - 1) : 0;
        return {
          text: options[index] ?? '',
          finishReason: 'stop' as const,
          usage: { promptTokens: tokens.length, cachedTokens, replyTokens: closed[index]?.length ?? 0 },
          probabilities: new Map(options.map((option, at) => [option, at === index ? probability : rest])),
        };
      },
      signal,
    );
  }

  return {
    modelId,
    describe: (prompt) => prompt.messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n'),
    measure(prompt) {
      const tokens = promptTokens(prompt).length;
      return { promptTokens: tokens, contextTokens, fits: tokens + Math.min(prompt.maxReplyTokens, contextTokens / 4) <= contextTokens };
    },
    complete(prompt, signal) {
      const { reply } = prompt;
      const turn = reply.kind === 'choice' ? pick(prompt, reply.choices, signal) : queue.then(() => write(prompt, signal));
      if (reply.kind !== 'choice') queue = turn.catch(() => undefined); // the caller gets the rejection; the queue only waits
      return turn.catch((cause: unknown) => {
        signal.throwIfAborted();
        throw new NerError(`${modelId} stopped while it wrote its reply: ${String(cause)}`, { code: 'model-failed', modelId }, { cause });
      });
    },
    async [Symbol.asyncDispose]() {
      await context.dispose();
      await model.dispose();
    },
  };
}

async function grammarOf(model: LlamaModel, reply: ChatReply): Promise<LlamaGrammar | undefined> {
  return reply.kind === 'json' ? model.llama.createGrammar({ grammar: jsonGrammar(reply.schema, reply.partsOf) }) : undefined;
}

/** The messages as node-llama-cpp has them, ending where the model's turn begins. */
function history(prompt: ChatPrompt): ChatHistoryItem[] {
  return [...prompt.messages.map(({ role, content }): ChatHistoryItem => ({ type: role, text: content })), { type: 'model', response: [] }];
}
