import type { QueueEvents } from 'bullmq';
import type { CorpusDocument } from '../run-corpus.ts';
import type { RunIdentity } from '../run-journal.ts';
import { createBell, createHands, type HandsOptions, removeOutages, type Sent } from './chunk-hands.ts';
import { type Chunk, type ChunkLimits, chunksOf } from './chunks.ts';
import { type CrewWatch, watchCrew } from './crew-watch.ts';
import { chunkQueue, pipelineKey } from './names.ts';
import { progressSchema } from './payload.ts';
import { openRegistry } from './registry.ts';
import type { RemoteOutcome } from './remote-outcome.ts';

export interface SubmitOptions extends HandsOptions {
  /** What decides the run's results. */
  readonly pipeline: RunIdentity;
  /** What people know the run by. */
  readonly title: string;
  readonly limits: ChunkLimits;
  /** Is told of every document that is done, by whomever and in any order. */
  readonly onDocument: (isFailed: boolean) => void;
  readonly note: (line: string) => void;
  /** Once aborted, no chunk is sent any more, those that nobody has begun are taken back, and others are waited for. */
  readonly stop: AbortSignal;
}

/** A run's chunks in the hands of workers. Disposing of it takes back what is of no use to a resumption. */
export interface Submission extends AsyncDisposable {
  /**
   * Outcomes of all but the first `done` documents, in their order.
   * @throws {NerError} `queue-unavailable` if the server goes away and stays away.
   */
  recognize(documents: AsyncIterable<CorpusDocument>, done: number): AsyncIterable<RemoteOutcome>;
  /** How many workers take part now. */
  readonly present: () => number;
  /** Says that all outcomes are written: nothing of the run stays in the queue. */
  finish(): void;
}

/** @throws {NerError} `queue-unavailable` */
export async function openSubmission(options: SubmitOptions): Promise<Submission> {
  const { backend, run, pipeline, limits, note, stop } = options;
  await using opening = new AsyncDisposableStack();
  const registry = await openRegistry(backend);
  const queue = await backend.queue(chunkQueue(pipelineKey(pipeline)));
  const events = await backend.events(chunkQueue(pipelineKey(pipeline)));
  const sent: Sent[] = [];
  const bell = createBell();
  let failure: { readonly reason: unknown } | undefined;
  const crew = opening.use(
    await watchCrew({
      registry,
      run: { kind: 'run', id: run, pipeline, title: options.title },
      pipeline: pipelineKey(pipeline),
      note,
      onFailure(reason) {
        failure = { reason };
        bell.ring();
      },
    }),
  );
  listen(events, { sent, onDocument: options.onDocument, ring: bell.ring });
  stop.addEventListener('abort', bell.ring);
  if (await backend.call(() => queue.isPaused())) await backend.call(() => queue.resume()); // or nobody would get a chunk, without a word
  await removeOutages(options, queue);
  const hands = createHands(options, queue);
  let isFinished = false;
  opening.defer(async () => {
    stop.removeEventListener('abort', bell.ring);
    await hands.leave({ isFinished }).catch(() => undefined); // what ended the run is told, not this
  });
  const owned = opening.move();

  async function* recognize(documents: AsyncIterable<CorpusDocument>, done: number): AsyncGenerator<RemoteOutcome, void, undefined> {
    const chunks = chunksOf(documents, limits, done);
    const feed = {
      chunks,
      sent,
      isWanted: () => !stop.aborted,
      ahead: () => chunksAhead(crew, limits),
      send: (chunk: Chunk) => hands.send(chunk, done),
    };
    let isOpen = true;
    for (;;) {
      if (failure !== undefined) throw failure.reason;
      if (isOpen) isOpen = await fill(feed);
      await hands.tidy(sent, { isStopping: stop.aborted });
      const [next] = sent;
      if (next === undefined || next.state === 'withdrawn') return;
      const taken = (await hands.isFinished(next, bell)) ? await hands.take(next) : undefined;
      if (taken === undefined) continue;
      const { outcomes, parts } = taken;
      sent.splice(0, 1, ...parts);
      tell(next, { done: outcomes.length, failed: outcomes.filter(({ status }) => status === 'failed').length }, options.onDocument);
      yield* outcomes.slice(Math.max(0, done - next.chunk.first));
    }
  }

  return {
    recognize,
    present: () => crew.present,
    finish() {
      isFinished = true;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Where chunks come from, and where they go. */
interface Feed {
  readonly chunks: AsyncIterator<Chunk, void>;
  readonly sent: Sent[];
  readonly isWanted: () => boolean;
  readonly ahead: () => number;
  readonly send: (chunk: Chunk) => Promise<Sent>;
}

/** Sends as many chunks as may be ahead. @returns whether there may be more. */
async function fill({ chunks, sent, isWanted, ahead, send }: Feed): Promise<boolean> {
  while (isWanted() && sent.length < ahead()) {
    const { value, done } = await chunks.next();
    // Stopped, the documents end anywhere, and so does the last chunk.
    if (done === true || value === undefined || !isWanted()) return false;
    sent.push(await send(value));
  }
  return isWanted();
}

/** So many that nobody waits for a chunk while another's end is on its way, and no more, whatever the corpus has. */
function chunksAhead({ places }: CrewWatch, { documents }: ChunkLimits): number {
  return places.reduce((sum, at) => sum + 2 * (Math.ceil(at / documents) + 1), 4);
}

/** Marks chunks that end, and tells how far the others are. */
function listen(
  events: QueueEvents,
  { sent, onDocument, ring }: Pick<SubmitOptions, 'onDocument'> & { readonly sent: readonly Sent[]; readonly ring: () => void },
): void {
  const find = (jobId: string): Sent | undefined => sent.find(({ id }) => id === jobId);
  const end = ({ jobId }: { readonly jobId: string }): void => {
    const one = find(jobId);
    if (one === undefined) return;
    one.state = 'finished';
    ring();
  };
  events.on('completed', end);
  events.on('failed', end);
  events.on('progress', ({ jobId, data }) => {
    const [one, progress] = [find(jobId), progressSchema.safeParse(data).data];
    if (one !== undefined && progress !== undefined) tell(one, progress, onDocument);
  });
}

/** Tells of documents that were not told of yet; a chunk that is begun anew is told of where it comes beyond. */
function tell(
  { told }: Sent,
  { done, failed }: { readonly done: number; readonly failed: number },
  onDocument: SubmitOptions['onDocument'],
): void {
  while (told.done < done) {
    const isFailed = told.failed < failed;
    if (isFailed) told.failed++;
    told.done++;
    onDocument(isFailed);
  }
}
