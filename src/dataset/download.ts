import { setTimeout as wait } from 'node:timers/promises';
import { NerError } from '../error.ts';
import { type FileAnswer, isHttp, requestFile } from './file-request.ts';
import { claimPartialFile, type PartialFile } from './partial-file.ts';

/** How patiently a file is asked for. */
export interface Patience {
  /** How many times it is asked for in all. */
  readonly attempts: number;
  /** Before the second attempt; it doubles before each further one, unless the server says how long. */
  readonly backoffMs: number;
  /** Where a server asks for a longer wait, the download ends instead. */
  readonly longestWaitMs: number;
  /** Without a byte for this long, an attempt has failed. */
  readonly silenceMs: number;
}

export const usualPatience: Patience = { attempts: 5, backoffMs: 500, longestWaitMs: 120_000, silenceMs: 60_000 };

/** What is known of a file before it is here. */
export interface ExpectedFile {
  readonly url: string;
  /** SHA-256 in lower-case hexadecimal digits; undefined where it is not known. */
  readonly sha256: string | undefined;
  /** Undefined where it is not known. */
  readonly bytes: number | undefined;
}

export interface DownloadOptions {
  /** A file of unknown size may have no more than this. */
  readonly mostBytes: number;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** What to do, as a sentence, where the server refuses the file and where the file is another than was expected. */
  readonly advice: { readonly refused: string; readonly different: string };
  /** How many bytes are here, of how many if the server says. */
  readonly onProgress?: ((bytes: number, totalBytes: number | undefined) => void) | undefined;
  /** An attempt failed, and there will be another. */
  readonly onRetry?: ((reason: string, waitMs: number) => void) | undefined;
}

/** How an attempt ended that the server did not refuse. */
type Outcome =
  | { readonly kind: 'received'; readonly sha256: string }
  | { readonly kind: 'again'; readonly reason: string; readonly status?: number; readonly waitMs?: number | undefined };

/**
 * Downloads a file over HTTP to `path`, which appears whole and verified or not at all. What came before a failure or an abort is kept
 * beside it, and the next download goes on from there, if the server can and still has the same version.
 * @returns the SHA-256 of the file.
 * @throws {NerError} `download-failed` if the server refuses, cannot be reached, or sends another file than was expected, which is then
 * not kept; `usage` if `path` cannot be written.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function download(file: ExpectedFile, path: string, options: DownloadOptions): Promise<string> {
  const address = URL.parse(file.url);
  if (address === null || !isHttp(address)) {
    throw new NerError(`"${file.url}" cannot be downloaded from; expected an address of http or https.`, { code: 'usage' });
  }
  options.signal.throwIfAborted();
  const partial = await claimPartialFile(path);
  try {
    const sha256 = await untilReceived(file, partial, options);
    await partial.finish();
    return sha256;
  } catch (error) {
    await partial.release();
    options.signal.throwIfAborted();
    throw error;
  }
}

async function untilReceived(file: ExpectedFile, partial: PartialFile, options: DownloadOptions): Promise<string> {
  const { patience, signal, onRetry } = options;
  for (let attempt = 1; ; attempt++) {
    const outcome = await receive(file, partial, options);
    if (outcome.kind === 'received') return outcome.sha256;
    const { reason, status, waitMs: asked } = outcome;
    const isFinal = attempt >= patience.attempts;
    if (isFinal || (asked ?? 0) > patience.longestWaitMs) {
      const { bytes } = await partial.held();
      const tried = isFinal ? `in ${attempt} attempts` : `now: it asks to wait ${Math.ceil((asked ?? 0) / 1000)} s`;
      const kept = bytes === 0 ? 'Try again later.' : `${bytes} bytes are kept: try again later, and they will not be fetched again.`;
      throw failure(file, `could not be fetched ${tried}. It ${reason}. ${kept}`, status);
    }
    const waitMs = asked ?? patience.backoffMs * 2 ** (attempt - 1);
    onRetry?.(reason, waitMs);
    await wait(waitMs, undefined, { signal });
  }
}

/** One attempt. Aborts come out as they are. */
async function receive(file: ExpectedFile, partial: PartialFile, options: DownloadOptions): Promise<Outcome> {
  const { signal, patience } = options;
  const clock = new AbortController();
  const alarm = setTimeout(() => clock.abort(new Error(`no byte for ${patience.silenceMs / 1000} s`)), patience.silenceMs);
  try {
    const { bytes: from, validator } = await partial.held();
    const answer = await requestFile({ url: file.url, from, validator, signal: AbortSignal.any([signal, clock.signal]) });
    if (answer.kind === 'refused') throw failure(file, `${answer.reason}. ${options.advice.refused}`, answer.status);
    if (answer.kind === 'later') return { ...answer, kind: 'again' };
    if (answer.kind === 'content') return await store(answer, file, partial, { ...options, onBytes: () => alarm.refresh() });
    await partial.empty();
    return { kind: 'again', reason: 'could not continue', waitMs: 0 };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NerError) throw error;
    return { kind: 'again', reason: networkReason(clock.signal.aborted ? clock.signal.reason : error) };
  } finally {
    clearTimeout(alarm);
    clock.abort(); // what was left unread is not wanted any more
  }
}

/** Writes a file down as it comes, and compares it with what was expected. */
async function store(
  answer: FileAnswer & { readonly kind: 'content' },
  file: ExpectedFile,
  partial: PartialFile,
  { mostBytes, advice, onProgress, onBytes }: DownloadOptions & { readonly onBytes: () => void },
): Promise<Outcome> {
  const { from, body, totalBytes, validator } = answer;
  const reject = async (problem: string): Promise<never> => {
    await partial.empty();
    throw failure(file, `${problem}. What was received was not kept. ${advice.different}`);
  };
  const most = file.bytes ?? mostBytes;
  const expected = file.bytes === undefined ? `at most ${mostBytes}` : `${file.bytes}`;
  if (totalBytes !== undefined && (totalBytes > most || totalBytes !== (file.bytes ?? totalBytes))) {
    return reject(`has ${totalBytes} bytes; expected ${expected}`);
  }
  let bytes = from;
  let sha256: string;
  {
    await using writer = await partial.writer(from > 0 ? 'rest' : 'whole', validator);
    for await (const chunk of body) {
      onBytes();
      bytes += chunk.length;
      if (bytes > most) return reject(`sent more than ${most} bytes; expected ${expected}`);
      await writer.write(chunk);
      onProgress?.(bytes, totalBytes ?? file.bytes);
    }
    sha256 = writer.sha256();
  }
  if (bytes < (totalBytes ?? 0)) return { kind: 'again', reason: `ended after ${bytes} of ${totalBytes} bytes` };
  if (sha256 === (file.sha256 ?? sha256) && bytes === (file.bytes ?? bytes)) return { kind: 'received', sha256 };
  if (from > 0) {
    // Perhaps the two parts are not of one file.
    await partial.empty();
    return { kind: 'again', reason: 'sent another file than the first part is of', waitMs: 0 };
  }
  return reject(
    file.sha256 === undefined ? `has ${bytes} bytes; expected ${expected}` : `has the SHA-256 ${sha256}; expected ${file.sha256}`,
  );
}

function failure({ url }: ExpectedFile, problem: string, status?: number): NerError {
  return new NerError(`${url} ${problem}`, { code: 'download-failed', url, ...(status === undefined ? {} : { status }) });
}

/** What `fetch` says is in the causes of its errors. */
function networkReason(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  if (innermost instanceof AggregateError) innermost = innermost.errors[0];
  const message = innermost instanceof Error ? innermost.message : String(innermost);
  return `failed: ${message}`;
}
