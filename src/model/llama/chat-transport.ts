import { type ChatHistoryItem, LlamaChat, type LlamaModel, resolveChatWrapper, type Token } from 'node-llama-cpp';
import type { ChatMessage, ChatPrompt, ChatReply, Completion } from '../../prompting/dialect.ts';
import { chatPromptSize } from '../prompt-size.ts';
import type { Transport } from '../transport.ts';
import { branchingSequence, type Decoder, type Prefix } from './branching-sequence.ts';
import { choose } from './choice.ts';
import { jsonGrammar } from './grammar.ts';
import { refuseShift, soleSequence } from './runtime.ts';
import { modelTurns } from './turns.ts';

/** Where a chat prompt goes. The transport owns `model` and releases it. */
export interface ChatTransportOptions {
  readonly modelId: string;
  readonly model: LlamaModel;
  /** Prompt and reply together, in tokens. */
  readonly contextTokens: number;
  /** For one reply; default no limit. */
  readonly timeoutMs?: number | undefined;
}

/** A completion but for what is known of its prompt. */
type Reply = Omit<Completion, 'usage'> & { readonly replyTokens: number };

/** Chat templates that tell a model the date, told not to: an answer must be the same tomorrow. */
export const datelessTemplates = {
  'llama3.1': { todayDate: null },
  'llama3.2-lightweight': { todayDate: null },
  harmony: { todayDate: null },
  muse: { todayDate: null },
} as const;

/**
 * Chat prompts to any GGUF model in this process, in the model's own chat template. JSON replies are held to their schema, and
 * mentions to the words of the text, by a grammar; a closed choice is read off the probabilities. Only the template makes control
 * tokens, texts never do. What prompts share (see `ChatPrompt`) is evaluated once.
 */
export async function chatTransport(options: ChatTransportOptions): Promise<Transport<ChatPrompt>> {
  const { modelId, model, contextTokens, timeoutMs } = options;
  const sequence = await soleSequence(model, { contextTokens });
  const template = resolveChatWrapper(model, { customWrapperSettings: datelessTemplates });
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: template });
  const branches = branchingSequence(sequence);
  const turns = modelTurns({ modelId, timeoutMs });

  const tokensOf = (messages: readonly ChatMessage[]): Token[] =>
    template.generateContextState({ chatHistory: history(messages) }).contextText.tokenize(model.tokenizer);

  /** A token may reach over the end of a shared part, so that the tokens are compared with those of that part alone. */
  function encode({ messages, sharedLength = 0, commonLength = 0 }: ChatPrompt): {
    readonly prefix: Prefix;
    readonly question: readonly Token[];
  } {
    const tokens = tokensOf(messages);
    const [common = 0, shared = 0] = [commonLength, sharedLength].map((length) => {
      const alone = length === 0 ? [] : tokensOf(cutLast(messages, length));
      const same = tokens.slice(0, -1).findIndex((token, index) => token !== alone[index]); // a branch needs a token to start from
      return same < 0 ? tokens.length - 1 : same;
    });
    const kept = Math.min(common, shared); // what is common to all texts is part of what is shared about this one
    const parts = [tokens.slice(0, kept), tokens.slice(kept, shared)];
    return { prefix: parts.filter(({ length }) => length > 0), question: tokens.slice(shared) };
  }

  async function write(prompt: ChatPrompt, maxTokens: number, signal: AbortSignal): Promise<Reply> {
    const meter = sequence.tokenMeter.getState();
    const { reply } = prompt;
    const { response, metadata } = await chat.generateResponse(history(prompt.messages), {
      temperature: 0,
      repeatPenalty: false,
      maxTokens,
      contextShift: { size: refuseShift },
      budgets: { thoughtTokens: 0 },
      signal,
      ...(reply.kind === 'json' ? { grammar: await model.llama.createGrammar({ grammar: jsonGrammar(reply.schema, reply.partsOf) }) } : {}),
    });
    return {
      text: response,
      finishReason: metadata.stopReason === 'maxTokens' ? 'length' : 'stop',
      replyTokens: sequence.tokenMeter.diff(meter).usedOutputTokens,
    };
  }

  async function pick({ choices }: ChoiceReply, question: readonly Token[], decoder: Decoder): Promise<Reply> {
    const closing = model.tokens.eot ?? model.tokens.eos;
    const closed = choices.map((choice) => [...model.tokenize(choice, false, 'trimLeadingSpace'), ...(closing === null ? [] : [closing])]);
    const { index, probabilities } = await choose(decoder, question, { choices: closed });
    return {
      text: choices[index] ?? '',
      finishReason: 'stop',
      probabilities: new Map(choices.map((choice, at) => [choice, probabilities[at] ?? 0])),
      replyTokens: closed[index]?.length ?? 0,
    };
  }

  async function complete(prompt: ChatPrompt, signal: AbortSignal): Promise<Completion> {
    const { prefix, question } = encode(prompt);
    const promptTokens = prefix.flat().length + question.length;
    const maxReplyTokens = Math.min(prompt.maxReplyTokens, contextTokens - promptTokens);
    return branches.branch(
      prefix,
      async (decoder, cachedTokens) => {
        const { replyTokens, ...reply } =
          prompt.reply.kind === 'choice' ? await pick(prompt.reply, question, decoder) : await write(prompt, maxReplyTokens, signal);
        return { ...reply, usage: { promptTokens, cachedTokens, replyTokens } };
      },
      signal,
    );
  }

  return {
    modelId,
    describe: (prompt) => prompt.messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n'),
    measure(prompt) {
      turns.assertOpen();
      return chatPromptSize(prompt, tokensOf(prompt.messages).length, contextTokens);
    },
    complete: (prompt, signal) => turns.take((stop) => complete(prompt, stop), signal),
    async [Symbol.asyncDispose]() {
      await turns.close();
      await sequence.context.dispose();
      await model.dispose();
    },
  };
}

type ChoiceReply = Extract<ChatReply, { kind: 'choice' }>;

/** The messages as node-llama-cpp has them, ending where the model's turn begins. */
function history(messages: readonly ChatMessage[]): ChatHistoryItem[] {
  return [...messages.map(({ role, content }): ChatHistoryItem => ({ type: role, text: content })), { type: 'model', response: [] }];
}

function cutLast(messages: readonly ChatMessage[], length: number): ChatMessage[] {
  return messages.map((message, index) =>
    index === messages.length - 1 ? { ...message, content: message.content.slice(0, length) } : message,
  );
}
