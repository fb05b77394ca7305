import { abortable } from '../../model/abortable.ts';
import type { Recognizer } from '../../pipeline/recognizer.ts';
import type { HeldRecognizer } from '../../server/service.ts';

/** Recognizers that are kept though nobody holds them. */
const mostIdle = 8;

interface Sharing {
  /** Of who asks. */
  readonly signal: AbortSignal;
  /** @param signal - is aborted when nobody waits for it any more. */
  create(signal: AbortSignal): Promise<Recognizer>;
  /** Whether somebody may ask for it again. */
  isCurrent(): boolean;
}

interface Shared extends Pick<Sharing, 'isCurrent'> {
  readonly opening: Promise<Recognizer>;
  readonly unwanted: AbortController;
  holders: number;
}

/** Recognizers by keys, each made once for all who hold it, and kept for a while for those who come next. */
export function sharedRecognizers(): AsyncDisposable & {
  /** @throws what `create` throws, and `signal.reason` once the signal is aborted; the next to ask tries again. */
  hold(key: string, sharing: Sharing): Promise<HeldRecognizer>;
} {
  /** The one that was given back longest ago comes first. */
  const shared = new Map<string, Shared>();

  function begin({ create, isCurrent }: Sharing): Shared {
    const unwanted = new AbortController();
    return { opening: create(unwanted.signal), unwanted, isCurrent, holders: 0 };
  }

  function forget(key: string, entry: Shared): void {
    if (shared.get(key) === entry) shared.delete(key);
  }

  async function dropIdle(): Promise<void> {
    const idle = [...shared].filter(([, { holders }]) => holders === 0);
    const current = idle.filter(([, { isCurrent }]) => isCurrent());
    const kept = new Set(current.slice(-mostIdle));
    for (const one of idle) {
      if (kept.has(one)) continue;
      const [key, { opening, holders }] = one;
      if (holders > 0 || shared.get(key) !== one[1]) continue; // while another was disposed of
      shared.delete(key);
      await (await opening)[Symbol.asyncDispose]();
    }
  }

  return {
    async hold(key, sharing) {
      const { signal } = sharing;
      signal.throwIfAborted();
      const entry = shared.get(key) ?? begin(sharing);
      shared.set(key, entry);
      entry.holders++;
      let isHeld = true;
      try {
        const recognizer = await abortable(entry.opening, signal);
        return {
          recognizer,
          async [Symbol.asyncDispose]() {
            if (!isHeld) return;
            isHeld = false;
            entry.holders--;
            if (shared.get(key) === entry) {
              shared.delete(key);
              shared.set(key, entry);
            }
            await dropIdle();
          },
        };
      } catch (error) {
        entry.holders--;
        if (!signal.aborted) forget(key, entry);
        if (entry.holders === 0) {
          forget(key, entry);
          entry.unwanted.abort();
          void entry.opening.then(
            (recognizer) => recognizer[Symbol.asyncDispose](),
            () => undefined, // nobody waits for it
          );
        }
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { opening } of shared.values()) {
        const recognizer = await opening.catch(() => undefined);
        await recognizer?.[Symbol.asyncDispose]();
      }
    },
  };
}
