import type { ChatPrompt } from '../prompting/dialect.ts';

/** How much of a model's context a prompt takes. */
export interface PromptSize {
  readonly promptTokens: number;
  /** Prompt and reply together; Infinity where nothing is known of it. */
  readonly contextTokens: number;
  /** Whether prompt and reply fit. */
  readonly fits: boolean;
  /** Whether the tokens were not counted. */
  readonly isEstimate?: true;
}

/** The size of a chat prompt, with room for its longest reply, but at most a quarter of the context. */
export function chatPromptSize({ maxReplyTokens }: ChatPrompt, promptTokens: number, contextTokens: number): PromptSize {
  return { promptTokens, contextTokens, fits: promptTokens + Math.min(maxReplyTokens, contextTokens / 4) <= contextTokens };
}

/**
 * About how many tokens a server's model makes of a prompt: one of three UTF-8 bytes. English has four bytes in a token, languages of
 * other scripts about three, so that it is rather too many than too few.
 */
export function estimatedTokens({ messages }: ChatPrompt): number {
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return Math.ceil(bytes / 3);
}
