import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { usageError } from '../../error.ts';
import type { BreakerRecord } from '../../model/breaker.ts';

/** How a worker is. */
export interface WorkerHealth {
  readonly state: 'starting' | 'ready' | 'draining';
  readonly documents: { readonly done: number; readonly failed: number; readonly inWork: number };
  /** The members of the ensemble; left out for a while are those that failed again and again. */
  readonly models: readonly { readonly id: string; readonly isLeftOut: boolean; readonly reason?: string }[];
  readonly queue: { readonly url: string; readonly isConnected: boolean };
}

/**
 * Serves `/healthz`, which says that the process lives, and `/readyz`, which answers 503 unless it takes chunks and reaches the queue; both with all
 * that {@link WorkerHealth} has, as JSON. Disposing of it closes the port.
 * @param at - `HOST:PORT`.
 * @throws {NerError} `usage` if it cannot listen there.
 */
export async function serveHealth(at: string, health: () => WorkerHealth): Promise<AsyncDisposable & { readonly url: string }> {
  const { host, port } = endpoint(at);
  const server = createServer((request, response) => {
    const told = health();
    const isReady = told.state === 'ready' && told.queue.isConnected;
    if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, { error: 'Only GET is answered.' });
    else if (request.url === '/healthz') send(response, 200, told);
    else if (request.url === '/readyz') send(response, isReady ? 200 : 503, told);
    else send(response, 404, { error: 'There are /healthz and /readyz.' });
  });
  server.unref(); // it keeps no worker alive
  server.listen(port, host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw usageError(`--health ${at} cannot be listened at: ${cause instanceof Error ? cause.message : String(cause)}.`);
  });
  const address = server.address();
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${typeof address === 'object' ? address?.port : port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What is told of a member. */
export function modelHealth({ modelId: id, isOpen: isLeftOut, reason }: BreakerRecord): WorkerHealth['models'][number] {
  return isLeftOut ? { id, isLeftOut, reason } : { id, isLeftOut };
}

function endpoint(at: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(at) ?? [];
  if (host === undefined || Number(port) > 65_535) throw usageError(`--health is "${at}"; expected HOST:PORT, for example 127.0.0.1:8788.`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(`${JSON.stringify(value)}\n`);
}
