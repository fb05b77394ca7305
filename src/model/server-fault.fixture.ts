import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { randomIntegers } from '../random.ts';

/** What a server does with one request instead of answering it, or to its answer. */
export type ServerFault =
  /** `retryAfter` as the header has it: seconds or a date; `body` instead of the usual error in JSON. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** Resets the connection without a word. */
  | { readonly kind: 'reset' }
  /** Closes it in good order before the headers. */
  | { readonly kind: 'close' }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Status 200 and this body, for example a web page. */
  | { readonly kind: 'body'; readonly body: string }
  | { readonly kind: 'redirect'; readonly location: string }
  /** Answers after so long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Answers, and says that it is something else. */
  | { readonly kind: 'type'; readonly contentType: string }
  /** Answers a byte at a time, with a pause before each. */
  | { readonly kind: 'drip'; readonly pauseMs: number }
  /** The connection breaks in the middle of the answer. */
  | { readonly kind: 'break' }
  /** The answer ends in its middle, as if it were whole. */
  | { readonly kind: 'truncate' }
  /** The answer has something in its middle that is no JSON. */
  | { readonly kind: 'garble' }
  /** Status 200 and a string that is never closed. */
  | { readonly kind: 'endless' }
  /** Status 200 and JSON of so many bytes. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** Status 200 and so many megabytes, compressed to a thousandth on the way. */
  | { readonly kind: 'bomb'; readonly bytes: number }
  /** Status 200 and so many brackets within brackets. */
  | { readonly kind: 'nested'; readonly depth: number };

/** The headers and the body of an answer. */
export interface WholeAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Whether a fault is one of the answer, which therefore has to be worked out first. */
export function spoilsAnswer({ kind }: ServerFault): boolean {
  return ['delay', 'type', 'drip', 'break', 'truncate', 'garble'].includes(kind);
}

const json = { 'content-type': 'application/json' };

/** Commits a fault that needs no answer. */
export async function commit(response: ServerResponse, fault: ServerFault): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'close':
      return void response.socket?.end();
    case 'hang':
      return;
    case 'body':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
    case 'redirect':
      return void response.writeHead(307, { location: fault.location }).end();
    case 'endless':
      return pour(response, { head, chunk: letters, chunks: Number.POSITIVE_INFINITY });
    case 'huge':
      return pour(response, { head, chunk: letters, chunks: fault.bytes / letters.length });
    case 'bomb':
      return pour(response, { headers: { 'content-encoding': 'gzip' }, chunk: gzipSync(spaces), chunks: fault.bytes / spaces.length });
    case 'nested':
      return void response.writeHead(200, json).end('{"choices":'.padEnd(fault.depth, '['));
    default:
      throw new Error(`No answer is needed for ${fault.kind}.`);
  }
}

/** Sends an answer as a fault spoils it. */
export async function spoil(response: ServerResponse, { status, contentType, body }: WholeAnswer, fault: ServerFault): Promise<void> {
  const headers = { 'content-type': fault.kind === 'type' ? fault.contentType : contentType };
  const middle = Math.floor(body.length / 2);
  switch (fault.kind) {
    case 'type':
      return void response.writeHead(status, headers).end(body);
    case 'delay':
      await sleep(fault.ms);
      return void (response.destroyed || response.writeHead(status, headers).end(body));
    case 'drip':
      response.writeHead(status, headers);
      for (const byte of Buffer.from(body)) {
        if (response.destroyed) return;
        response.write(Buffer.of(byte));
        await sleep(fault.pauseMs);
      }
      return void response.end();
    case 'break':
      response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, middle), () => response.socket?.resetAndDestroy());
      return;
    case 'truncate':
      return void response.writeHead(status, headers).end(body.slice(0, middle));
    case 'garble':
      return void response.writeHead(status, headers).end(`${body.slice(0, middle)}\u0000}{${body.slice(middle)}`);
    default:
      throw new Error(`${fault.kind} is no fault of an answer.`);
  }
}

const head = '{"choices":[{"message":{"content":"';
const letters = Buffer.alloc(64 * 1024, 'a');
const spaces = Buffer.alloc(1024 * 1024, ' ');

interface Pouring {
  readonly headers?: Readonly<Record<string, string>>;
  readonly head?: string;
  readonly chunk: Buffer;
  readonly chunks: number;
}

/** Writes a head and then so many chunks, no faster than they are read. */
async function pour(response: ServerResponse, { headers = {}, head = '', chunk, chunks }: Pouring): Promise<void> {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  response.once('close', close);
  response.writeHead(200, { ...json, ...headers }).write(head);
  for (let sent = 0; sent < chunks && !response.destroyed; sent++) {
    if (response.write(chunk)) continue;
    const { promise: drained, resolve: drain } = Promise.withResolvers<void>();
    response.once('drain', drain);
    await Promise.race([drained, closed]);
  }
  response.end(head === '' ? '' : '"}}]}');
}

/** All that can go wrong in time that a test has, a `retry-after` of which is short. */
const mixedFaults: readonly ServerFault[] = [
  { kind: 'status', status: 429, retryAfter: '0' },
  { kind: 'status', status: 500, retryAfter: '0' },
  { kind: 'status', status: 503, retryAfter: '0' },
  { kind: 'status', status: 400 },
  { kind: 'delay', ms: 30 },
  { kind: 'reset' },
  { kind: 'close' },
  { kind: 'break' },
  { kind: 'hang' },
  { kind: 'drip', pauseMs: 100 },
  { kind: 'truncate' },
  { kind: 'garble' },
  { kind: 'type', contentType: 'image/png' },
  { kind: 'body', body: '<html><body>502 Bad Gateway</body></html>' },
  { kind: 'body', body: '' },
  { kind: 'endless' },
  { kind: 'huge', bytes: 300_000_000 },
  { kind: 'bomb', bytes: 20_000_000 },
  { kind: 'nested', depth: 1_000_000 },
];

/** For each request in turn whether it goes wrong, and how, by a seed: the given share of them, each of the faults alike often. */
export function faultPlan(seed: number, share: number, faults: readonly ServerFault[] = mixedFaults): () => ServerFault | undefined {
  const random = randomIntegers(seed);
  return () => {
    const [chance, which] = [random() / 2 ** 32, random()];
    return chance < share ? faults[which % faults.length] : undefined;
  };
}
