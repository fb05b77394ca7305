import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders whose code decides how models are asked and what is made of their replies. */
const folders = ['document', 'model', 'prompting'];

let own: Promise<string> | undefined;

/** The fingerprint of this package's own code, found out once a process. */
export function codeFingerprint(): Promise<string> {
  own ??= fingerprintOf(join(import.meta.dirname, '..'));
  return own;
}

/** The SHA-256, in hexadecimal, of the code in these folders of `root`, sources or what they were compiled to, without tests. */
export async function fingerprintOf(root: string): Promise<string> {
  const listed = await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name))),
  );
  const paths = listed.flat().filter(isCode).sort();
  const contents = await Promise.all(paths.map((path) => readFile(join(root, path))));
  const hash = createHash('sha256');
  for (const [at, path] of paths.entries()) hash.update(JSON.stringify([path, contents[at]?.length])).update(contents[at] ?? '');
  return hash.digest('hex');
}

function isCode(path: string): boolean {
  return /\.[jt]s$/.test(path) && !/\.(test|fixture|d)\.[jt]s$/.test(path);
}
