/** Where and how a file is asked for. */
export interface FileRequest {
  readonly url: string;
  /** How many bytes are here already; the rest is asked for. */
  readonly from: number;
  /** Says of which version of the file they are: a strong ETag, or the date of its last change. */
  readonly validator: string | undefined;
  /** Aborted by the user or by the clock. */
  readonly signal: AbortSignal;
}

/** What a server answered. */
export type FileAnswer =
  /** The bytes from `from` on; 0 where the server sends all of the file, whatever was asked for. */
  | {
      readonly kind: 'content';
      readonly from: number;
      readonly body: AsyncIterable<Uint8Array>;
      /** Of the whole file, if the server says. */
      readonly totalBytes: number | undefined;
      readonly validator: string | undefined;
    }
  /** What is here cannot be continued. */
  | { readonly kind: 'start-over' }
  /** Not now; perhaps in `waitMs`. */
  | { readonly kind: 'later'; readonly status: number; readonly reason: string; readonly waitMs: number | undefined }
  /** Not like this; to ask again would change nothing. */
  | { readonly kind: 'refused'; readonly status: number | undefined; readonly reason: string };

const mostRedirects = 5;

/**
 * Asks for a file, or the rest of it (RFC 9110, range requests), and follows up to five redirects, but never from HTTPS to HTTP.
 * @throws what `fetch` throws where no server answers, and `signal.reason` once the signal is aborted; the body throws alike.
 * A body that is not read to its end stays open until the signal is aborted.
 */
export async function requestFile({ url, from, validator, signal }: FileRequest): Promise<FileAnswer> {
  // Ranges and lengths are of the bytes as they are sent: they must not be compressed on the way.
  const headers = new Headers({ 'accept-encoding': 'identity', 'user-agent': 'el4ner' });
  if (from > 0 && validator !== undefined) {
    headers.set('range', `bytes=${from}-`);
    headers.set('if-range', validator);
  }
  let address = new URL(url);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    if (!isHttp(address)) return { kind: 'refused', status: undefined, reason: `led to ${address.href}, which is neither http nor https` };
    const response = await fetch(address.href, { headers, signal, redirect: 'manual' });
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null) return answerOf(response, from);
    await response.body?.cancel();
    const next = URL.parse(location, address.href);
    if (next === null) return { kind: 'refused', status: response.status, reason: `redirected to "${location}", which is no address` };
    if (address.protocol === 'https:' && next.protocol === 'http:') {
      return { kind: 'refused', status: response.status, reason: `redirected from https to ${next.href}` };
    }
    address = next;
  }
  return { kind: 'refused', status: undefined, reason: `redirected more than ${mostRedirects} times` };
}

/** Whether a file can be asked for at an address. */
export function isHttp(address: URL): boolean {
  return address.protocol === 'https:' || address.protocol === 'http:';
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

async function answerOf(response: Response, from: number): Promise<FileAnswer> {
  const { status, headers, body } = response;
  // Where a server compresses all the same, `fetch` undoes it, and nothing that was said of the sent bytes is true of these.
  const isAsSent = headers.get('content-encoding') === null;
  const validator = isAsSent ? validatorOf(headers) : undefined;
  if (status === 200 && body !== null) {
    const totalBytes = isAsSent ? wholeNumber(headers.get('content-length')) : undefined;
    return { kind: 'content', from: 0, body: claimed(body), totalBytes, validator };
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (status === 206 && body !== null && wholeNumber(range?.[1]) === from) {
    return { kind: 'content', from, body: claimed(body), totalBytes: wholeNumber(range?.[2]), validator };
  }
  await body?.cancel();
  if (from > 0 && (status === 206 || status === 416)) return { kind: 'start-over' };
  const reason = `answered ${status}${response.statusText === '' ? '' : ` ${response.statusText}`}`;
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: 'later', status, reason, waitMs: retryAfterMs(headers.get('retry-after')) };
  }
  return { kind: 'refused', status, reason };
}

/** `fetch` ends a body that nobody has begun to read when the garbage collector meets its response: here reading begins at once. */
function claimed(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  return body.values();
}

/** A weak ETag does not tell versions apart byte by byte, so that it is no ground to continue on. */
function validatorOf(headers: Headers): string | undefined {
  const tag = headers.get('etag');
  return tag?.startsWith('"') === true ? tag : (headers.get('last-modified') ?? undefined);
}

/** `Retry-After` in either of its forms, seconds or a date. */
function retryAfterMs(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = wholeNumber(value);
  const ms = seconds === undefined ? Date.parse(value) - Date.now() : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function wholeNumber(digits: string | null | undefined): number | undefined {
  return digits !== null && digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
