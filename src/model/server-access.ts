import { NerError, usageError } from '../error.ts';
import { type Clock, type RequestEnd, type RequestLimiter, requestLimiter } from './request-limiter.ts';
import { overload } from './server-failure.ts';

/** One model's way to its server, where the requests in flight of all models of this process are limited together. */
export interface ServerAccess extends Disposable {
  /**
   * Sends a request when it has a place. No time limit is kept while it waits for one.
   * @throws what `send` throws.
   * @throws {NerError} `model-failed` if the access is disposed of before the request is sent.
   * @throws `signal.reason` once the signal is aborted before that.
   */
  request<T>(send: () => PromiseLike<T>, signal: AbortSignal | undefined): Promise<T>;
  /** How many requests may be in flight to the server now, of all models. */
  limit(): number;
}

/** What is to be known of a model's way to its server. */
export interface ServerAccessOptions {
  /** Where the server is; only its scheme, host and port count. */
  readonly url: string;
  readonly modelId: string;
  /** Most requests in flight; the least of what the open models of the server say counts. Default: no say, and 64 where nobody has one. */
  readonly concurrency?: number | undefined;
}

/** A server of which models are open. */
interface OpenServer {
  readonly limiter: RequestLimiter;
  /** By model: most requests in flight, infinity for a model without a say. */
  readonly bounds: Map<symbol, number>;
}

/** By origin; released with the last of their models. */
const openServers = new Map<string, OpenServer>();

const defaultBound = 64;

const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, wake) {
    const timer = setTimeout(wake, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * A model's way to its server, to be disposed of with the model; what waits then is rejected, and what is in flight goes on.
 * @throws {NerError} `usage` for a concurrency that is no whole number from 1.
 */
export function serverAccess({ url, modelId, concurrency }: ServerAccessOptions): ServerAccess {
  if (concurrency !== undefined && !(Number.isSafeInteger(concurrency) && concurrency >= 1)) {
    const message = `The concurrency of ${modelId} is ${concurrency}; expected a whole number from 1, the most requests in flight to its server.`;
    throw usageError(message);
  }
  const { origin } = new URL(url);
  const model = Symbol(modelId);
  const server = openServers.get(origin) ?? { limiter: requestLimiter(defaultBound, systemClock), bounds: new Map() };
  const { limiter, bounds } = server;
  openServers.set(origin, server);
  bounds.set(model, concurrency ?? Number.POSITIVE_INFINITY);
  limiter.boundTo(leastOf(bounds));
  return {
    async request(send, signal) {
      if (!bounds.has(model)) throw disposed(modelId);
      const giveBack = await limiter.enter(model, signal);
      let end: RequestEnd = { kind: 'aborted' };
      try {
        signal?.throwIfAborted();
        const result = await send();
        end = { kind: 'answered' };
        return result;
      } catch (error) {
        if (!signal?.aborted) end = failedEnd(error);
        throw error;
      } finally {
        giveBack(end);
      }
    },
    limit: limiter.limit,
    [Symbol.dispose]() {
      if (!bounds.delete(model)) return;
      limiter.turnAway(model, disposed(modelId));
      if (bounds.size > 0) limiter.boundTo(leastOf(bounds));
      else openServers.delete(origin);
    },
  };
}

function leastOf(bounds: ReadonlyMap<symbol, number>): number {
  const least = Math.min(...bounds.values());
  return least === Number.POSITIVE_INFINITY ? defaultBound : least;
}

function failedEnd(error: unknown): RequestEnd {
  const quietMs = overload(error);
  return quietMs === undefined ? { kind: 'failed' } : { kind: 'overloaded', quietMs };
}

function disposed(modelId: string): NerError {
  const message = `${modelId} has been disposed of. Open it again, or dispose of it later.`;
  return new NerError(message, { code: 'model-failed', modelId });
}
