import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { getSystemErrorMessage } from 'node:util';
import { NerError } from '../error.ts';
import { makeDirectory } from './make-directory.ts';

/** A file on its way. While it is claimed, no other process writes to it. */
export interface PartialFile {
  /** What is here of it and of which version; no bytes count where that is not known. */
  held(): Promise<{ readonly bytes: number; readonly validator: string | undefined }>;
  /**
   * Opens it to write: what follows the bytes that are held, or all of it anew.
   * @param validator - of the version that is now to come.
   */
  writer(part: 'rest' | 'whole', validator: string | undefined): Promise<PartialWriter>;
  /** Forgets all that is here. */
  empty(): Promise<void>;
  /** Leaves what is here for whoever asks for the file next. */
  release(): Promise<void>;
  /** Makes it the file, at once and whole. */
  finish(): Promise<void>;
}

interface PartialWriter extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>;
  /** SHA-256 of all that the partial file holds now, in hexadecimal digits. */
  sha256(): string;
}

/** After this long without a write, a claimed file is taken for one of a process that was killed. */
const abandonedAfterMs = 600_000;

/**
 * Claims what an earlier try left of a file, or begins a new one beside it. A partial file is a directory, `NAME.part`, of the bytes and the
 * validator of their version, so that one rename claims both; who claims it gives it a name of its own. Of two processes that want the
 * same file, the second begins anew, and whoever finishes last gives the file.
 * @throws {NerError} `usage` if the directory cannot be written to, here and in all that it returns.
 */
export async function claimPartialFile(path: string): Promise<PartialFile> {
  const directory = dirname(path);
  const shared = `${path}.part`;
  const claimed = `${shared}-${randomUUID()}`;
  const data = join(claimed, 'data');
  const version = join(claimed, 'validator');
  const writing = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw unwritable(directory, cause);
    });

  await writing(makeDirectory(directory));
  if (!(await taken(shared, claimed)) && !(await takeAbandoned(shared, claimed))) await writing(mkdir(claimed));

  async function held(): ReturnType<PartialFile['held']> {
    const validator = await readFile(version, 'utf8').catch(() => undefined);
    const file = validator === undefined ? undefined : await stat(data).catch(() => undefined);
    return { bytes: file?.size ?? 0, validator };
  }

  async function empty(): Promise<void> {
    await writing(rm(version, { force: true }));
    await writing(rm(data, { force: true }));
  }

  return {
    held,
    empty,
    async writer(part, validator) {
      const hash = createHash('sha256');
      if (part === 'rest') await pipeline(createReadStream(data), hash, { end: false });
      else await empty();
      const handle = await writing(open(data, 'a'));
      if (validator !== undefined) await writing(writeFile(version, validator));
      return {
        async write(bytes) {
          hash.update(bytes);
          await writing(handle.appendFile(bytes));
        },
        sha256: () => hash.copy().digest('hex'),
        [Symbol.asyncDispose]: () => handle.close(),
      };
    },
    async release() {
      // Another process may have left its own meanwhile; one is enough.
      const { bytes } = await held();
      if (bytes === 0 || !(await taken(claimed, shared))) await rm(claimed, { recursive: true, force: true });
    },
    async finish() {
      await writing(rename(data, path));
      await rm(claimed, { recursive: true, force: true });
    },
  };
}

/** Whether this process got the directory; only one of several does. */
async function taken(directory: string, name: string): Promise<boolean> {
  return rename(directory, name).then(
    () => true,
    () => false,
  );
}

async function takeAbandoned(shared: string, claimed: string): Promise<boolean> {
  const directory = dirname(shared);
  const names = await readdir(directory).catch(() => []);
  for (const name of names.filter((other) => other.startsWith(`${basename(shared)}-`))) {
    const candidate = join(directory, name);
    const last = await stat(join(candidate, 'data')).catch(() => undefined);
    if (last !== undefined && Date.now() - last.mtimeMs > abandonedAfterMs && (await taken(candidate, claimed))) return true;
  }
  return false;
}

/**
 * The system's error on writing, with what to do.
 * @param path - of a directory, or of a file as people know it; what the system was writing meanwhile is not told.
 */
export function unwritable(path: string, cause: unknown): NerError {
  const message = `${path} cannot be written to: ${reasonOf(cause)}. Check that the directory exists, has room and may be written to, or choose another.`;
  return new NerError(message, { code: 'usage' }, { cause });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (!('errno' in cause && typeof cause.errno === 'number' && 'code' in cause)) return cause.message;
  return `${String(cause.code)}: ${getSystemErrorMessage(cause.errno)}`;
}
