import type { z } from 'zod';
import type { Result } from '../../src/pipeline/result.ts';
import type { extractSchema, ResultBody } from '../../src/server/schemas.ts';

/** What the page sends; what it leaves out has a default. */
export type ExtractRequest = z.input<typeof extractSchema>;

/** A document as the server answers it, with its trace typed. */
export type DocumentResult = Omit<ResultBody, 'trace'> & Pick<Result, 'trace'>;

/** What a stage came to, as the stream tells it. */
export interface StageEvent {
  readonly id: string;
  /** Where the window begins in the document. */
  readonly start: number;
  /** Into how many windows the document is cut. */
  readonly windows: number;
  readonly stage: 'retrieve' | 'extract' | 'classify' | 'verify' | 'joint';
  readonly demonstrations: number;
  readonly mentions: readonly { readonly start: number; readonly end: number; readonly status: string; readonly type?: string }[];
}
