import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it that are missing; one that is there stays.
 * Node's own `mkdir` with `recursive` never ends where a file system has no room for directories of one's own, such as Linux's `/proc`.
 * @throws the system's error.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `mkdir` throws
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    // The one above may be there only now, made by somebody else at the same time.
    if (!(await isDirectory(above))) await makeDirectory(above);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what `mkdir` throws
    if (code !== 'EEXIST' || !(await isDirectory(path))) throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
