import { once } from 'node:events';
import type { Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { NerError, usageError } from '../../error.ts';
import { withBreaker } from '../../model/breaker.ts';
import { ownModels } from '../../pipeline/usual-models.ts';
import { type App, createApp } from '../../server/app.ts';
import { readWebFiles } from '../../server/pages.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { ServeFlags } from '../flags.ts';
import { openEnsemble } from '../open-ensemble.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { openPools } from './pools.ts';
import { createService } from './service.ts';

const loopback = ['127.0.0.1', 'localhost', '::1'];
/** Seconds for what is in work when the server is to end. */
const drainSeconds = 30;

/**
 * `el4ner serve`: serves the pipeline over HTTP until it is interrupted, then finishes what is in work.
 * @throws {NerError} `usage` where it cannot listen; for pools and models that cannot be opened.
 */
export async function serve(flags: ServeFlags, terminal: Terminal): Promise<ExitCode> {
  const { host, port, workers } = flags;
  const token = tokenIn(terminal.environment);
  const isLocal = loopback.includes(host);
  await using opened = new AsyncDisposableStack();
  const pools = await openPools(flags.pool, opened, terminal);
  const ensemble = await openEnsemble({ ...flags, models: flags.models ?? (await ownModels()), guard: withBreaker }, opened, terminal);
  const service = createService({ ensemble, pools }, opened, terminal);
  const limits = {
    body: flags.maxBody,
    datasetBody: flags.maxDatasetBody,
    documents: flags.maxDocuments,
    requests: flags.maxRequests,
    seconds: flags.requestTimeout,
  };
  const app = createApp(service, {
    version: await packageVersion(),
    workers,
    limits,
    token,
    origins: flags.cors,
    hosts: isLocal && token === undefined ? loopback : undefined,
    web: await readWebFiles(),
    onFault: (error) => terminal.note(`a request failed: ${error instanceof NerError ? error.message : inspect(error)}`),
  });
  const server = await listen(app.fetch, host, port);
  opened.defer(() => server.closeAllConnections());
  const address = addressOf(server);
  const own = address.replace(/\/\/(?:0\.0\.0\.0|\[::\]):/, '//localhost:');
  terminal.note(`serving at ${address}; open ${own === address ? 'it' : own} in a browser, or see /docs for programs`);
  if (!isLocal && token === undefined)
    terminal.note(`whoever reaches ${host} can use this server; set EL4NER_TOKEN to serve only those who know it`);
  if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
  terminal.note('finishing what is in work; a second interrupt ends at once');
  await Promise.race([finish(app, server), setTimeout(drainSeconds * 1000, undefined, { ref: false })]);
  return exitCodes.done;
}

/** It listens until the last, so that whoever asks meanwhile is told that it is not ready. */
async function finish(app: App, server: Server): Promise<void> {
  await app.drain();
  const closed = once(server, 'close');
  server.close();
  // A connection is idle only once the last answer on it has left, and would then be kept for a while.
  const sweeping = setInterval(() => server.closeIdleConnections(), 50);
  await closed.finally(() => clearInterval(sweeping));
}

/**
 * An empty one is none.
 * @throws {NerError} `usage` for one that no request can bear (RFC 6750).
 */
function tokenIn({ EL4NER_TOKEN: token = '' }: Terminal['environment']): string | undefined {
  if (!/^(?:[\w.~+/-]+=*)?$/.test(token))
    throw usageError(
      'EL4NER_TOKEN cannot be shown by a request; expected letters of ASCII, digits and . _ ~ + / - alone, perhaps with = at the end.',
    );
  return token === '' ? undefined : token;
}

/** @throws {NerError} `usage` */
async function listen(fetch: (request: Request) => Response | Promise<Response>, host: string, port: number): Promise<Server> {
  const server = createAdaptorServer({ fetch, hostname: host }) as Server; // it is given no other kind to make
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw usageError(`Cannot listen at ${host}, port ${port}: ${reason}. Give another --port (0 is any that is free) or --host.`);
  }
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
