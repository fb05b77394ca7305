import { NerError } from '../error.ts';
import { abortable } from '../model/abortable.ts';
import { linkedSignal } from '../model/linked-signal.ts';
import type { Call } from './ensemble.ts';
import type { RecognizerOptions } from './options.ts';

/** What one document may take of the models. */
export type DocumentBudget = Pick<RecognizerOptions, 'documentTimeout' | 'documentTokens'>;

/**
 * Does the work about one document, and ends it, with all calls in flight, as soon as it has taken more than the budget. Tokens are known when a round
 * of asking has ended.
 * @param work - is to tell of all calls that it made.
 * @throws {NerError} `over-budget`; what the work throws.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function withinBudget<T>(
  { documentTimeout: seconds, documentTokens: tokens }: DocumentBudget,
  work: (spend: (calls: readonly Call[]) => void, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const exceeded = new AbortController();
  using linked = linkedSignal(signal, exceeded.signal);
  const timer = seconds === undefined ? undefined : setTimeout(() => exceeded.abort(overTime(seconds)), seconds * 1000);
  let spent = 0;
  const spend = (calls: readonly Call[]): void => {
    spent += calls.reduce((sum, { usage }) => sum + usage.promptTokens + usage.replyTokens, 0);
    if (tokens !== undefined && spent > tokens) exceeded.abort(overTokens(spent, tokens));
  };
  try {
    return await abortable(work(spend, linked.signal), linked.signal);
  } finally {
    clearTimeout(timer);
  }
}

function overTime(seconds: number): NerError {
  const message = `The document took longer than its ${seconds} s, waiting for models included. Allow it more (documentTimeout, --document-timeout), fewer documents at once, or quicker models.`;
  return new NerError(message, { code: 'over-budget', budget: 'documentTimeout', limit: seconds });
}

function overTokens(spent: number, tokens: number): NerError {
  const message = `The document took ${spent} tokens of its models and may take ${tokens}. Allow it more (documentTokens, --document-tokens), or give fewer demonstrations or shorter texts.`;
  return new NerError(message, { code: 'over-budget', budget: 'documentTokens', limit: tokens });
}
