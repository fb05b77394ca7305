import { randomUUID } from 'node:crypto';
import { link, readFile, readlink, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { usageError } from '../error.ts';
import { unwritable } from './durable-file.ts';

/** A process elsewhere cannot be looked at; it says so often that it lives, in milliseconds, … */
const heartbeatMs = 5_000;
/** … and is taken for gone after so long a silence; clocks of machines may differ by some of it. */
const silenceMs = 60_000;

/**
 * Keeps other processes from the same run until it is disposed of, also those of other containers or machines that see the file. A lock that a killed
 * process left is taken over, that of a process elsewhere after a minute.
 * @throws {NerError} `usage` if another process has it, `unwritable-output` if it cannot be made.
 */
export async function lockRun(path: string): Promise<AsyncDisposable> {
  const own = `${path}-${randomUUID()}`;
  const place = await placeOfProcesses();
  await writeFile(own, `${process.pid} ${place}`).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  try {
    while (!(await isTaken(own, path))) {
      const content = await readFile(path, 'utf8').catch(() => '');
      if (await isHeld(path, content, place)) {
        const [pid = '', where = ''] = content.split(' ');
        const holder = where === place ? `The process ${pid}` : 'A process elsewhere';
        throw usageError(`${holder} works on this run already. Wait for it, or end it; if it is none of el4ner, remove ${path}.`);
      }
      await removeStale(path, content);
    }
  } finally {
    await unlink(own);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined); // the file may be away for a moment
  }, heartbeatMs);
  beat.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** The machine, and the space of process numbers on it, which containers have for themselves. */
async function placeOfProcesses(): Promise<string> {
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${hostname()}/${boot.trim()}/${space}`.replaceAll(' ', '_');
}

async function isHeld(path: string, content: string, place: string): Promise<boolean> {
  const [pid, where] = content.split(' ');
  if (where === place) return isAlive(Number(pid));
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && Date.now() - file.mtimeMs < silenceMs;
}

/** Whether the name was free: a link is made at once or not at all. */
async function isTaken(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `link` throws
    if (code !== 'EEXIST') throw unwritable(path, error);
    return false;
  }
}

/** Removes the lock of a process that is gone, but not one that another process has taken in the meantime. */
async function removeStale(path: string, content: string): Promise<void> {
  const stale = `${path}-stale-${randomUUID()}`;
  try {
    await rename(path, stale);
  } catch {
    return; // somebody else has removed it
  }
  if ((await readFile(stale, 'utf8')) !== content) await link(stale, path).catch(() => undefined);
  await rm(stale, { force: true });
}

function isAlive(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `kill` throws
    return code === 'EPERM';
  }
}
