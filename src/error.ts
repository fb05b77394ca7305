/** What went wrong, as data that a caller can act on. */
export type NerErrorDetail =
  /** Options, flags or a configuration that make no sense. */
  | { readonly code: 'usage' }
  /** A file or a row of it that cannot be read; `line` counts from 1. */
  | { readonly code: 'unreadable-input'; readonly path: string; readonly line?: number }
  /** A file that a server did not give, or not as it should be. */
  | { readonly code: 'download-failed'; readonly url: string; readonly status?: number }
  /** A model that cannot be loaded, or a server that cannot be reached. */
  | { readonly code: 'model-unavailable'; readonly modelId: string }
  /** A model that was reached and did not answer: a server's error, a crash of the runtime. */
  | { readonly code: 'model-failed'; readonly modelId: string; readonly status?: number }
  /** A model that took longer than it was given. */
  | { readonly code: 'timeout'; readonly modelId: string; readonly timeoutMs: number }
  /** A prompt that does not fit the model's context, even without demonstrations. */
  | { readonly code: 'context-overflow'; readonly modelId: string; readonly promptTokens: number; readonly contextTokens: number }
  /** Too few members of the ensemble answered; `failures` says why each of the others did not. */
  | {
      readonly code: 'no-quorum';
      readonly stage: string;
      readonly answered: number;
      readonly quorum: number;
      readonly failures: readonly NerError[];
    }
  /** A document that took more than it may: `limit` is in seconds or in tokens. */
  | { readonly code: 'over-budget'; readonly budget: 'documentTimeout' | 'documentTokens'; readonly limit: number }
  /** A file that cannot be written, for example since its disk is full. */
  | { readonly code: 'unwritable-output'; readonly path: string }
  /** A queue's server that cannot be reached, or does not answer. */
  | { readonly code: 'queue-unavailable' }
  /** Documents whose workers ended again and again, before they were done; it may be these documents that end them. */
  | { readonly code: 'workers-lost' }
  /** A fault of this package, or of a part that was plugged into it; the cause tells. */
  | { readonly code: 'internal' };

export type NerErrorCode = NerErrorDetail['code'];

/** The one error class of this package: a sentence for people, a `detail` for programs, a `cause`. */
export class NerError extends Error {
  readonly detail: NerErrorDetail;

  constructor(message: string, detail: NerErrorDetail, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'NerError';
    this.detail = detail;
  }
}

/** The error of options, flags or a configuration that make no sense. */
export function usageError(message: string): NerError {
  return new NerError(message, { code: 'usage' });
}
