import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { getSystemErrorMessage } from 'node:util';
import { NerError } from '../error.ts';

/** A file that is only added to, and that says when what was added would outlive a power cut. */
export interface DurableFile extends AsyncDisposable {
  /** Bytes that it has, durable or not. */
  readonly bytes: number;
  append(text: string): Promise<void>;
  /** Resolves once all that was appended is on the disk. */
  settle(): Promise<void>;
}

/**
 * Opens a file, or makes it, and cuts it to so many bytes.
 * @throws {NerError} `unwritable-output`, here and in all that it returns; after a failed `append`, what the file ends with is not known.
 */
export async function openDurableFile(path: string, bytes: number): Promise<DurableFile> {
  const writing = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw cause instanceof NerError ? cause : unwritable(path, cause);
    });
  const handle = await writing(openAt(path, bytes));
  let length = bytes;
  let isSettled = true;
  /** After a failure nobody knows what is on the disk, and the system tells of it only once. */
  let broken: unknown;
  const unlessBroken = async (work: () => Promise<void>): Promise<void> => {
    if (broken !== undefined) throw broken;
    await writing(work()).catch((error: unknown) => {
      broken = error;
      throw error;
    });
  };
  return {
    get bytes() {
      return length;
    },
    async append(text) {
      const buffer = Buffer.from(text);
      isSettled = false;
      await unlessBroken(() => handle.appendFile(buffer));
      length += buffer.length;
    },
    async settle() {
      if (!isSettled) await unlessBroken(() => handle.datasync());
      isSettled = true;
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

async function openAt(path: string, bytes: number): Promise<FileHandle> {
  const handle = await open(path, 'a');
  try {
    const { size } = await handle.stat();
    if (size < bytes) throw shortened(path, size, bytes);
    await handle.truncate(bytes);
    await handle.sync();
    await settleDirectory(dirname(path));
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Makes the names of new files outlive a power cut, where the system can. */
export async function settleDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using directory = await open(path, 'r');
  await directory.sync();
}

/** What passes, or can be mended, in the middle of a run. */
const passing = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS']);

/** The error of a file that could not be written. */
export function unwritable(path: string, cause: unknown): NerError {
  const { errno, code = '', message } = cause as NodeJS.ErrnoException; // what the file system throws
  const reason = errno === undefined ? message : getSystemErrorMessage(errno);
  const advice = passing.has(code)
    ? 'What is done so far is kept; once that is mended, the same command with --resume goes on.'
    : 'Expected a place where files can be made.';
  return new NerError(`${path} cannot be written: ${reason}. ${advice}`, { code: 'unwritable-output', path }, { cause });
}

function shortened(path: string, size: number, bytes: number): NerError {
  return new NerError(
    `${path} has ${size} bytes, and the run has written ${bytes}: something else has changed it. Put back what was there, or begin anew with another --out.`,
    { code: 'unwritable-output', path },
  );
}
