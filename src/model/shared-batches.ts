import { abortable } from './abortable.ts';
import { linkedSignal } from './linked-signal.ts';

/** Vectors by their texts. */
export type VectorsByText = ReadonlyMap<string, Float32Array>;

/** Batches of texts on their way to an embedder. Whoever asks for a text that is on its way waits for the same batch. */
export interface SharedBatches {
  /**
   * The vectors of these distinct texts, and perhaps of others. A batch goes on as long as one of its askers waits for it.
   * @throws what the work throws.
   * @throws `signal.reason` once the signal is aborted.
   */
  ask(texts: readonly string[], signal: AbortSignal): Promise<VectorsByText>;
  /** Resolved when nothing is at work any more. */
  settled(): Promise<void>;
}

export interface SharedBatchesOptions {
  /** Most texts in one batch. */
  readonly batchSize: number;
  /** How many batches are at work at once. */
  readonly workers: number;
  /** Embeds one batch; its signal is aborted when nobody waits for the batch any more. */
  readonly work: (texts: readonly string[], signal: AbortSignal) => Promise<VectorsByText>;
}

/** One batch on its way. */
interface Batch {
  readonly vectors: Promise<VectorsByText>;
  /** The vectors, for one more asker. */
  await(signal: AbortSignal): Promise<VectorsByText>;
}

/** Puts texts into batches of bounded size and has so many of them worked on at once. */
export function sharedBatches({ batchSize, workers, work }: SharedBatchesOptions): SharedBatches {
  const underWay = new Map<string, Batch>();
  const running = new Set<Promise<unknown>>();
  const turn = turns(workers);

  function start(texts: readonly string[]): Batch {
    const controller = new AbortController();
    const { signal } = controller;
    let askers = 0;
    const forget = () => {
      for (const text of texts) if (underWay.get(text) === batch) underWay.delete(text);
    };
    const vectors = turn(() => {
      signal.throwIfAborted();
      return work(texts, signal);
    });
    const batch: Batch = {
      vectors,
      async await(asker) {
        askers += 1;
        try {
          return await abortable(vectors, asker);
        } finally {
          askers -= 1;
          if (askers === 0) {
            // Nobody may join it now, as it is about to fail if it is not done.
            forget();
            controller.abort();
          }
        }
      },
    };
    for (const text of texts) underWay.set(text, batch);
    const ended = vectors.then(forget, forget);
    running.add(ended);
    void ended.finally(() => running.delete(ended));
    return batch;
  }

  return {
    async ask(texts, signal) {
      const giveUp = new AbortController();
      using linked = linkedSignal(signal, giveUp.signal);
      const joined = new Set(texts.flatMap((text) => underWay.get(text) ?? []));
      const fresh = texts.filter((text) => !underWay.has(text));
      for (let at = 0; at < fresh.length; at += batchSize) joined.add(start(fresh.slice(at, at + batchSize)));
      try {
        const found = await Promise.all([...joined].map((batch) => batch.await(linked.signal)));
        return new Map(found.flatMap((vectors) => [...vectors]));
      } finally {
        giveUp.abort(); // if one batch failed, nobody waits here for the others
      }
    },
    async settled() {
      await Promise.all(running);
    },
  };
}

/** Lets so many works run at once; the others wait, first come, first served. */
function turns(workers: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = workers;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
