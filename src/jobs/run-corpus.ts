import { NerError } from '../error.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { RecognizeOptions, Recognizer } from '../pipeline/recognizer.ts';
import { untilFailure } from '../pipeline/until-failure.ts';
import type { RunFiles } from './run-files.ts';

/** A document of a corpus. */
export interface CorpusDocument {
  readonly id: string;
  readonly text: string;
}

/** A run over a corpus, and how it is to be gone about. */
export interface CorpusRun {
  /** All documents, in the order of the results, also those that are done. */
  readonly documents: AsyncIterable<CorpusDocument>;
  readonly recognizer: Pick<Recognizer, 'recognizeAll'>;
  readonly files: RunFiles;
  /** Documents in work at once. */
  readonly workers: number;
  /** What a result is written as: one line. */
  readonly lineOf: (result: Recognition | FailedRecognition, index: number) => string;
  /** Whether a failure is of the models and not of the document, so that going on would fail all others, too. */
  readonly isOutage: (error: NerError) => boolean;
  /** Is told how far a document is that is worked on in windows. */
  readonly onWindow?: NonNullable<RecognizeOptions['onWindow']>;
  /** Is told of every document, once it is added. */
  readonly onDocument?: (result: Recognition | FailedRecognition) => void;
  /** Once aborted, no document is begun any more, and those in work are finished. */
  readonly stop: AbortSignal;
}

/** Documents after which an outage is believed, when all of them failed for it in a row. */
const documentsOfOutage = 10;
/** What is done is made durable so often, in milliseconds: as much work is lost by a power cut. */
const commitIntervalMs = 1000;

/**
 * Recognizes what is not done yet of a corpus. What is done is in the files, in order, however this ends.
 * @returns whether all documents are done; `false` if it was stopped.
 * @throws {NerError} that of the models if they are out of order for ten documents in a row, or for all that there are, which are not written and
 * will be tried again;
 * `unwritable-output`; what reading the documents throws, after those before.
 */
export async function runCorpus(run: CorpusRun): Promise<boolean> {
  const { files, recognizer, workers, stop, onWindow } = run;
  if (files.checkpoint.isLast) return true;
  const source = untilFailure(untilStopped(skip(run.documents, files.checkpoint.documents), stop));
  const writer = createWriter(run);
  try {
    for await (const result of recognizer.recognizeAll(source.items, { workers, ...(onWindow && { onWindow }) })) await writer.add(result);
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
function createWriter({ files, lineOf, isOutage, onDocument }: CorpusRun) {
  let heldBack: FailedRecognition[] = [];
  let index = files.checkpoint.documents;
  let committedAt = performance.now();

  async function write(result: Recognition | FailedRecognition): Promise<void> {
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
    for (const result of failed) await write(result);
  }

  return {
    /** Writes what was kept back, unless it is all that there is. */
    async end(): Promise<void> {
      const [first] = heldBack;
      if (first !== undefined && index === 0) throw outage(first.error, heldBack.length);
      await flush();
    },
    async add(result: Recognition | FailedRecognition): Promise<void> {
      if (result.status === 'failed' && isOutage(result.error)) {
        heldBack.push(result);
        if (heldBack.length >= documentsOfOutage) throw outage(result.error, heldBack.length);
        return;
      }
      await flush();
      await write(result);
    },
  };
}

function outage(cause: NerError, documents: number): NerError {
  return new NerError(
    `${documents === 1 ? 'The document' : `${documents} documents in a row`} failed for want of models, and so would others: ${cause.message} What was done before is kept; once the models answer, the same command with --resume goes on.`,
    cause.detail,
    { cause },
  );
}

async function* skip<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T, void, undefined> {
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
