import { readFile, rename, writeFile } from 'node:fs/promises';

/** What the file holds, else what `work` gives, which the file holds then: what is done already is not done again, nor half of it read. */
export async function keptCell<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before !== undefined) return JSON.parse(before) as T; // it was written below
  const cell = await work();
  await writeFile(`${path}.partial`, JSON.stringify(cell));
  await rename(`${path}.partial`, path);
  return cell;
}
