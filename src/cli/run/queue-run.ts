import { isOutage } from '../../jobs/outage.ts';
import { openQueueBackend, type QueueBackend } from '../../jobs/queue/backend.ts';
import { runKey } from '../../jobs/queue/names.ts';
import { queueAddress } from '../../jobs/queue/queue-address.ts';
import type { RemoteOutcome } from '../../jobs/queue/remote-outcome.ts';
import { openSubmission } from '../../jobs/queue/submit.ts';
import { type CorpusDocument, runCorpus } from '../../jobs/run-corpus.ts';
import type { RunFiles } from '../../jobs/run-files.ts';
import type { RunIdentity } from '../../jobs/run-journal.ts';
import type { RunFlags } from '../flags.ts';
import type { RunStats } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { runProgress } from './run-progress.ts';

/** Where workers of a run are found. */
export interface Remote {
  readonly backend: QueueBackend;
  /** What decides results, which workers must have in common with the run. */
  readonly pipeline: RunIdentity;
}

interface RemoteCrew extends Remote {
  readonly flags: RunFlags;
  readonly terminal: Terminal;
  readonly stats: RunStats | undefined;
}

/** A part of a run: all of its documents, or those that failed. */
interface RemoteWork {
  /** Of the results. */
  readonly path: string;
  readonly documents: AsyncIterable<CorpusDocument>;
  readonly total: number | undefined;
  readonly indexOf: (at: number) => number;
}

/** A server that went away is waited for so long, in milliseconds. */
const patienceMs = 60_000;
/** Most UTF-16 code units of a chunk's texts. */
const mostCodeUnits = 100_000;

/** Opens the queue that a flag names; its password may be in the environment. */
export function openQueue(url: string, { environment, signal: stop }: Terminal, options = { patienceMs }): Promise<QueueBackend> {
  return openQueueBackend(queueAddress(url, environment['EL4NER_QUEUE_PASSWORD']), { ...options, stop });
}

/** Does a part of a run by the workers of a queue. @returns whether all is done. */
export async function workOnQueue(files: RunFiles, work: RemoteWork, crew: RemoteCrew): Promise<boolean> {
  const { path, documents, total, indexOf } = work;
  const { backend, pipeline, flags, terminal, stats } = crew;
  const { documents: done, failed } = files.checkpoint;
  const progress = runProgress(terminal, { kind: flags.progress, done, failed, total, crew: () => submission.present() });
  await using submission = await openSubmission({
    backend,
    pipeline,
    run: runKey(files.id),
    title: path,
    limits: { documents: flags.retryFailed ? 1 : flags.chunk, codeUnits: mostCodeUnits }, // one that ends its worker takes no other with it
    attempts: flags.attempts,
    trace: flags.trace,
    calls: stats !== undefined,
    durable: () => files.checkpoint.documents,
    onDocument: (isFailed) => progress.add(isFailed),
    note: terminal.note,
    stop: terminal.signal,
  });
  const isComplete = await runCorpus<RemoteOutcome>({
    documents,
    recognize: submission.recognize,
    files,
    lineOf: ({ status, line }, at) => (status === 'failed' ? JSON.stringify({ index: indexOf(at), ...JSON.parse(line) }) : line),
    isOutage: ({ detail }) => isOutage(detail),
    onDocument: ({ calls = [] }) => stats?.addCalls(calls),
    stop: terminal.signal,
  });
  if (isComplete) submission.finish();
  progress.end();
  return isComplete;
}
