import { setTimeout } from 'node:timers/promises';
import { NerError } from '../error.ts';
import { untilFailure } from '../pipeline/until-failure.ts';
import type { RunFiles } from './run-files.ts';

/** A document of a corpus. */
export interface CorpusDocument {
  readonly id: string;
  readonly text: string;
}

/** What became of a document, as far as a run has to know it. */
export type Outcome = { readonly status: 'recognized' } | { readonly status: 'failed'; readonly error: NerError };

/** A run over a corpus, and how it is to be gone about. */
export interface CorpusRun<R extends Outcome> {
  /** All documents, in the order of the results, also those that are done. */
  readonly documents: AsyncIterable<CorpusDocument>;
  /** Recognizes all but the first `done` of the documents, in their order; a document that fails is an item. */
  readonly recognize: (documents: AsyncIterable<CorpusDocument>, done: number) => AsyncIterable<R>;
  readonly files: RunFiles;
  /** What a result is written as: one line. */
  readonly lineOf: (result: R, index: number) => string;
  /** Whether a failure is of the models and not of the document, so that going on would fail all others, too. */
  readonly isOutage: (error: NerError) => boolean;
  /** How long models may be out of order that have answered before, in milliseconds, until the run ends; it goes slowly meanwhile. Default 0. */
  readonly patienceMs?: number;
  /** Is told of every document, once it is added. */
  readonly onDocument?: (result: R) => void;
  /** Once aborted, no document is begun any more, and those in work are finished. */
  readonly stop: AbortSignal;
}

/** Documents after which an outage is believed, when all of them failed for it in a row. */
const documentsOfOutage = 10;
/** Failures in a row from which on it goes slowly. */
const suspicious = 3;
/** What is done is made durable so often, in milliseconds: as much work is lost by a power cut. */
const commitIntervalMs = 1000;

/**
 * Recognizes what is not done yet of a corpus. What is done is in the files, in order, however this ends.
 * @returns whether all documents are done; `false` if it was stopped.
 * @throws {NerError} that of the models if they are out of order for ten documents in a row and longer than `patienceMs`, or for all that there are,
 * which are not written and will be tried again;
 * `unwritable-output`; what reading the documents throws, after those before.
 */
export async function runCorpus<R extends Outcome>(run: CorpusRun<R>): Promise<boolean> {
  const { files, recognize, stop } = run;
  if (files.checkpoint.isLast) return true;
  const source = untilFailure(untilStopped(run.documents, stop));
  const writer = createWriter(run);
  try {
    for await (const result of recognize(source.items, files.checkpoint.documents)) await writer.add(result);
    if (!stop.aborted) await writer.end(); // else they will be tried again
    source.rethrow();
  } finally {
    await files.commit();
  }
  if (stop.aborted) return false;
  await files.commit({ isLast: true });
  return true;
}

/** Writes results in their order, but keeps back what may be an outage until a document tells that it is none. */
function createWriter<R extends Outcome>({ files, lineOf, isOutage, patienceMs = 0, onDocument, stop }: CorpusRun<R>) {
  let hasAnswer = false;
  let heldBack: { readonly result: R; readonly error: NerError }[] = [];
  let index = files.checkpoint.documents;
  let committedAt = performance.now();

  async function write(result: R): Promise<void> {
    await files.add(lineOf(result, index), result.status === 'failed' ? 'failure' : 'result');
    index++;
    onDocument?.(result);
    if (performance.now() - committedAt < commitIntervalMs) return;
    await files.commit();
    committedAt = performance.now();
  }

  async function flush(): Promise<void> {
    const failed = heldBack;
    heldBack = [];
    for (const { result } of failed) await write(result);
  }

  return {
    /** Writes what was kept back, unless it is all that there is. */
    async end(): Promise<void> {
      const [first] = heldBack;
      if (first !== undefined && index === 0) throw outage(first.error, heldBack.length);
      await flush();
    },
    async add(result: R): Promise<void> {
      if (result.status === 'failed' && isOutage(result.error)) {
        heldBack.push({ result, error: result.error });
        if (heldBack.length >= documentsOfOutage) throw outage(result.error, heldBack.length);
        // The next document is not asked for before this one is added.
        if (hasAnswer && heldBack.length >= suspicious) await sleep(patienceMs / (documentsOfOutage - suspicious), stop);
        return;
      }
      hasAnswer = true;
      await flush();
      await write(result);
    },
  };
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined); // a stop shortens it
}

function outage(cause: NerError, documents: number): NerError {
  return new NerError(
    `${documents === 1 ? 'The document' : `${documents} documents in a row`} failed for want of models, and so would others: ${cause.message} What was done before is kept; once the models answer, the same command with --resume goes on.`,
    cause.detail,
    { cause },
  );
}

/** All but the first `count` items. */
export async function* skip<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
  let left = count;
  for await (const item of items) {
    if (left > 0) left--;
    else yield item;
  }
}

async function* untilStopped<T>(items: AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T, void, undefined> {
  for await (const item of items) {
    if (stop.aborted) return;
    yield item;
  }
}
