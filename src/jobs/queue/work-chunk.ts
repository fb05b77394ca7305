import type { Job } from 'bullmq';
import type { FailedRecognition, Recognition } from '../../pipeline/recognition.ts';
import type { Recognizer } from '../../pipeline/recognizer.ts';
import type { CorpusDocument } from '../run-corpus.ts';
import { type ChunkReturn, chunkSchema, documentsSchema, keptSchema, pack, type Shipped, unpack } from './payload.ts';

/** What a worker brings to a chunk. */
export interface ChunkCrew {
  readonly recognizer: Pick<Recognizer, 'recognizeAll'>;
  /** Does a piece of work when there is a place for one more document. */
  readonly placed: <T>(work: () => Promise<T>) => Promise<T>;
  /** What is sent of a result. */
  readonly ship: (result: Recognition | FailedRecognition, wanted: { readonly trace: boolean; readonly calls: boolean }) => Shipped;
  /** Is told when a document is begun, and what became of it; nothing if it was given up. */
  readonly onBegin: () => void;
  readonly onEnd: (outcome: Shipped | undefined) => void;
}

/** The parts of a job that are used here. */
export type ChunkJob = Pick<Job, 'data' | 'opts' | 'attemptsMade' | 'stalledCounter' | 'updateData' | 'updateProgress'>;

/** How often the submitter is told how far a chunk is, in milliseconds. */
const progressMs = 250;
/** How often outcomes are kept with the chunk, for a worker that takes it over, in milliseconds. */
const keepMs = 10_000;

/**
 * Recognizes the documents of a chunk that no worker before has done.
 * @throws an error with its reason if models are out of order and the chunk may be tried again; what is done of it is kept.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function workChunk(job: ChunkJob, crew: ChunkCrew, signal: AbortSignal): Promise<ChunkReturn> {
  const payload = chunkSchema.parse(job.data);
  const documents = unpack(documentsSchema, payload.documents);
  const outcomes: (Shipped | null)[] = payload.kept === undefined ? documents.map(() => null) : unpack(keptSchema, payload.kept);
  const keep = (): Promise<void> => job.updateData({ ...payload, kept: pack(outcomes) });
  const tell = async (): Promise<void> => {
    const done = outcomes.filter((outcome) => outcome !== null);
    await job.updateProgress({ done: done.length, failed: done.filter(({ failure }) => failure !== undefined).length });
  };
  const sometimes = [paced(tell, progressMs), paced(keep, job.stalledCounter > 0 ? 0 : keepMs)];

  const work = async (document: CorpusDocument, at: number): Promise<void> => {
    signal.throwIfAborted();
    crew.onBegin();
    let outcome: Shipped | undefined;
    try {
      outcome = crew.ship(await recognizeOne(document, crew, signal), payload);
      outcomes[at] = outcome;
    } finally {
      crew.onEnd(outcome);
    }
    for (const act of sometimes) await act();
  };
  const settled = await Promise.allSettled(
    documents.map((document, at) => (outcomes[at] === null ? crew.placed(() => work(document, at)) : undefined)),
  );
  for (const one of settled) if (one.status === 'rejected') throw one.reason;

  const outages = outcomes.filter((outcome) => outcome?.failure?.isOutage);
  if (outages.length > 0 && job.attemptsMade + 1 < (job.opts.attempts ?? 1)) {
    for (const [at, outcome] of outcomes.entries()) if (outcome?.failure?.isOutage) outcomes[at] = null;
    await keep();
    throw new Error(outages[0]?.failure?.message);
  }
  return { outcomes: pack(outcomes), outages: outages.length };
}

async function recognizeOne(
  document: CorpusDocument,
  { recognizer }: ChunkCrew,
  signal: AbortSignal,
): Promise<Recognition | FailedRecognition> {
  for await (const result of recognizer.recognizeAll([document], { signal })) return result;
  throw new Error('No result came of a document.');
}

/** Does something at most so often. If the server is away it comes to nothing, since all of it comes again with the chunk's end. */
function paced(act: () => Promise<void>, everyMs: number): () => Promise<void> {
  let actedAt = performance.now();
  return async () => {
    if (performance.now() - actedAt < everyMs) return;
    actedAt = performance.now();
    await act().catch(() => undefined);
  };
}
