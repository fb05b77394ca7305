import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonl } from '../dataset/jsonl.ts';
import { unreadableFile } from '../dataset/text-file.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import { NerError } from '../error.ts';

/**
 * The labelled sentences of a pool: of one file of JSON Lines, or of all `*.jsonl` in a directory, in the order of their names.
 * @throws {NerError} `unreadable-input`
 */
export async function readPool(path: string): Promise<readonly LabelledSentence[]> {
  const sentences: LabelledSentence[] = [];
  for (const file of await poolFiles(path)) for await (const sentence of readJsonl(file)) sentences.push(sentence);
  return sentences;
}

async function poolFiles(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const files = (await readdir(path)).filter((name) => name.endsWith('.jsonl')).sort();
    if (files.length > 0) return files.map((name) => join(path, name));
  } catch (cause) {
    throw unreadableFile(path, 'a pool, a file of JSON Lines or a directory of such files,', cause);
  }
  throw new NerError(`The directory ${path} has no *.jsonl file; expected a pool in it.`, { code: 'unreadable-input', path });
}
