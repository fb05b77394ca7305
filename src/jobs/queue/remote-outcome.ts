import type { Job } from 'bullmq';
import { NerError } from '../../error.ts';
import type { CorpusDocument } from '../run-corpus.ts';
import { chunkSchema, keptSchema, pack, returnSchema, type Shipped, shippedSchema, unpack } from './payload.ts';

/** What became of a document at a worker. */
export type RemoteOutcome = ({ readonly status: 'recognized' } | { readonly status: 'failed'; readonly error: NerError }) &
  Pick<Shipped, 'line' | 'calls'>;

/** The parts of a finished job that are used here. */
export type FinishedJob = Pick<Job, 'data' | 'returnvalue' | 'failedReason' | 'finishedOn' | 'stalledCounter' | 'attemptsMade'>;

/** What BullMQ says of a job whose workers went away too often. */
const stalledReason = 'job stalled more than allowable limit';

/** Whether a chunk was given up since its workers went away. */
export function isLost({ finishedOn, returnvalue, failedReason }: FinishedJob): boolean {
  return (
    finishedOn !== undefined &&
    !returnSchema.safeParse(returnvalue).success &&
    (failedReason === stalledReason || failedReason === undefined)
  );
}

/** What was done of a chunk before it was given up, packed as a chunk of that document alone keeps it; `undefined` where nothing was. */
export function keptOf({ data }: FinishedJob, at: number): string | undefined {
  const { kept } = chunkSchema.parse(data);
  const done = kept === undefined ? undefined : unpack(keptSchema, kept)[at];
  return done === undefined || done === null ? undefined : pack([done]);
}

/**
 * What became of the documents of a chunk, in their order; of one that was given up, what was done of it before. `undefined` if it is not finished.
 */
export function outcomesOf(job: FinishedJob, documents: readonly CorpusDocument[]): readonly RemoteOutcome[] | undefined {
  if (job.finishedOn === undefined) return undefined;
  const returned = returnSchema.safeParse(job.returnvalue).data;
  if (returned !== undefined) {
    const outcomes = unpack(shippedSchema.array().length(documents.length), returned.outcomes);
    return outcomes.map(received);
  }
  const { kept } = chunkSchema.parse(job.data);
  const before = kept === undefined ? [] : unpack(keptSchema, kept);
  const error = lossOf(job);
  return documents.map((document, at) => {
    const done = before[at];
    return done === null || done === undefined ? lost(document, error) : received(done);
  });
}

function received({ line, failure, calls }: Shipped): RemoteOutcome {
  const told = calls === undefined ? {} : { calls };
  if (failure === undefined) return { status: 'recognized', line, ...told };
  const { message, isOutage } = failure;
  const detail = isOutage ? ({ code: 'model-unavailable', modelId: 'ensemble' } as const) : ({ code: 'internal' } as const);
  return { status: 'failed', line, error: new NerError(message, detail), ...told };
}

function lost({ id, text }: CorpusDocument, error: NerError): RemoteOutcome {
  return { status: 'failed', line: JSON.stringify({ id, text, error: { code: error.detail.code, message: error.message } }), error };
}

/** Why a chunk was given up. */
function lossOf(job: FinishedJob): NerError {
  const { failedReason, stalledCounter, attemptsMade } = job;
  if (isLost(job))
    return new NerError(
      `${stalledCounter} workers in turn ended or fell silent while they had this document by itself. It may be what ends them; --retry-failed tries it again.`,
      { code: 'workers-lost' },
    );
  return new NerError(`No worker could do this document in ${attemptsMade} attempts: ${failedReason}`, { code: 'internal' });
}
