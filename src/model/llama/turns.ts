import { NerError } from '../../error.ts';
import { abortable } from '../abortable.ts';
import { linkedSignal } from '../linked-signal.ts';
import { timeout } from '../timeout.ts';

/** Turns at a model in this process, which does one thing at a time. */
export interface Turns {
  /**
   * Does `work` when all that came before it is done. An abort rejects at once, also while the work waits for its turn; work that
   * has begun is asked by its own signal to stop, and the next turn waits until it has.
   * @throws {NerError} `timeout` if the work, once begun, takes too long; `model-failed` for whatever else goes wrong, and if
   * the model has been disposed of.
   * @throws `signal.reason` once the signal is aborted.
   */
  take<R>(work: (stop: AbortSignal) => Promise<R>, signal: AbortSignal): Promise<R>;
  /** The most that were in work or waited at one time. */
  mostAtOnce(): number;
  /** @throws {NerError} `model-failed` if the model has been disposed of. */
  assertOpen(): void;
  /** Stops the work in hand, refuses all other, and waits until nothing uses the model any more. */
  close(): Promise<void>;
}

/** Turns at the model of this id. Without `timeoutMs` work may take as long as it likes; waiting for a turn never counts. */
export function modelTurns(options: { readonly modelId: string; readonly timeoutMs?: number | undefined }): Turns {
  const { modelId, timeoutMs } = options;
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let atOnce = 0;
  let mostAtOnce = 0;

  return {
    take(work, signal) {
      const limit = new AbortController();
      const linked = linkedSignal(signal, limit.signal, closing.signal);
      const stop = linked.signal;
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      const turn = last.then(async () => {
        stop.throwIfAborted();
        const timer = timeoutMs === undefined ? undefined : setTimeout(() => limit.abort(timeout(modelId, timeoutMs)), timeoutMs);
        try {
          return await work(stop);
        } finally {
          clearTimeout(timer);
        }
      });
      last = turn
        .catch(() => undefined)
        .finally(() => {
          atOnce--;
          linked[Symbol.dispose]();
        }); // the caller gets the rejection; the next turn only waits
      return abortable(turn, stop).catch((cause: unknown) => {
        stop.throwIfAborted();
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new NerError(`${modelId} failed in this process: ${reason}`, { code: 'model-failed', modelId }, { cause });
      });
    },
    mostAtOnce: () => mostAtOnce,
    assertOpen: () => closing.signal.throwIfAborted(),
    async close() {
      closing.abort(
        new NerError(`${modelId} has been disposed of. Open it again, or dispose of it later.`, { code: 'model-failed', modelId }),
      );
      await last;
    },
  };
}
