import { setTimeout } from 'node:timers/promises';
import type { Job, Queue, QueueEvents } from 'bullmq';
import type { CorpusDocument } from '../run-corpus.ts';
import type { RunIdentity } from '../run-journal.ts';
import type { QueueBackend } from './backend.ts';
import { type Chunk, type ChunkLimits, chunksOf } from './chunks.ts';
import { type CrewWatch, watchCrew } from './crew-watch.ts';
import { chunkId, chunkQueue, pipelineKey } from './names.ts';
import { type ChunkPayload, pack, progressSchema, returnSchema } from './payload.ts';
import { openRegistry, type Registry } from './registry.ts';
import { outcomesOf, type RemoteOutcome } from './remote-outcome.ts';

export interface SubmitOptions {
  readonly backend: QueueBackend;
  /** The run's key, and what people know it by. */
  readonly run: string;
  readonly title: string;
  /** What decides its results: workers with another do not see it. */
  readonly pipeline: RunIdentity;
  readonly limits: ChunkLimits;
  /** How often a chunk is tried while models are out of order. */
  readonly attempts: number;
  readonly trace: boolean;
  /** Whether calls are told with the outcomes. */
  readonly calls: boolean;
  /** How many documents of the corpus outlive a crash of this process. */
  readonly durable: () => number;
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

/** A chunk that was sent. */
interface Sent {
  readonly chunk: Chunk;
  readonly id: string;
  /** Of its documents, how many are told as done, and as failed. */
  readonly told: { done: number; failed: number };
  state: 'sent' | 'finished' | 'withdrawn';
  isAsked: boolean;
}

/** Longest time until the state of the next chunk is asked for, in milliseconds, should the word of its end be lost. */
const askMs = 1_000;
/** Time to the second attempt at a chunk, in milliseconds, twice as long each time, and shorter by chance down to a half of that. */
const firstPauseMs = 2_000;

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
  await removeOutages(options, queue);
  const hands = createHands(options, queue);
  let isFinished = false;
  opening.defer(async () => {
    stop.removeEventListener('abort', bell.ring);
    await hands.leave({ isFinished, registry }).catch(() => undefined); // what ended the run is told, not this
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
      await hands.forget();
      if (stop.aborted) await hands.withdraw(sent);
      const [next] = sent;
      if (next === undefined || next.state === 'withdrawn') return;
      if (!(await hands.isFinished(next, bell))) continue;
      const outcomes = await hands.take(next);
      if (outcomes === undefined) continue;
      sent.shift();
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

/** What failed for want of models, before the run was resumed, is tried again. */
async function removeOutages({ backend, run }: SubmitOptions, queue: Queue): Promise<void> {
  const completed: Job[] = await backend.call(() => queue.getJobs(['completed']));
  for (const job of completed) if (isOf(run, job) && hasOutages(job)) await backend.call(() => queue.remove(job.id ?? ''));
}

function isOf(run: string, { id = '' }: Job): boolean {
  return id.startsWith(`${run}-`);
}

function hasOutages({ returnvalue }: Job): boolean {
  return (returnSchema.safeParse(returnvalue).data?.outages ?? 1) > 0;
}

/** What a submission does with its chunks in the queue. */
function createHands({ backend, run, pipeline, attempts, trace, calls, durable }: SubmitOptions, queue: Queue) {
  const { call } = backend;
  /** Chunks whose outcomes are written, but may not outlive a crash yet. */
  const taken: Sent[] = [];

  async function add({ chunk, id }: Sent): Promise<void> {
    const { documents } = chunk;
    const payload: ChunkPayload = { run, documents: pack(documents), count: documents.length, trace, calls };
    await call(() =>
      queue.add('chunk', payload, { jobId: id, attempts, backoff: { type: 'exponential', delay: firstPauseMs, jitter: 0.5 } }),
    );
  }

  return {
    async send(chunk: Chunk, done: number): Promise<Sent> {
      const { first, documents } = chunk;
      const one: Sent = {
        chunk,
        id: chunkId(run, first, documents.length),
        told: { done: Math.max(0, done - first), failed: 0 },
        state: 'sent',
        isAsked: false,
      };
      await add(one);
      return one;
    },
    /** Whether a chunk is done, or given up; waits a while before it says no. */
    async isFinished(one: Sent, bell: Bell): Promise<boolean> {
      if (one.state === 'finished') return true;
      if (one.isAsked) await bell.wait(askMs);
      one.isAsked = true;
      const state = await call(() => queue.getJobState(one.id));
      if (state === 'unknown') await add(one); // somebody took it out
      if (state === 'completed' || state === 'failed') one.state = 'finished';
      return state === 'completed' || state === 'failed';
    },
    /** The outcomes of a chunk that is finished; `undefined` if it is not there any more. */
    async take(one: Sent): Promise<readonly RemoteOutcome[] | undefined> {
      const job: Job | undefined = await call(() => queue.getJob(one.id));
      const outcomes = job === undefined ? undefined : outcomesOf(job, one.chunk.documents);
      if (outcomes === undefined) {
        one.state = 'sent';
        one.isAsked = false;
        return undefined;
      }
      taken.push(one);
      return outcomes;
    },
    /** Removes chunks whose outcomes are on the disk. */
    async forget(): Promise<void> {
      for (let next = taken[0]; next !== undefined && next.chunk.first + next.chunk.documents.length <= durable(); next = taken[0]) {
        const { id } = next;
        await call(() => queue.remove(id));
        taken.shift();
      }
    },
    /** Takes back chunks that nobody has begun, or that wait for another attempt. */
    async withdraw(sent: readonly Sent[]): Promise<void> {
      for (const one of sent.toReversed()) {
        if (one.state !== 'sent') continue;
        const state = await call(() => queue.getJobState(one.id));
        if (state !== 'waiting' && state !== 'delayed') continue;
        if ((await call(() => queue.remove(one.id))) === 1) one.state = 'withdrawn';
      }
    },
    /** Leaves nothing in the queue but what a resumption can use: outcomes. */
    async leave({ isFinished, registry }: { readonly isFinished: boolean; readonly registry: Registry }): Promise<void> {
      await this.forget();
      const all: Job[] = await queue.getJobs(['waiting', 'delayed', 'completed', 'failed', 'active']);
      for (const job of all) {
        if (!isOf(run, job)) continue;
        const isUseful = !isFinished && job.finishedOn !== undefined && (job.failedReason !== undefined || !hasOutages(job));
        if (!isUseful) await queue.remove(job.id ?? '');
      }
      const { runs } = await registry.list();
      const isShared = runs.some((other) => other.id !== run && pipelineKey(other.pipeline) === pipelineKey(pipeline));
      if (isFinished && !isShared) await queue.obliterate();
    },
  };
}

/** Wakes who waits. */
interface Bell {
  ring(): void;
  /** Resolves when it rings, or after so many milliseconds. */
  wait(ms: number): Promise<void>;
}

function createBell(): Bell {
  let { promise, resolve } = Promise.withResolvers<void>();
  return {
    ring() {
      resolve();
      ({ promise, resolve } = Promise.withResolvers<void>());
    },
    async wait(ms) {
      const ending = new AbortController();
      await Promise.race([promise, setTimeout(ms, undefined, { signal: ending.signal }).catch(() => undefined)]);
      ending.abort();
    },
  };
}
