import { setImmediate } from 'node:timers/promises';

const longestTurnMs = 50;

/**
 * Long work calls it after each small step: about every 50 ms it gives way to other work.
 * @throws `signal.reason` then, once the signal is aborted.
 */
export function turns(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < longestTurnMs) return;
    await setImmediate();
    signal.throwIfAborted();
    since = performance.now();
  };
}
