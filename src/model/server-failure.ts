import { APICallError, RetryError } from 'ai';
import { NerError } from '../error.ts';
import { timeout } from './timeout.ts';

/** What to do where a server is of no use: whole sentences, without secrets. */
interface ServerAdvice {
  /** Nothing answers at the address. */
  readonly unreachable: string;
  /** The server does not know the model, or the path. */
  readonly unknownModel: string;
  /** The server wants a key, or another one. */
  readonly denied: string;
}

/** The server that failed, as its messages name it. */
export interface FailingServer {
  readonly modelId: string;
  readonly advice: ServerAdvice;
  /** Must appear in no message, even if the server repeats it. */
  readonly secret?: string;
}

/** There was a connection, and it broke: another one may last. */
const brokenCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Node's `fetch` has waited for as long as it does. */
const silentCodes = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const longestSilenceMs = 300_000;

/** The failure of one attempt, where another one is not worth it: no server, or one that is too slow. `undefined` otherwise. */
export function finalFailure(error: unknown, server: FailingServer): NerError | undefined {
  const { modelId, advice } = server;
  if (!APICallError.isInstance(error) || !error.isRetryable) return undefined;
  const code = networkCode(error.cause) ?? '';
  if (silentCodes.has(code)) return timeout(modelId, longestSilenceMs);
  if (error.statusCode !== undefined || brokenCodes.has(code)) return undefined;
  const message = `Nothing answers at ${address(error.url)} (${code || quote(error.message, server)}). ${advice.unreachable}`;
  return new NerError(message, { code: 'model-unavailable', modelId }, { cause: error.cause });
}

/** The SDK sends a request again after so long as `retry-after` says only if that is less. */
const longestQuietMs = 60_000;

/**
 * For how many milliseconds a server wants to be left alone that failed because it has too much to do: 429, 503 or no answer in time. 0
 * where it does not say, or says a minute or more. `undefined` for all other failures.
 */
export function overload(error: unknown): number | undefined {
  if (error instanceof NerError) return error.detail.code === 'timeout' ? 0 : undefined;
  if (!APICallError.isInstance(error) || (error.statusCode !== 429 && error.statusCode !== 503)) return undefined;
  const { 'retry-after-ms': milliseconds = '', 'retry-after': secondsOrDate = '' } = error.responseHeaders ?? {};
  const waits = [Number.parseFloat(milliseconds), Number.parseFloat(secondsOrDate) * 1_000, Date.parse(secondsOrDate) - Date.now()];
  const quietMs = waits.find((wait) => !Number.isNaN(wait)) ?? 0;
  return quietMs > 0 && quietMs < longestQuietMs ? quietMs : 0;
}

/**
 * The failure of the last attempt, as what a caller can act on. The SDK's own error is no cause of it, as that holds the whole
 * request, and with it the user's text.
 */
export function serverFailure(error: unknown, server: FailingServer): NerError {
  const { modelId } = server;
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (last instanceof NerError) return last;
  if (!APICallError.isInstance(last)) {
    return new NerError(`${modelId} failed: ${quote(String(last), server)}`, { code: 'model-failed', modelId }, { cause: last });
  }
  const attempts = RetryError.isInstance(error) && error.errors.length > 1 ? ` after ${error.errors.length} attempts` : '';
  const { statusCode, isRetryable } = last;
  if (statusCode === undefined || (statusCode < 400 && isRetryable)) {
    const message = `The connection to ${address(last.url)} broke${attempts}: ${networkCode(last.cause) ?? quote(last.message, server)}.`;
    return new NerError(message, { code: 'model-failed', modelId }, { cause: last.cause });
  }
  return answered(last, statusCode, attempts, server);
}

function answered(error: APICallError, status: number, attempts: string, server: FailingServer): NerError {
  const { modelId, advice } = server;
  const from = address(error.url);
  const said = error.responseBody === undefined || error.responseBody.trim() === '' ? '' : ` It said: ${quote(error.responseBody, server)}`;
  if (status === 401 || status === 403) {
    return new NerError(`${from} refused access (${status}). ${advice.denied}`, { code: 'model-unavailable', modelId });
  }
  if (status === 404) {
    return new NerError(`${from} was not found (404). ${advice.unknownModel}${said}`, { code: 'model-unavailable', modelId });
  }
  const outcome = status < 400 ? `answered (${status}), but not with a chat completion` : `answered with status ${status}${attempts}`;
  return new NerError(`${from} ${outcome}.${said}`, { code: 'model-failed', modelId, status });
}

/** Without the query, where some servers take their key. */
function address(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** The system's code of a network error, for example `ECONNREFUSED`, from the error or what caused it. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : networkCode(error.cause);
}

const quotedLength = 300;

/** Foreign words in quotation marks: one line, no control characters, no secrets, cut at 300 characters. */
function quote(words: string, { secret }: FailingServer): string {
  const safe = (secret ? words.replaceAll(secret, '***') : words).replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return safe.length <= quotedLength ? `"${safe}"` : `"${safe.slice(0, quotedLength)}…"`;
}
