import type { Recognizer } from '../../pipeline/recognizer.ts';
import type { HeldRecognizer } from '../../server/service.ts';

/** Recognizers that are kept though nobody holds them. */
const mostIdle = 8;

interface Shared {
  readonly opening: Promise<Recognizer>;
  holders: number;
}

/** Recognizers by keys, each made once for all who hold it, and kept for a while for those who come next. */
export function sharedRecognizers(): AsyncDisposable & {
  /** @throws what `create` throws; the next to ask tries again. */
  hold(key: string, create: () => Promise<Recognizer>): Promise<HeldRecognizer>;
} {
  /** The one that was given back longest ago comes first. */
  const shared = new Map<string, Shared>();

  async function dropIdle(): Promise<void> {
    const idle = [...shared].filter(([, { holders }]) => holders === 0);
    for (const [key, { opening }] of idle.slice(0, Math.max(0, idle.length - mostIdle))) {
      shared.delete(key);
      await (await opening)[Symbol.asyncDispose]();
    }
  }

  return {
    async hold(key, create) {
      const entry = shared.get(key) ?? { opening: create(), holders: 0 };
      shared.set(key, entry);
      entry.holders++;
      let isHeld = true;
      try {
        const recognizer = await entry.opening;
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
        if (shared.get(key) === entry) shared.delete(key);
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
