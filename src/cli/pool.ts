import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSamples } from '../dataset/read-samples.ts';
import { unreadableFile } from '../dataset/text-file.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import { NerError } from '../error.ts';
import type { RecognizerOptions } from '../pipeline/options.ts';
import { readManifest } from '../pool/index/manifest.ts';
import { openIndex } from '../pool/index/open-index.ts';
import { createDataReport } from './data-report.ts';
import type { Terminal } from './terminal.ts';

type Listener = Pick<Terminal, 'note'>;

/** A pool as a recognizer takes it, and the types that its labels have. */
export interface OpenedPool extends Pick<RecognizerOptions, 'pool' | 'index'> {
  readonly labels: readonly string[];
}

/**
 * The pool at a path: an index that `el4ner index` built, or labelled sentences as {@link readPool} reads them.
 * @param opened - gets the index, to close it.
 * @throws {NerError} `unreadable-input`
 */
export async function openPool(path: string, opened: AsyncDisposableStack, terminal: Listener): Promise<OpenedPool> {
  if ((await readManifest(path)) === undefined) {
    const pool = await readPool(path, terminal);
    return { pool, labels: labelsOf(pool) };
  }
  const index = opened.use(await openIndex(path));
  return { index, labels: index.labels().map(({ type }) => type) };
}

/** The types of all mentions, in the order of their first. */
export function labelsOf(sentences: readonly LabelledSentence[]): readonly string[] {
  return [...new Set(sentences.flatMap(({ entities }) => entities.map(({ type }) => type)))];
}

/**
 * The labelled sentences of a pool: of one file in any format, of all `*.jsonl` in a directory in the order of their names, or of a
 * directory of brat's.
 * @param terminal - is told how the data are understood, and what of them is left out.
 * @throws {NerError} `unreadable-input`
 */
export function readPool(path: string, terminal: Listener): Promise<readonly LabelledSentence[]> {
  return readLabelled(path, 'a pool', terminal);
}

/** The labelled sentences that a system is to find again, read as {@link readPool} reads a pool. */
export function readTestData(path: string, terminal: Listener): Promise<readonly LabelledSentence[]> {
  return readLabelled(path, 'a data set', terminal);
}

async function readLabelled(path: string, what: string, terminal: Listener): Promise<readonly LabelledSentence[]> {
  const report = createDataReport(terminal, { skipBad: false });
  const sentences: LabelledSentence[] = [];
  for (const file of await filesOf(path, what)) {
    for await (const { id, text, entities } of readSamples(file, { report })) {
      sentences.push({ id, text, entities: entities.map(({ start, end, type }) => ({ start, end, type })) });
    }
  }
  report.end();
  return sentences;
}

/** @param what - is expected there, in words. */
async function filesOf(path: string, what: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    const files = names.filter((name) => name.endsWith('.jsonl')).sort();
    if (files.length > 0) return files.map((name) => join(path, name));
    if (names.some((name) => name.endsWith('.ann'))) return [path];
  } catch (cause) {
    throw unreadableFile(path, `${what}, a file of labelled sentences or a directory of such files,`, cause);
  }
  throw new NerError(`The directory ${path} has no *.jsonl file and no *.ann; expected ${what} in it.`, { code: 'unreadable-input', path });
}
