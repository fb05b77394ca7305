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
 * The text of UTF-8 bytes; a byte order mark at the start is no part of it.
 * @param line - the line that the bytes are of, from 1; left out if they are the whole file.
 * @throws {NerError} `unreadable-input` if they are not UTF-8.
 */
export function decodeUtf8(bytes: Uint8Array, path: string, line?: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const [place, detail] = line === undefined ? [path, { path }] : [`${path}:${line}`, { path, line }];
    throw new NerError(
      `${place} is not UTF-8. Convert the file to UTF-8 and try again.`,
      { code: 'unreadable-input', ...detail },
      { cause },
    );
  }
}

/**
 * The text of a file in UTF-8, see {@link decodeUtf8}; it may be empty.
 * @param expected - what the file should hold, for messages, as {@link unreadableFile} has it.
 * @throws {NerError} `unreadable-input`
 */
export async function readTextFile(path: string, expected: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadableFile(path, expected, cause);
  });
  return decodeUtf8(bytes, path);
}
