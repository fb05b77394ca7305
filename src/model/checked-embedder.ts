import { setImmediate } from 'node:timers/promises';
import { NerError } from '../error.ts';
import type { Embedder } from './embedder.ts';
import { linkedSignal } from './linked-signal.ts';
import { recentlyUsed } from './recently-used.ts';
import { sharedBatches, type VectorsByText } from './shared-batches.ts';
import { timeout } from './timeout.ts';
import { vectorCheck } from './vector-check.ts';

/** Where vectors come from, as a server or a runtime gives them: of any length, and not looked at yet. */
export interface VectorSource extends AsyncDisposable {
  readonly id: string;
  /**
   * One vector for each of the texts, which are distinct and have content, in the same order.
   * @throws `signal.reason` soon after the signal is aborted.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly ArrayLike<number>[]>;
}

/** How an embedder treats its source. */
export interface CheckedEmbedderOptions {
  /** Most texts that the source gets at once; default 32, which all servers take. */
  readonly batchSize?: number;
  /** How many batches the source gets at once; default 1. */
  readonly workers?: number;
  /** How many vectors are kept for texts that come again, those used last; default 10,000 (15 MB at 384 dimensions). */
  readonly cacheEntries?: number;
  /** Longest time for one batch from when the source gets it, in milliseconds; default: no limit. */
  readonly timeoutMs?: number | undefined;
}

/** Embedded where a dimension is wanted and there is no text with content to learn it from. */
const probe = 'a';

/**
 * An embedder that takes no vector of its source on trust: it checks that there is one for each text, that they are finite and of one
 * dimension for as long as the embedder lives, and scales them to length 1. Blank texts get the zero vector without a question, equal
 * texts in one call or in calls at the same time are asked about once, and what was asked lately is remembered. It owns its source.
 */
export function checkedEmbedder(source: VectorSource, options: CheckedEmbedderOptions = {}): Embedder {
  const { batchSize = 32, workers = 1, cacheEntries = 10_000, timeoutMs } = options;
  const { id } = source;
  const remembered = recentlyUsed<Float32Array>(cacheEntries);
  const closing = new AbortController();
  const checked = vectorCheck(id);
  const batches = sharedBatches({ batchSize, workers, work: embedBatch });
  let disposal: Promise<void> | undefined;

  async function embedBatch(texts: readonly string[], signal: AbortSignal): Promise<VectorsByText> {
    await setImmediate(); // so that an abort is heard between batches also where the source computes without a pause
    signal.throwIfAborted();
    const limit = new AbortController();
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => limit.abort(timeout(id, timeoutMs)), timeoutMs);
    using linked = linkedSignal(signal, limit.signal);
    try {
      const vectors = checked.all(await source.embed(texts, linked.signal), texts.length);
      const byText = new Map(vectors.map((vector, index) => [texts[index] ?? '', vector]));
      for (const [text, vector] of byText) remembered.set(text, vector);
      return byText;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The vectors of distinct texts, and perhaps of others. */
  async function vectorsOf(texts: readonly string[], signal: AbortSignal): Promise<VectorsByText> {
    const known = texts.flatMap((text): [string, Float32Array][] => {
      const vector = remembered.get(text);
      return vector === undefined ? [] : [[text, vector]];
    });
    if (known.length === texts.length) return new Map(known);
    const vectors = new Map(known);
    using linked = linkedSignal(signal, closing.signal);
    const asked = await batches.ask(
      texts.filter((text) => !vectors.has(text)),
      linked.signal,
    );
    return new Map([...known, ...asked]);
  }

  return {
    id,
    async embed(texts, signal) {
      signal.throwIfAborted();
      closing.signal.throwIfAborted();
      if (texts.length === 0) return [];
      const distinct = [...new Set(texts)].filter((text) => text.trim() !== '');
      const vectors = await vectorsOf(distinct.length > 0 || checked.dimensions() > 0 ? distinct : [probe], signal);
      // Copies, as a caller may change what it gets.
      return texts.map((text) => (text.trim() === '' ? undefined : vectors.get(text)?.slice()) ?? new Float32Array(checked.dimensions()));
    },
    [Symbol.asyncDispose]() {
      disposal ??= dispose();
      return disposal;
    },
  };

  async function dispose(): Promise<void> {
    closing.abort(
      new NerError(`${id} has been disposed of. Open it again, or dispose of it later.`, { code: 'model-failed', modelId: id }),
    );
    await batches.settled();
    await source[Symbol.asyncDispose]();
  }
}
