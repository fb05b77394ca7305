import { APICallError } from 'ai';
import { NerError } from '../error.ts';

/**
 * Most bytes of a reply that are read, decompressed: what a server takes to answer at its longest (32 vectors of 8,192 numbers are 6 MB of
 * JSON, a chat's reply some kilobytes), and little enough to hold as many as are in flight.
 */
const mostReplyBytes = 16 * 1024 * 1024;

/**
 * `fetch` for a model's server, which is not trusted. The reply is read here to its end, so that a connection that breaks in its middle is one that
 * broke, and no more of it is read than {@link mostReplyBytes}. Redirections are not followed: texts and keys go to the address that the user gave
 * and to no other.
 * @throws what `fetch` throws; {NerError} `model-failed` for a reply that is too long or a redirection; an `APICallError` that is worth another attempt
 * for one that begins as JSON and breaks off.
 */
export function boundedFetch(modelId: string): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, { ...init, redirect: 'manual' });
    const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
    if (location !== null) {
      await response.body?.cancel();
      throw redirected(modelId, response, location);
    }
    const body = await read(response, modelId);
    if (response.ok && isBroken(body)) throw brokenOff(response);
    const { status, statusText, headers } = response;
    return new Response(mayHaveBody(status) ? body : null, { status, statusText, headers });
  };
}

async function read({ body, status, url }: Response, modelId: string): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = '';
  for await (const chunk of body.values()) {
    bytes += chunk.length;
    if (bytes > mostReplyBytes) throw tooLong({ modelId, status, url }); // leaving the loop closes the connection
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** A page of a proxy, or JSON in lines, is what it is, however often it is asked for; other JSON that cannot be read was cut or damaged on its way. */
function isBroken(body: string): boolean {
  const text = body.trimStart();
  return text.startsWith('{') && !isJson(text) && !isJson(text.slice(0, Math.max(0, text.indexOf('\n'))));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The statuses of answers without a body, which the constructor of `Response` refuses one for. */
function mayHaveBody(status: number): boolean {
  return ![101, 103, 204, 205, 304].includes(status);
}

function brokenOff({ status, url }: Response): APICallError {
  const message = 'its answer begins as JSON and is none';
  return new APICallError({ message, url, requestBodyValues: undefined, statusCode: status, isRetryable: true });
}

function tooLong({ modelId, status, url }: { readonly modelId: string; readonly status: number; readonly url: string }): NerError {
  const megabytes = mostReplyBytes / 1024 / 1024;
  const message = `${withoutQuery(url)} answered with more than ${megabytes} MiB, of which the rest was not read. Check that it is a model server.`;
  return new NerError(message, { code: 'model-failed', modelId, status });
}

function redirected(modelId: string, { status, url }: Response, location: string): NerError {
  // Of a path a server may make what it likes, even of the key that it got.
  const to = URL.parse(location, url)?.origin ?? 'another address';
  const message = `${withoutQuery(url)} sends requests on to ${to} (${status}), where texts are not sent unasked. Name that address if it is the right one.`;
  return new NerError(message, { code: 'model-failed', modelId, status });
}

/** Without what may be secret. */
function withoutQuery(address: string): string {
  const url = URL.parse(address);
  return url === null ? address : url.origin + url.pathname;
}
