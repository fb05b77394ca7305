import type { Completion } from '../prompting/dialect.ts';
import type { PromptSize } from './prompt-size.ts';

/**
 * The way to a model: a prompt goes in, a completion comes out.
 * @typeParam P - the prompt that the model's dialect renders.
 */
export interface Transport<P, C extends Completion = Completion> extends AsyncDisposable {
  readonly modelId: string;
  /**
   * @throws {NerError} `model-unavailable`, `model-failed` or `timeout`.
   * @throws `signal.reason` once the signal is aborted.
   */
  complete(prompt: P, signal: AbortSignal): Promise<C>;
  /** The prompt as text, for the trace. */
  describe(prompt: P): string;
  /** Whether prompt and reply fit the model's context, where the transport can tell. */
  measure?(prompt: P): PromptSize;
}
