import type { ReadRequest, SampleBody, WriteRequest } from '../../src/server/dataset-schemas.ts';
import type { LabelledBody, ModelBody, PoolBody, Problem } from '../../src/server/schemas.ts';
import type { DocumentResult, ExtractRequest, StageEvent } from './api-types.ts';
import { problemOf, ServerProblem, unreachable } from './problem.ts';
import { serverSentEvents } from './server-sent-events.ts';

/** What an extraction tells on its way. */
type ExtractionEvent =
  | { readonly name: 'stage'; readonly data: StageEvent }
  | { readonly name: 'document'; readonly data: DocumentResult }
  | { readonly name: 'problem'; readonly data: Problem }
  | { readonly name: 'end'; readonly data: unknown };

/** A file of a data set. */
export interface DataFile {
  readonly name: string;
  readonly content: string;
}

/** The server, asked over HTTP. Everything rejects with a {@link ServerProblem}, or the signal's reason. */
export interface Client {
  models(): Promise<readonly ModelBody[]>;
  pools(): Promise<readonly PoolBody[]>;
  /** Events as they come; one that ends without `end` was cut off, which is a problem. */
  extract(request: ExtractRequest, signal: AbortSignal): AsyncGenerator<ExtractionEvent, void, undefined>;
  addSentence(pool: string, sentence: LabelledBody): Promise<PoolBody>;
  readDataset(
    request: ReadRequest,
  ): Promise<{ readonly format: string; readonly samples: readonly SampleBody[]; readonly notes: readonly string[] }>;
  writeDataset(request: WriteRequest): Promise<{ readonly files: readonly DataFile[]; readonly notes: readonly string[] }>;
}

/** @param token - shown as a bearer token where it is not empty. */
export function createClient(token: string): Client {
  async function send(path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const headers = {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { headers, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }), ...(signal && { signal }) };
    const response = await fetch(path, init).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw unreachable();
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }
  const json = async <T>(path: string, body?: unknown): Promise<T> => (await send(path, body)).json() as Promise<T>; // as the server's schema says

  return {
    models: async () => (await json<{ models: readonly ModelBody[] }>('v1/models')).models,
    pools: async () => (await json<{ pools: readonly PoolBody[] }>('v1/pools')).pools,
    async *extract(request, signal) {
      const { body } = await send('v1/extract/stream', request, signal);
      let last: string | undefined;
      try {
        for await (const { name, data } of serverSentEvents(textOf(body))) {
          last = name;
          yield { name, data: JSON.parse(data) } as ExtractionEvent; // as the server's interface says
        }
      } catch (error) {
        if (signal.aborted || error instanceof ServerProblem) throw error;
        throw unreachable();
      }
      if (last !== 'end' && last !== 'problem') throw unreachable();
    },
    addSentence: (pool, sentence) => json(`v1/pools/${encodeURIComponent(pool)}/sentences`, sentence),
    readDataset: (request) => json('v1/datasets/read', request),
    writeDataset: (request) => json('v1/datasets/write', request),
  };
}

async function* textOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string, void, undefined> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
