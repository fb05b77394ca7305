import { EventEmitter, once } from 'node:events';
import pLimit from 'p-limit';
import { NerError } from '../error.ts';
import { mapOrdered } from '../pipeline/map-ordered.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Recognizer, StageEvent } from '../pipeline/recognizer.ts';
import type { Metrics } from './metrics.ts';
import { ProblemError } from './problem.ts';
import type { ExtractRequest } from './schemas.ts';
import type { Service } from './service.ts';

/** Bounds of what clients can ask for. */
export interface Limits {
  /** Bytes of a request. */
  readonly body: number;
  /** Bytes of a request that reads or writes a data set. */
  readonly datasetBody: number;
  /** Documents of a request. */
  readonly documents: number;
  /** Requests for extraction at once; further ones are told to come again. */
  readonly requests: number;
  /** Seconds until a request for extraction ends without an answer. */
  readonly seconds: number;
}

type ExtractionLimits = Omit<Limits, 'body' | 'datasetBody'>;

interface ResultOptions {
  readonly signal: AbortSignal;
  readonly onStage?: (event: StageEvent) => void;
}

/** A request that is served, until it is disposed of. */
export interface Begun extends AsyncDisposable {
  /** Is aborted when the request takes too long. */
  readonly timeout: AbortSignal;
  /**
   * Results in the order of the documents.
   * @throws {ProblemError} if it takes too long.
   */
  results(options: ResultOptions): AsyncGenerator<Recognition | FailedRecognition, void, undefined>;
}

/**
 * Extracts for all requests, each document in its turn.
 * @param options.workers - documents in work at once, over all requests.
 */
export function createExtraction(
  service: Service,
  metrics: Pick<Metrics, 'begin' | 'end'>,
  { limits, workers }: { readonly limits: ExtractionLimits; readonly workers: number },
): {
  /**
   * @param signal - of who waits for it to begin.
   * @throws {ProblemError} for a request beyond the limits.
   * @throws {NerError} what {@link Service.hold} throws.
   */
  begin(request: ExtractRequest, signal: AbortSignal): Promise<Begun>;
  /** Resolves once no request is in work. */
  idle(): Promise<void>;
} {
  const turns = pLimit(workers);
  let requests = 0;
  const left = new EventEmitter();

  async function recognize(recognizer: Recognizer, document: Named, options: ResultOptions): Promise<Recognition | FailedRecognition> {
    options.signal.throwIfAborted(); // while it waited for its turn
    metrics.begin();
    let result: Recognition | FailedRecognition | undefined;
    try {
      for await (const one of recognizer.recognizeAll([document], options)) result = one;
    } finally {
      metrics.end(result);
    }
    if (result === undefined) throw new NerError('A document has no result.', { code: 'internal' });
    return result;
  }

  return {
    async begin({ documents, ...asked }, waiting) {
      if (documents.length > limits.documents) throw tooManyDocuments(documents.length, limits);
      if (requests >= limits.requests) throw tooManyRequests(limits);
      await using beginning = new AsyncDisposableStack();
      requests++;
      beginning.defer(() => {
        requests--;
        left.emit('left');
      });
      const timeout = AbortSignal.timeout(limits.seconds * 1000);
      const orTooLong = (error: unknown): unknown => (timeout.aborted && error === timeout.reason ? tooLong(limits) : error);
      const holding = service.hold(asked, { signal: AbortSignal.any([waiting, timeout]), inTurn: turns });
      const { recognizer } = beginning.use(
        await holding.catch((error: unknown) => {
          throw orTooLong(error);
        }),
      );
      const owned = beginning.move();
      return {
        timeout,
        async *results({ signal, ...listeners }) {
          const work = (document: Named, signal: AbortSignal) => turns(() => recognize(recognizer, document, { signal, ...listeners }));
          try {
            yield* mapOrdered(documents.map(named), { workers, signal: AbortSignal.any([signal, timeout]) }, work);
          } catch (error) {
            throw orTooLong(error);
          }
        },
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
    async idle() {
      while (requests > 0) await once(left, 'left');
    },
  };
}

type Named = { readonly id: string; readonly text: string };

function named({ id, text }: ExtractRequest['documents'][number], at: number): Named {
  return { id: id ?? String(at + 1), text };
}

function tooManyDocuments(number: number, limits: ExtractionLimits): ProblemError {
  return new ProblemError(
    413,
    `The request has ${number} documents; expected at most ${limits.documents}. Send them in several requests.`,
    {
      code: 'too-many-documents',
    },
  );
}

function tooManyRequests(limits: ExtractionLimits): ProblemError {
  const detail = `${limits.requests} requests are in work; come again in a moment.`;
  return new ProblemError(429, detail, { code: 'too-many-requests' }, { 'retry-after': '1' });
}

function tooLong(limits: ExtractionLimits): ProblemError {
  return new ProblemError(504, `The request took longer than ${limits.seconds} seconds; send fewer documents at once.`, {
    code: 'timeout',
  });
}
