import type { Worker } from 'bullmq';
import { usageError } from '../../error.ts';
import { identityDifferences } from '../identity-difference.ts';
import type { RunIdentity } from '../run-journal.ts';
import { abortableSleep } from './abortable-sleep.ts';
import { endsSoon, type QueueBackend } from './backend.ts';
import { isOfConnection } from './backend-errors.ts';
import { chunkQueue, pipelineKey } from './names.ts';
import { chunkSchema } from './payload.ts';
import { openRegistry, type Registry, type RunEntry, renewalMs, type WorkerEntry } from './registry.ts';
import { createSemaphore } from './semaphore.ts';
import { type ChunkCrew, workChunk } from './work-chunk.ts';

export interface ServeOptions {
  readonly backend: QueueBackend;
  /** What decides the results of this worker: it takes chunks of runs with the same alone. */
  readonly pipeline: RunIdentity;
  readonly crew: Omit<ChunkCrew, 'placed'>;
  /** Documents in work at once. */
  readonly workers: number;
  /** This worker's name, unique, and what people know it by. */
  readonly id: string;
  readonly title: string;
  /** After so many milliseconds without a word of its worker, a chunk is taken over. */
  readonly takeOverMs: number;
  /** Whether to stay when there are runs, but none of the same pipeline. */
  readonly isPatient: boolean;
  readonly onConnection: (isConnected: boolean) => void;
  readonly note: (line: string) => void;
  /** Once aborted, no chunk is begun any more, and those in work are finished. */
  readonly stop: AbortSignal;
}

/** How often a chunk may lose its worker before it is given up: it may be the chunk that ends them. */
const mostTakeOvers = 3;
/** How long a worker whose chunks are done waits for a server that does not take its leave, in milliseconds. */
const leaveMs = 5_000;

/**
 * Takes chunks of runs until it is stopped. A server that goes away is waited for.
 * @throws {NerError} `usage` if there are runs at the beginning, but none that this worker can serve, with what differs.
 */
export async function serveChunks(options: ServeOptions): Promise<void> {
  const { backend, stop, onConnection } = options;
  const registry = await openRegistry(backend);
  const entry = createEntry(options);
  const { runs } = await registry.list();
  entry.judge(runs);
  if (runs.length > 0 && runs.every(({ id }) => id in entry.now().refusals) && !options.isPatient) {
    await registry.put({ ...entry.now(), state: 'refused' });
    throw usageError(`${Object.values(entry.now().refusals).join(' ')} --wait waits for another run.`);
  }
  const chunks = { inWork: 0 };
  const worker = await openWorker(options, chunks);
  worker.on('error', (error) => {
    if (isOfConnection(error)) onConnection(false);
  });
  await registry.put(entry.now());
  onConnection(true);
  const renewing = new AbortController();
  const renewed = renew(registry, entry, renewing.signal, onConnection);
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  entry.drain();
  await close(worker, chunks, options.note);
  renewing.abort();
  await renewed;
  await registry.remove(entry.now()).catch(() => undefined); // it is forgotten in any case
}

async function openWorker({ backend, pipeline, crew, workers, title, takeOverMs }: ServeOptions, chunks: { inWork: number }) {
  const placed = createSemaphore(workers);
  const worker = await backend.worker(
    chunkQueue(pipelineKey(pipeline)),
    async (job, _token, signal) => {
      worker.concurrency = chunksAtOnce(workers, chunkSchema.parse(job.data).count);
      chunks.inWork++;
      try {
        return await workChunk(job, { ...crew, placed }, signal ?? new AbortController().signal);
      } finally {
        chunks.inWork--;
      }
    },
    {
      name: title,
      concurrency: 1,
      lockDuration: takeOverMs,
      stalledInterval: takeOverMs / 2,
      maxStalledCount: mostTakeOvers,
      drainDelay: 2,
      runRetryDelay: 1_000,
    },
  );
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) worker.cancelJob(id); // somebody else may have it
  });
  return worker;
}

/** Ends a worker when its chunks are done. If the server is away, nobody is told of them, and others take them over. */
async function close(worker: Worker, chunks: { readonly inWork: number }, note: ServeOptions['note']): Promise<void> {
  const closed = worker.close();
  for (let idleSince = performance.now(); !(await endsSoon(closed, 250)); ) {
    if (chunks.inWork > 0) idleSince = performance.now();
    if (performance.now() - idleSince < leaveMs) continue;
    note('the queue does not answer; what it was not told of is done again by others');
    return;
  }
}

/** Chunks in work at once: one more than hold the documents in work, so that none of these waits for a chunk. */
function chunksAtOnce(workers: number, documents: number): number {
  return Math.ceil((workers - 1) / documents) + 1;
}

/** This worker as others see it. */
function createEntry({ id, pipeline, title, workers, note }: ServeOptions) {
  const refusals: Record<string, string> = {};
  let state: WorkerEntry['state'] = 'ready';
  return {
    now: (): WorkerEntry => ({ kind: 'worker', id, pipeline: pipelineKey(pipeline), title, workers, state, refusals }),
    drain() {
      state = 'draining';
    },
    /** Refuses runs of other pipelines, and says so once of each. */
    judge(runs: readonly RunEntry[]) {
      const there = new Set(runs.map((run) => run.id));
      for (const gone of Object.keys(refusals).filter((run) => !there.has(run))) delete refusals[gone];
      for (const run of runs) {
        if (run.id in refusals || pipelineKey(run.pipeline) === pipelineKey(pipeline)) continue;
        const differences = identityDifferences(pipeline, run.pipeline);
        const reason = `This worker takes no part in the run ${run.title}, which was begun with something else: ${differences.join('; ')}.`;
        refusals[run.id] = reason;
        note(reason);
      }
    },
  };
}

async function renew(
  registry: Registry,
  entry: ReturnType<typeof createEntry>,
  signal: AbortSignal,
  onConnection: (isConnected: boolean) => void,
): Promise<void> {
  while (await abortableSleep(renewalMs, signal)) {
    try {
      await registry.put(entry.now());
      entry.judge((await registry.list()).runs);
      onConnection(true);
    } catch {
      onConnection(false); // until it is back
    }
  }
}
