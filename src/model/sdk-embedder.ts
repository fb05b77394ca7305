import { APICallError, embedMany, wrapEmbeddingModel } from 'ai';
import { NerError } from '../error.ts';
import { abortable } from './abortable.ts';
import { checkedEmbedder } from './checked-embedder.ts';
import type { Embedder } from './embedder.ts';
import { linkedSignal } from './linked-signal.ts';
import type { ServerAccess } from './server-access.ts';
import { type FailingServer, finalFailure, serverFailure } from './server-failure.ts';
import { timeout } from './timeout.ts';
import { assertOneForEach } from './vector-check.ts';

/** An AI SDK embedding model; not its string form, which stands for a model behind a hosted gateway. */
type SdkEmbeddingModel = Parameters<typeof wrapEmbeddingModel>[0]['model'];

/** What every embedding model of a server can be told. */
export interface SdkEmbedderOptions {
  /**
   * Longest wait for one reply, in milliseconds from when it is asked for; default 120,000. Waits between attempts, and for a turn at
   * the server, do not count.
   */
  readonly timeoutMs?: number;
  /**
   * How often a request is sent again after a status of 408, 409, 429 or 5xx or a broken connection; default 4. The wait is what
   * the server's `retry-after` says if that is below a minute, otherwise 2 s, doubled each time.
   */
  readonly maxRetries?: number;
  /** How many requests are on their way at once, or wait for a turn at the server; default 2. */
  readonly workers?: number;
}

/** The server of an embedding model. */
interface EmbeddingServer extends FailingServer {
  /** By which each attempt goes; the embedder owns it. */
  readonly access: ServerAccess;
}

/** An embedding model of the AI SDK, whose failures are explained by what is known of its server. */
export function sdkEmbedder(model: SdkEmbeddingModel, options: SdkEmbedderOptions, server: EmbeddingServer): Embedder {
  const { timeoutMs = 120_000, maxRetries = 4, workers = 2 } = options;
  const attempts = withTimeout(model, server, timeoutMs);
  const source = {
    id: server.modelId,
    async embed(texts: readonly string[], signal: AbortSignal) {
      try {
        const values = texts.map((text) => text.toWellFormed()); // half a character is no valid UTF-8, which some servers refuse
        // Telemetry that the program has registered with the SDK would record texts.
        return (await embedMany({ model: attempts, values, maxRetries, abortSignal: signal, telemetry: { isEnabled: false } })).embeddings;
      } catch (error) {
        signal.throwIfAborted();
        throw noEmbeddings(error, server) ?? serverFailure(error, server);
      }
    },
    async [Symbol.asyncDispose]() {
      server.access[Symbol.dispose](); // connections are Node's, which closes idle ones
    },
  };
  return checkedEmbedder(source, { workers });
}

/**
 * The model with a place at its server and then a time limit for each attempt, failing at once where no server is and where vectors are
 * missing.
 */
function withTimeout(sdkModel: SdkEmbeddingModel, server: EmbeddingServer, timeoutMs: number): SdkEmbeddingModel {
  const { modelId, access } = server;
  return wrapEmbeddingModel({
    model: sdkModel,
    middleware: {
      wrapEmbed({ model, params }) {
        const attempt = async () => {
          const limit = AbortSignal.timeout(timeoutMs);
          using linked = linkedSignal(limit, ...(params.abortSignal === undefined ? [] : [params.abortSignal]));
          const abortSignal = linked.signal;
          try {
            const result = await abortable(model.doEmbed({ ...params, abortSignal }), abortSignal);
            assertOneForEach(result.embeddings, params.values.length, modelId);
            return { ...result, warnings: [] };
          } catch (error) {
            params.abortSignal?.throwIfAborted();
            throw limit.aborted ? timeout(modelId, timeoutMs) : (finalFailure(error, server) ?? error);
          }
        };
        return access.request(attempt, params.abortSignal);
      },
    },
  });
}

/** The failure of a server that answers with something else than embeddings; `undefined` for all others. */
function noEmbeddings(error: unknown, { modelId }: FailingServer): NerError | undefined {
  if (!APICallError.isInstance(error) || error.isRetryable || error.statusCode === undefined || error.statusCode >= 400) return undefined;
  const { statusCode: status, url } = error;
  const message = `${url} answered (${status}), but not with embeddings. Check the address, and that the model there is an embedding model.`;
  return new NerError(message, { code: 'model-failed', modelId, status });
}
