import { link, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { usageError } from '../error.ts';
import { unwritable } from './durable-file.ts';

/**
 * Keeps other processes of this machine from the same run until it is disposed of. A lock that a killed process left is taken over.
 * @throws {NerError} `usage` if another process has it, `unwritable-output` if it cannot be made.
 */
export async function lockRun(path: string): Promise<AsyncDisposable> {
  const own = `${path}-${process.pid}`;
  await writeFile(own, String(process.pid)).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  try {
    while (!(await isTaken(own, path))) {
      const owner = Number(await readFile(path, 'utf8').catch(() => ''));
      if (owner > 0 && isAlive(owner))
        throw usageError(
          `The process ${owner} works on this run already. Wait for it, or end it; if it is none of el4ner, remove ${path}.`,
        );
      await removeStale(path, owner);
    }
  } finally {
    await unlink(own);
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

/** Whether the name was free: a link is made at once or not at all. */
async function isTaken(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `link` throws
    if (code !== 'EEXIST') throw error;
    return false;
  }
}

/** Removes the lock of a process that is gone, but not one that another process has taken in the meantime. */
async function removeStale(path: string, owner: number): Promise<void> {
  const stale = `${path}-stale-${process.pid}`;
  try {
    await rename(path, stale);
  } catch {
    return; // somebody else has removed it
  }
  if (Number(await readFile(stale, 'utf8')) !== owner) await link(stale, path).catch(() => undefined);
  await rm(stale, { force: true });
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `kill` throws
    return code === 'EPERM';
  }
}
