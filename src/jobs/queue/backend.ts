import { setTimeout } from 'node:timers/promises';
import type { Worker as BullWorker, ConnectionOptions, Processor, Queue, QueueEvents, WorkerOptions } from 'bullmq';
import { NerError } from '../../error.ts';
import { abortableSleep } from './abortable-sleep.ts';
import { isOfConnection, queueUnavailable } from './backend-errors.ts';
import { probePostgres, probeRedis } from './probe.ts';
import type { QueueAddress } from './queue-address.ts';

/** A queue's server, and what is open there. Disposing of it closes all of that. */
export interface QueueBackend extends AsyncDisposable {
  readonly address: QueueAddress;
  queue(name: string): Promise<Queue>;
  events(name: string): Promise<QueueEvents>;
  worker(name: string, processor: Processor, options: Omit<WorkerOptions, 'connection'>): Promise<BullWorker>;
  /**
   * The result of something that may be asked twice, asked again while the server is away.
   * @throws {NerError} `queue-unavailable` if it stays away.
   */
  call<T>(work: () => Promise<T>): Promise<T>;
}

export interface OpenBackendOptions {
  /** How long `call` waits for a server that went away, in milliseconds. */
  readonly patienceMs: number;
  /** Once aborted, a server that is away is not waited for. Default: never. */
  readonly stop?: AbortSignal;
  /** Gives a package; default: imports it. */
  readonly load?: (name: string) => Promise<unknown>;
}

/** The beginning of all keys in Redis, in braces so that a cluster keeps them together, and the schema in PostgreSQL. */
const namespace = { prefix: '{el4ner}', schema: 'el4ner_queue' };
/** Events that are kept for those who listen; results travel in them, too. */
const eventsKept = 256;
/** Longest wait for one thing to be closed, in milliseconds. */
const closingMs = 3_000;
/** Shortest time until the connection to a server that is away is tried anew, in milliseconds. */
const reconnectMs = 100;

/** What queues, their events and their workers have in common. */
interface Closable {
  on(event: 'error', listener: () => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

/**
 * Opens what BullMQ needs at this address, once its server answers.
 * @throws {NerError} `usage` if a package is missing or the server does not let us in, `queue-unavailable` if it does not answer.
 */
export async function openQueueBackend(address: QueueAddress, options: OpenBackendOptions): Promise<QueueBackend> {
  const { patienceMs, stop = new AbortController().signal, load = (name) => import(name) } = options;
  const isPostgres = address.kind === 'postgres';
  await loadPackage(isPostgres ? 'pg' : 'ioredis', address, load).then((loaded) =>
    (isPostgres ? probePostgres : probeRedis)(loaded, address),
  );
  const bullmq = (await loadPackage('bullmq', address, load)) as typeof import('bullmq'); // its peer's range is in package.json
  if (isPostgres) bullmq.setDefaultBackendFactory(bullmq.createPostgresBackend);
  const link: Link = { isWanted: true, stop };
  // BullMQ types Redis' connections alone.
  const connection = (isPostgres ? postgresConnection(address) : redisConnection(address, link)) as ConnectionOptions;
  const waiting = { connection, prefix: namespace.prefix };
  const asking = { ...waiting, connection: { ...connection, maxRetriesPerRequest: isPostgres ? undefined : 2 } as ConnectionOptions };
  class Worker extends bullmq.Worker {
    // To close one whose server is away never ends, and a timer would keep the process.
    override async disconnect(): Promise<void> {
      await this.lockManager.close();
      await super.disconnect();
    }
  }
  let isGone = false;
  const closers: (() => Promise<unknown>)[] = [];

  async function opened<T extends Closable>(one: T): Promise<T> {
    // Without a listener an error would end the process; what it means for us, our own calls and BullMQ's retries find out.
    one.on('error', () => undefined);
    closers.push(async () => {
      if (!(await endsSoon(one.close(), closingMs))) await endsSoon(one.disconnect(), closingMs);
    });
    await one.waitUntilReady().catch((cause: unknown) => {
      throw queueUnavailable(address, cause);
    });
    return one;
  }

  return {
    address,
    queue: (name) =>
      opened(new bullmq.Queue(name, { ...asking, streams: { events: { maxLen: eventsKept } }, defaultJobOptions: { stackTraceLimit: 1 } })),
    events: (name) => opened(new bullmq.QueueEvents(name, waiting)),
    worker: (name, processor, options) => opened(new Worker(name, processor, { ...waiting, ...options })),
    async call(work) {
      const until = performance.now() + patienceMs;
      for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 2_000)) {
        try {
          const result = await work();
          isGone = false;
          return result;
        } catch (cause) {
          if (!isOfConnection(cause)) throw cause;
          isGone ||= stop.aborted || performance.now() >= until; // then nothing waits for it once more
          if (isGone) throw queueUnavailable(address, cause);
          await abortableSleep(pauseMs, stop);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      link.isWanted = false; // else a server that is gone would be waited for
      await Promise.all(closers.map((close) => close()));
    },
  };
}

/** Whether something comes to its end, well or not, within so many milliseconds. */
export async function endsSoon(work: Promise<unknown>, ms: number): Promise<boolean> {
  const waiting = new AbortController();
  const isEnded = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([isEnded, setTimeout(ms, false, { signal: waiting.signal }).catch(() => false)]);
  } finally {
    waiting.abort();
  }
}

async function loadPackage(name: string, { kind }: QueueAddress, load: (name: string) => Promise<unknown>): Promise<unknown> {
  try {
    return await load(name);
  } catch (cause) {
    throw new NerError(
      `--queue needs the package ${name}, which is not installed beside el4ner. Install what it takes: npm install bullmq ${kind === 'redis' ? 'ioredis' : 'pg'}`,
      { code: 'usage' },
      { cause },
    );
  }
}

/** How a connection is to be kept. */
interface Link {
  isWanted: boolean;
  readonly stop: AbortSignal;
}

function redisConnection({ url }: QueueAddress, link: Link): object {
  return {
    url,
    connectTimeout: 10_000,
    retryStrategy(times: number) {
      if (!link.isWanted) return null;
      return link.stop.aborted ? reconnectMs : Math.min(reconnectMs * 2 ** Math.min(times, 5), 2_000); // a question fails after some attempts
    },
  };
}

function postgresConnection({ url }: QueueAddress): object {
  return { connectionString: url, schema: namespace.schema, migrate: true, max: 4, connectionTimeoutMillis: 10_000 };
}
