import type { Task, TaskData, TaskKind } from './task.ts';

/** Why a reply is of no use. It is data, not an error: the raw reply stays in the trace. */
export type ReplyFault = 'malformed' | 'refusal' | 'empty';

/** What a reply meant. */
export type Parsed<K extends TaskKind = TaskKind> =
  | { readonly ok: true; readonly data: TaskData[K] }
  | { readonly ok: false; readonly fault: ReplyFault };

/** What came back for one prompt. */
export interface Completion {
  readonly text: string;
  /** `length`: cut off at the token limit. */
  readonly finishReason: 'stop' | 'length' | 'other';
  readonly usage: Usage;
  /** For a closed question: the probability of each choice in [0, 1], where the runtime tells. */
  readonly probabilities?: ReadonlyMap<string, number>;
}

/** Counts of tokens of one or more prompts. */
export interface Usage {
  readonly promptTokens: number;
  /** Those of the prompt's tokens that were not evaluated anew. */
  readonly cachedTokens: number;
  readonly replyTokens: number;
}

/**
 * A way to put tasks to a model and to read its replies: pure functions, without any state.
 * @typeParam P - the prompt that its transport takes.
 * @typeParam C - the completion that its transport gives.
 */
export interface Dialect<P = unknown, C extends Completion = Completion> {
  /** Name and version, for example `nano@1`; the version changes with every change of a prompt. */
  readonly id: string;
  /** One prompt or several; all of them are asked and their completions come to `parse` in the same order. */
  render(task: Task): readonly P[];
  parse<K extends TaskKind>(task: Extract<Task, { kind: K }>, completions: readonly C[]): Parsed<K>;
}

/** One message of a chat. */
export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** JSON Schema of a reply, in the subset that strict servers and grammars take: objects, arrays, strings, enums. */
export type JsonSchema =
  | {
      readonly type: 'object';
      readonly properties: Readonly<Record<string, JsonSchema>>;
      readonly required: readonly string[];
      readonly additionalProperties: false;
    }
  | { readonly type: 'array'; readonly items: JsonSchema }
  | { readonly type: 'string'; readonly enum?: readonly string[] };

/** What a chat reply may be. A transport holds the model to it where it can. */
export type ChatReply =
  | { readonly kind: 'text' }
  | {
      readonly kind: 'json';
      readonly name: string;
      readonly schema: JsonSchema;
      /** Where the runtime can, every string without an enum is held to the words of this text. */
      readonly partsOf?: string;
    }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

/** A prompt for a chat model. */
export interface ChatPrompt {
  readonly messages: readonly ChatMessage[];
  /**
   * How far the prompts about one text are alike, in UTF-16 code units of the last message, all messages before it included.
   * A runtime may keep what it has computed up to there. Default: they share nothing.
   */
  readonly sharedLength?: number;
  /** How far the prompts about all texts with these types are alike, likewise; at most `sharedLength`. Default: they share nothing. */
  readonly commonLength?: number;
  readonly reply: ChatReply;
  readonly maxReplyTokens: number;
}
