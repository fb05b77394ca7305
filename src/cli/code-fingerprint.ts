import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders whose code decides how models are asked and what is made of their replies. */
const folders = ['document', 'model', 'prompting'];

let own: string | undefined;

/** The fingerprint of this package's own code, found out once a process. */
export function codeFingerprint(): string {
  own ??= fingerprintOf(join(import.meta.dirname, '..'));
  return own;
}

/** The SHA-256, in hexadecimal, of the code in these folders of `root`, sources or what they were compiled to, without tests. */
export function fingerprintOf(root: string): string {
  const paths = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  const hash = createHash('sha256');
  for (const path of paths.filter(isCode).sort()) {
    const content = readFileSync(join(root, path)); // a hundred small files are read faster one after the other than at once
    hash.update(JSON.stringify([path, content.length])).update(content);
  }
  return hash.digest('hex');
}

function isCode(path: string): boolean {
  return /\.[jt]s$/.test(path) && !/\.(test|fixture|d)\.[jt]s$/.test(path);
}
