import type { ExtractRequest } from '../api/api-types.ts';
import type { Client } from '../api/client.ts';
import { ServerProblem } from '../api/problem.ts';
import type { Happening } from './workspace.ts';

/** Requests that are sent at once. */
const most = 2;

interface Following {
  readonly signal: AbortSignal;
  readonly tell: (happening: Happening) => void;
}

/**
 * Sends requests, two at once or as few as the server takes, and tells what comes back. Each is best of one document: what a server
 * takes in a request, of texts and of time, is then the matter of that document alone.
 * @throws {ServerProblem} the first problem, after which no further request is sent; what `signal` aborts rejects with its reason.
 */
export async function follow(client: Client, requests: readonly ExtractRequest[], { signal, tell }: Following): Promise<void> {
  const left = [...requests];
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  let lanes = 0;

  async function send(request: ExtractRequest): Promise<void> {
    for await (const event of client.extract(request, either)) {
      either.throwIfAborted();
      if (event.name === 'stage') tell({ kind: 'stage', event: event.data });
      if (event.name === 'document') tell({ kind: 'document', result: event.data });
      if (event.name === 'problem') throw new ServerProblem(event.data);
    }
  }
  async function lane(): Promise<void> {
    lanes++;
    for (let request = left.shift(); request !== undefined; request = left.shift()) {
      try {
        await send(request);
      } catch (error) {
        if (!isTooMany(error) || lanes === 1) throw error;
        left.unshift(request); // for the other lane, which is in work
        break;
      }
    }
    lanes--;
  }

  try {
    await Promise.all(Array.from({ length: Math.min(most, requests.length) }, lane));
  } finally {
    stop.abort();
  }
}

function isTooMany(error: unknown): boolean {
  return error instanceof ServerProblem && error.problem.status === 429;
}
