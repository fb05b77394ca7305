import { adaptiveLimit } from './adaptive-limit.ts';
import { turnQueue } from './turn-queue.ts';

/** A clock that never goes back, in milliseconds from any moment. */
export interface Clock {
  now(): number;
  /** Calls `wake` once, after so long; what it returns calls that off. */
  after(delayMs: number, wake: () => void): () => void;
}

/** How a request ended, as far as that tells how much its server bears. */
export type RequestEnd =
  | { readonly kind: 'answered' }
  /** The client gave it up, which tells nothing. */
  | { readonly kind: 'aborted' }
  /** For a reason that is none of load. */
  | { readonly kind: 'failed' }
  /** The server has too much to do, and wants to be left alone for so long; 0 where it does not say. */
  | { readonly kind: 'overloaded'; readonly quietMs: number };

/** Gives a place in flight back; a second call does nothing. */
export type GiveBack = (end: RequestEnd) => void;

/** Places in flight to one server, as many as its adaptive limit. Models that wait get them in turn, the requests of one in their order. */
export interface RequestLimiter {
  /** How many requests may be in flight now; just after it fell, more still are. */
  limit(): number;
  /** How many places are taken and not given back. */
  inFlight(): number;
  /**
   * Waits for a place.
   * @throws `signal.reason` once the signal is aborted, if there was no place before.
   */
  enter(model: symbol, signal?: AbortSignal): Promise<GiveBack>;
  /** Rejects what waits of the model. */
  turnAway(model: symbol, reason: Error): void;
  /** Sets what the limit is never above, a whole number from 1. */
  boundTo(most: number): void;
}

/** A limiter, its bound a whole number from 1. It has a timer only while requests wait for a quiet time to end. */
export function requestLimiter(bound: number, clock: Clock): RequestLimiter {
  const adaptive = adaptiveLimit(bound);
  const queue = turnQueue<Pick<PromiseWithResolvers<GiveBack>, 'resolve' | 'reject'>>();
  let inFlight = 0;
  let quietUntilMs = Number.NEGATIVE_INFINITY;
  let callOff: (() => void) | undefined;

  function admit(): void {
    callOff?.();
    callOff = undefined;
    const quietMs = quietUntilMs - clock.now();
    if (quietMs <= 0) while (inFlight < adaptive.limit && !queue.isEmpty) queue.next()?.resolve(place());
    else if (!queue.isEmpty) callOff = clock.after(quietMs, admit);
  }

  function place(): GiveBack {
    const { halvings } = adaptive;
    inFlight += 1;
    return once((end) => {
      // That a server bears fewer than it may get tells nothing of whether it bears more.
      const tellsNothing = end.kind === 'answered' && inFlight < adaptive.limit;
      inFlight -= 1;
      if (end.kind === 'overloaded') quietUntilMs = Math.max(quietUntilMs, clock.now() + end.quietMs);
      if (!tellsNothing) adaptive.learn(end.kind, halvings);
      admit();
    });
  }

  return {
    limit: () => adaptive.limit,
    inFlight: () => inFlight,
    boundTo: adaptive.boundTo,
    async enter(model, signal) {
      signal?.throwIfAborted();
      const waiter = Promise.withResolvers<GiveBack>();
      const abort = () => {
        queue.remove(model, waiter);
        waiter.reject(signal?.reason); // nothing if it has a place
        admit();
      };
      signal?.addEventListener('abort', abort, { once: true });
      queue.add(model, waiter);
      admit();
      return waiter.promise.finally(() => signal?.removeEventListener('abort', abort));
    },
    turnAway(model, reason) {
      for (const { reject } of queue.removeAll(model)) reject(reason);
      admit();
    },
  };
}

/** Heeds the first call alone. */
function once(giveBack: GiveBack): GiveBack {
  let isTaken = true;
  return (end) => {
    if (!isTaken) return;
    isTaken = false;
    giveBack(end);
  };
}
