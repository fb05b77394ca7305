import type { Clock } from './request-limiter.ts';

/** A clock that stands still. */
export interface FakeClock extends Clock {
  /** How many timers are set. */
  timers(): number;
  /** Lets time pass and calls what is due. */
  advance(ms: number): void;
}

export function fakeClock(): FakeClock {
  const timers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  let nowMs = 0;
  return {
    now: () => nowMs,
    after(delayMs, wake) {
      const timer = { atMs: nowMs + delayMs, wake };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    timers: () => timers.size,
    advance(ms) {
      nowMs += ms;
      for (const timer of [...timers]) if (timer.atMs <= nowMs && timers.delete(timer)) timer.wake();
    },
  };
}
