import { setTimeout } from 'node:timers/promises';

/** Waits so many milliseconds. @returns whether the signal let it: `false` as soon as that is aborted. */
export async function abortableSleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  await setTimeout(ms, undefined, { signal }).catch(() => undefined); // it rejects for nothing but the signal
  return !signal.aborted;
}
