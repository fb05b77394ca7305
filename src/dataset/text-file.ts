import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { NerError } from '../error.ts';

/** Why the system would not read a file, by its code, and what to do. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist. Check the path.',
  EISDIR: 'is a directory. Give the path of a file in it.',
  EACCES: 'may not be read. Check its permissions.',
};

/**
 * The system's error on a file or directory, as one sentence with what was expected.
 * @param expected - for example `a UTF-8 text`.
 */
export function unreadableFile(path: string, expected: string, cause: unknown): NerError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = reasons[code] ?? `could not be read: ${cause instanceof Error ? cause.message : String(cause)}.`;
  return new NerError(`Expected ${expected} at ${path}, but it ${reason}`, { code: 'unreadable-input', path }, { cause });
}

/**
 * The text of a file's UTF-8 bytes.
 * @param byteOrderMark - whether one at the start is a part of the text, as offsets may count it; by default it is not.
 * @throws {NerError} `unreadable-input` if they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, path: string, byteOrderMark: 'kept' | 'left out' = 'left out'): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: byteOrderMark === 'kept' }).decode(bytes);
  } catch (cause) {
    throw notUtf8(path, undefined, cause);
  }
}

/** The error for bytes that are not UTF-8: those of a line, from 1, or of the whole file. */
export function notUtf8(path: string, line?: number, cause?: unknown): NerError {
  const [place, detail] = line === undefined ? [path, { path }] : [`${path}:${line}`, { path, line }];
  const message = `${place} is not UTF-8. Convert the file to UTF-8 and try again.`;
  return new NerError(message, { code: 'unreadable-input', ...detail }, { cause });
}

/**
 * The text of a file in UTF-8, see {@link decodeUtf8}; it may be empty.
 * @param expected - what the file should hold, for messages, as {@link unreadableFile} has it.
 * @throws {NerError} `unreadable-input`
 */
export async function readTextFile(path: string, expected: string, byteOrderMark?: 'kept' | 'left out'): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadableFile(path, expected, cause);
  });
  return decodeUtf8(bytes, path, byteOrderMark);
}

/** Whole lines that follow each other in a file, as many as came at once. */
export interface LineBlock {
  /** The number of the first of them, from 1. */
  readonly line: number;
  /** Without line feeds; `undefined` for a line that is not UTF-8, unless it was to be read as Latin-1. */
  readonly texts: readonly (string | undefined)[];
}

const lineFeed = 0x0a;

/**
 * The lines of a file, read as they are asked for, in memory for one block of the file and one line. A line ends with a line feed or
 * the file; a carriage return before it is left in the text. A byte order mark at the start of the file is no part of it.
 * @param blocks - of the file's bytes, see {@link fileBlocks}.
 * @param encoding - with `any`, a line that is not UTF-8 is read as Latin-1, byte for character.
 */
export async function* lineBlocks(
  blocks: AsyncIterable<Uint8Array>,
  encoding: 'utf8' | 'any' = 'utf8',
): AsyncGenerator<LineBlock, void, undefined> {
  let line = 1;
  let unfinished: Uint8Array[] = [];
  for await (const bytes of blocks) {
    const end = bytes.lastIndexOf(lineFeed);
    if (end === -1) {
      unfinished.push(bytes);
      continue;
    }
    const texts = decodeLines(Buffer.concat([...unfinished, bytes.subarray(0, end)]), { atStart: line === 1, encoding });
    unfinished = [bytes.subarray(end + 1)];
    yield { line, texts };
    line += texts.length;
  }
  const last = Buffer.concat(unfinished);
  if (last.length > 0) yield { line, texts: decodeLines(last, { atStart: line === 1, encoding }) };
}

/**
 * The bytes of a file, in blocks.
 * @param expected - what the file should hold, for messages, as {@link unreadableFile} has it.
 * @throws {NerError} `unreadable-input` if the file cannot be read.
 */
export async function* fileBlocks(path: string, expected: string): AsyncGenerator<Buffer, void, undefined> {
  const stream: AsyncIterable<Buffer> = createReadStream(path); // it has no encoding, so that its blocks are buffers
  try {
    yield* stream;
  } catch (cause) {
    throw unreadableFile(path, expected, cause);
  }
}

/** In UTF-8 a line feed is a part of no other character, so that lines can be cut before they are decoded. */
function decodeLines(
  bytes: Buffer,
  { atStart, encoding }: { readonly atStart: boolean; readonly encoding: 'utf8' | 'any' },
): readonly (string | undefined)[] {
  const decoded = (line: Buffer): string | undefined => {
    if (isUtf8(line)) return line.toString('utf8');
    return encoding === 'any' ? line.toString('latin1') : undefined;
  };
  const lines = isUtf8(bytes) ? bytes.toString('utf8').split('\n') : splitAtLineFeeds(bytes).map(decoded);
  if (atStart && lines[0]?.startsWith('\ufeff') === true) return lines.with(0, lines[0].slice(1));
  return lines;
}

function splitAtLineFeeds(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  return [...lines, bytes.subarray(from)];
}
