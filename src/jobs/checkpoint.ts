import { z } from 'zod';

/** How far a run has come, and how long its files are then. */
export interface Checkpoint {
  /** Documents that are done, failed ones among them. */
  readonly documents: number;
  readonly failed: number;
  /** Bytes of the results, and of the failures. */
  readonly resultBytes: number;
  readonly failureBytes: number;
  /** Whether there was no document after these. */
  readonly isLast: boolean;
  /** Retries that were merged into it; left out for none. */
  readonly retries?: number;
  /** Whether files that are whole are about to take the place of both. */
  readonly isReplacing?: true;
}

export const noProgress: Checkpoint = { documents: 0, failed: 0, resultBytes: 0, failureBytes: 0, isLast: false };

const count = z.number().int().min(0);

/** A line of a journal. */
export const checkpointSchema: z.ZodType<Checkpoint> = z.object({
  documents: count,
  failed: count,
  resultBytes: count,
  failureBytes: count,
  isLast: z.boolean(),
  retries: count.exactOptional(),
  isReplacing: z.literal(true).exactOptional(),
});
