import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { Job, Queue, QueueEvents } from 'bullmq';
import type { QueueBackend } from './backend.ts';
import { queueAddress } from './queue-address.ts';

/** A job of a queue in memory. */
export interface MemoryJob {
  readonly id: string;
  readonly data: unknown;
  returnvalue?: unknown;
  failedReason?: string;
  finishedOn?: number;
  readonly stalledCounter: number;
  readonly attemptsMade: number;
}

/** What a worker makes of a job: what it returns, why it fails, or that it is lost without a word. */
export type MemoryResult = { readonly returned: unknown; readonly isTold?: boolean } | { readonly failed: string } | 'lost';

/** A backend whose queues are in memory, worked on by one worker. */
export interface MemoryBackend extends QueueBackend {
  /** Jobs of all queues. */
  readonly jobs: ReadonlyMap<string, MemoryJob>;
  /** The most jobs of chunks that were there at once. */
  readonly most: () => number;
  /** Whether jobs are worked on. */
  isServed: boolean;
  /** Whether somebody paused the queues. */
  isPaused: boolean;
}

/**
 * Queues for tests, as far as a submitter uses them.
 * @param work - gets the jobs that wait, says which of them to do next and what becomes of it.
 */
export function memoryBackend(
  work: (waiting: readonly MemoryJob[]) => { readonly job: MemoryJob; readonly result: MemoryResult },
): MemoryBackend {
  const queues = new Map<string, Map<string, MemoryJob>>();
  const jobs = new Map<string, MemoryJob>();
  const events = new EventEmitter();
  let [most, isWorking] = [0, false];
  const ofChunks = () => [...jobs.values()].filter(({ id }) => !id.startsWith('run-'));

  async function serve(): Promise<void> {
    if (isWorking) return;
    isWorking = true;
    for (;;) {
      await setImmediate();
      const waiting = ofChunks().filter(({ finishedOn }) => finishedOn === undefined);
      if (waiting.length === 0 || !backend.isServed || backend.isPaused) break;
      const { job, result } = work(waiting);
      if (result === 'lost') for (const queue of [jobs, ...queues.values()]) queue.delete(job.id);
      else finish(job, result);
    }
    isWorking = false;
  }

  function finish(job: MemoryJob, result: Exclude<MemoryResult, 'lost'>): void {
    const hasFailed = 'failed' in result;
    Object.assign(job, { finishedOn: 1 }, hasFailed ? { failedReason: result.failed } : { returnvalue: result.returned });
    if (hasFailed || result.isTold !== false) events.emit(hasFailed ? 'failed' : 'completed', { jobId: job.id });
  }

  function queue(name: string): Queue {
    const own = queues.get(name) ?? new Map<string, MemoryJob>();
    queues.set(name, own);
    const stateOf = (id: string) => {
      const job = own.get(id);
      if (job === undefined) return 'unknown';
      if (job.finishedOn === undefined) return 'waiting';
      return job.failedReason === undefined ? 'completed' : 'failed';
    };
    const seen = (job: MemoryJob | undefined) =>
      job && { ...job, updateData: (data: unknown) => Promise.resolve(Object.assign(job, { data })) };
    const memory = {
      async add(_: string, data: unknown, { jobId }: { readonly jobId: string }) {
        const job = own.get(jobId) ?? { id: jobId, data, stalledCounter: 0, attemptsMade: 0 };
        own.set(jobId, job);
        jobs.set(jobId, job);
        most = Math.max(most, ofChunks().length);
        void serve();
        return seen(job);
      },
      getJobState: async (id: string) => stateOf(id),
      getJob: async (id: string) => seen(own.get(id)),
      getJobs: async (states: readonly string[]) => [...own.values()].filter(({ id }) => states.includes(stateOf(id))).map(seen),
      async remove(id: string) {
        jobs.delete(id);
        return own.delete(id) ? 1 : 0;
      },
      isPaused: async () => backend.isPaused,
      async resume() {
        backend.isPaused = false;
        void serve();
      },
      trimEvents: async () => 0,
    };
    return memory as unknown as Queue<Job>; // what a submitter uses of one
  }

  const backend: MemoryBackend = {
    address: queueAddress('redis://memory'),
    jobs,
    most: () => most,
    isServed: true,
    isPaused: false,
    queue: (name) => Promise.resolve(queue(name)),
    events: () => Promise.resolve(events as unknown as QueueEvents), // likewise
    worker: () => Promise.reject(new Error('There is a worker.')),
    call: (work) => work(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return backend;
}
