import { abortableSleep } from './abortable-sleep.ts';
import { type Registry, type RunEntry, renewalMs } from './registry.ts';

/** The workers of a run, as far as they are known. */
export interface CrewWatch extends AsyncDisposable {
  /** Workers that are there and take part. */
  readonly present: number;
  /** Documents that each of them has in work at once. */
  readonly places: readonly number[];
}

export interface CrewWatchOptions {
  readonly registry: Registry;
  readonly run: RunEntry;
  /** The key of the run's pipeline. */
  readonly pipeline: string;
  readonly note: (line: string) => void;
  /** Is told that the queue is not there any more. */
  readonly onFailure: (error: unknown) => void;
}

/** After so many milliseconds it is told that nobody works. */
const lonelyMs = 5_000;

/** Makes a run known until it is disposed of, and tells who works on it and who refuses to. */
export async function watchCrew({ registry, run, pipeline, note, onFailure }: CrewWatchOptions): Promise<CrewWatch> {
  const ending = new AbortController();
  const refused = new Set<string>();
  let places: readonly number[] = [];
  let lonelySince: number | undefined = performance.now();
  let told = -1;

  async function look(): Promise<void> {
    await registry.put(run);
    const { workers } = await registry.list();
    for (const { id, title, refusals } of workers) {
      const reason = refusals[run.id];
      if (reason === undefined || refused.has(id)) continue;
      refused.add(id);
      note(`the worker ${title} refuses: ${reason}`);
    }
    places = workers.filter((worker) => worker.pipeline === pipeline && worker.state === 'ready').map((worker) => worker.workers);
    if (places.length > 0) {
      if (places.length !== told) note(`workers: ${places.length}, with ${sum(places)} documents in work at once`);
      told = places.length;
      lonelySince = undefined;
      return;
    }
    lonelySince ??= performance.now();
    if (told === 0 || performance.now() - lonelySince < lonelyMs) return;
    told = 0;
    note('nobody works on this run; start "el4ner worker" with the same --queue, types, pool, models and options');
  }

  async function watch(): Promise<void> {
    try {
      while (await abortableSleep(renewalMs, ending.signal)) await look();
    } catch (error) {
      onFailure(error);
    }
  }

  await look();
  const watching = watch();
  return {
    get present() {
      return places.length;
    },
    get places() {
      return places;
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await watching;
      await registry.remove(run).catch(() => undefined); // it is forgotten in any case
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
