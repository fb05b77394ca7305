import { randomUUID } from 'node:crypto';
import { open, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NerError } from '../error.ts';
import type { OutputFile } from './format.ts';
import { makeDirectory } from './make-directory.ts';
import { unwritable } from './partial-file.ts';

/** Characters that are written at once. */
const batchLength = 65_536;

/** Of a file: all of it, or piece by piece. */
type Content = string | Uint8Array | AsyncIterable<string>;

/**
 * Writes a file so that it appears at once and whole; nothing is left of it if that fails. What is no regular file, such as a pipe or a
 * device, is written as the content comes.
 * @throws {NerError} `usage` if it cannot be written. What `content` throws comes through.
 */
export async function writeWholeFile(path: string, content: Content): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  const write = (at: string): Promise<void> => writeContent(content, { path, at, mode: (existing?.mode ?? 0o666) & 0o777 });
  await (existing === undefined || existing.isFile() ? appearing(path, write) : write(path));
}

/**
 * Writes the files of a directory so that it appears at once and whole.
 * @param path - of nothing, or of an empty directory.
 * @throws {NerError} `usage` if it cannot be written, or holds something. What `files` throws comes through.
 */
export async function writeWholeDirectory(path: string, files: AsyncIterable<OutputFile>): Promise<void> {
  await rmdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return;
    throw new NerError(`${path} is there already; expected the path of a new or an empty directory.`, { code: 'usage' }, { cause });
  });
  await appearing(path, async (temporary) => {
    await writing(path, makeDirectory(temporary));
    for await (const { name, content } of files) await writing(path, writeFile(join(temporary, name), content));
  });
}

/** Writes at a temporary path beside the final one, and moves what is there in the end. */
async function appearing(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await write(temporary);
    await writing(path, rename(temporary, path));
  } finally {
    await rm(temporary, { force: true, recursive: true });
  }
}

interface Place {
  /** What the file is called in the end, and in messages. */
  readonly path: string;
  /** Where it is written. */
  readonly at: string;
  readonly mode: number;
}

async function writeContent(content: Content, { path, at, mode }: Place): Promise<void> {
  await using file = await writing(path, open(at, 'w', mode));
  if (typeof content === 'string' || content instanceof Uint8Array) return writing(path, file.appendFile(content));
  let batch = '';
  for await (const piece of content) {
    batch += piece;
    if (batch.length < batchLength) continue;
    await writing(path, file.appendFile(batch));
    batch = '';
  }
  await writing(path, file.appendFile(batch));
}

/** Says of a failed write that it was one, and of what; reading may fail at the same time, and is to be told otherwise. */
async function writing<T>(path: string, written: Promise<T>): Promise<T> {
  return written.catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
}
