import { setTimeout } from 'node:timers/promises';
import type { Job, Queue } from 'bullmq';
import type { QueueBackend } from './backend.ts';
import type { Chunk } from './chunks.ts';
import { chunkId } from './names.ts';
import { type ChunkPayload, pack, returnSchema } from './payload.ts';
import { isLost, keptOf, outcomesOf, type RemoteOutcome } from './remote-outcome.ts';

/** Whose chunks they are, and how they are sent. */
export interface HandsOptions {
  readonly backend: QueueBackend;
  /** The run's key. */
  readonly run: string;
  /** How often a chunk is tried while models are out of order. */
  readonly attempts: number;
  readonly trace: boolean;
  /** Whether calls are told with the outcomes. */
  readonly calls: boolean;
  /** How many documents of the corpus outlive a crash of this process. */
  readonly durable: () => number;
}

/** A chunk that was sent. */
export interface Sent {
  readonly chunk: Chunk;
  readonly id: string;
  /** What was done of it in another chunk, packed. */
  readonly kept?: string | undefined;
  /** Of its documents, how many are told as done, and as failed. */
  readonly told: { done: number; failed: number };
  state: 'sent' | 'finished' | 'withdrawn';
  isAsked: boolean;
}

/** Outcomes of a run that nobody resumes are removed after so long: a week. */
const keptForSeconds = 604_800;
/** Longest time until the state of the next chunk is asked for, in milliseconds, should the word of its end be lost. */
const askMs = 1_000;
/** Time to the second attempt at a chunk, in milliseconds, twice as long each time, and shorter by chance down to a half of that. */
const firstPauseMs = 2_000;

/** What failed for want of models, before the run was resumed, is tried again. */
export async function removeOutages({ backend, run }: Pick<HandsOptions, 'backend' | 'run'>, queue: Queue): Promise<void> {
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
export function createHands({ backend, run, attempts, trace, calls, durable }: HandsOptions, queue: Queue) {
  const { call } = backend;
  /** Chunks whose outcomes are written, but may not outlive a crash yet. */
  const taken: Sent[] = [];

  async function add({ chunk, id, kept: before }: Sent): Promise<void> {
    const { documents } = chunk;
    const whole = { run, documents: pack(documents), count: documents.length, trace, calls };
    const payload: ChunkPayload = before === undefined ? whole : { ...whole, kept: before };
    const backoff = { type: 'exponential', delay: firstPauseMs, jitter: 0.5 };
    const kept = { removeOnComplete: { age: keptForSeconds }, removeOnFail: { age: keptForSeconds } };
    await call(() => queue.add('chunk', payload, { jobId: id, attempts, backoff, ...kept }));
  }

  /** Removes chunks whose outcomes are on the disk. */
  async function forget(): Promise<void> {
    for (let next = taken[0]; next !== undefined && next.chunk.first + next.chunk.documents.length <= durable(); next = taken[0]) {
      const { id } = next;
      await call(() => queue.remove(id));
      taken.shift();
    }
  }

  /** Takes back chunks that nobody has begun, or that wait for another attempt. */
  async function withdraw(sent: readonly Sent[]): Promise<void> {
    for (const one of sent.toReversed()) {
      if (one.state !== 'sent') continue;
      const state = await call(() => queue.getJobState(one.id));
      if (state !== 'waiting' && state !== 'delayed') continue;
      if ((await call(() => queue.remove(one.id))) === 1) one.state = 'withdrawn';
    }
  }

  async function send(chunk: Chunk, { told, kept }: Pick<Sent, 'told' | 'kept'>): Promise<Sent> {
    const one: Sent = { chunk, id: chunkId(run, chunk.first, chunk.documents.length), told, kept, state: 'sent', isAsked: false };
    await add(one);
    return one;
  }

  /** Sends each document of a chunk that was given up by itself, since one alone may be what ends workers. */
  async function part({ chunk: { first, documents }, told }: Sent, job: Job): Promise<readonly Sent[]> {
    const parts: Sent[] = [];
    for (const [at, document] of documents.entries()) {
      const toldOfIt = { done: at < told.done ? 1 : 0, failed: at < told.failed ? 1 : 0 };
      parts.push(await send({ first: first + at, documents: [document] }, { told: toldOfIt, kept: keptOf(job, at) }));
    }
    return parts;
  }

  return {
    send: (chunk: Chunk, done: number): Promise<Sent> => send(chunk, { told: { done: Math.max(0, done - chunk.first), failed: 0 } }),
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
    /** The outcomes of a chunk that is finished, or the chunks that were sent in its place; `undefined` if it is not there any more. */
    async take(one: Sent): Promise<{ readonly outcomes: readonly RemoteOutcome[]; readonly parts: readonly Sent[] } | undefined> {
      const job: Job | undefined = await call(() => queue.getJob(one.id));
      const outcomes = job === undefined ? undefined : outcomesOf(job, one.chunk.documents);
      if (job === undefined || outcomes === undefined) {
        one.state = 'sent';
        one.isAsked = false;
        return undefined;
      }
      taken.push(one);
      return one.chunk.documents.length > 1 && isLost(job) ? { outcomes: [], parts: await part(one, job) } : { outcomes, parts: [] };
    },
    /** Removes what is not needed any more, and once the run is to stop, takes back what can be. */
    async tidy(sent: readonly Sent[], { isStopping }: { readonly isStopping: boolean }): Promise<void> {
      await forget();
      if (isStopping) await withdraw(sent);
    },
    /** Leaves nothing in the queue but what a resumption can use: outcomes. */
    async leave({ isFinished }: { readonly isFinished: boolean }): Promise<void> {
      await forget();
      const all: Job[] = await queue.getJobs(['waiting', 'delayed', 'completed', 'failed', 'active']);
      for (const job of all) {
        if (!isOf(run, job)) continue;
        const isUseful = !isFinished && job.finishedOn !== undefined && (job.failedReason !== undefined || !hasOutages(job));
        if (!isUseful) await queue.remove(job.id ?? '');
      }
      // Events have results in them; other runs find out what they miss. To obliterate the queue would pause it for them.
      if (isFinished && backend.address.kind === 'redis') await queue.trimEvents(0); // BullMQ has no such thing on PostgreSQL
    },
  };
}

/** Wakes who waits. */
export interface Bell {
  ring(): void;
  /** Resolves when it rings, or after so many milliseconds. */
  wait(ms: number): Promise<void>;
}

export function createBell(): Bell {
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
