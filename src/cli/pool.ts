import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSamples } from '../dataset/read-samples.ts';
import { unreadableFile } from '../dataset/text-file.ts';
import type { LabelledSentence, LabelledText } from '../document/labelled.ts';
import { NerError, usageError } from '../error.ts';
import { readManifest } from '../pool/index/manifest.ts';
import { type OpenIndex, openIndex } from '../pool/index/open-index.ts';
import { createDataReport } from './data-report.ts';
import { type EvalFlags, flagName } from './flags.ts';
import type { Terminal } from './terminal.ts';

type Listener = Pick<Terminal, 'note'>;

/** A pool as a recognizer takes it, one of the two, and the types that its labels have, in the order of their first. */
export interface OpenedPool {
  readonly pool?: readonly LabelledSentence[];
  readonly index?: OpenIndex;
  readonly labels: readonly string[];
}

export const noPool: OpenedPool = { labels: [] };

/** Flags that say how a pool is prepared, which an index is already. */
type PreparingFlags = Pick<EvalFlags, 'candidateSpans' | 'poolLimit'>;

/**
 * The pool at a path: an index that `el4ner index` built, or labelled sentences as {@link readPool} reads them.
 * @param opened - gets the index, to close it.
 * @throws {NerError} `unreadable-input`; `usage` for flags that contradict an index.
 */
export async function openPool(
  path: string,
  { candidateSpans, poolLimit }: PreparingFlags,
  opened: AsyncDisposableStack,
  terminal: Listener,
): Promise<OpenedPool> {
  if ((await readManifest(path)) === undefined) {
    const pool = await readPool(path, terminal);
    return { pool, labels: labelsOf(pool) };
  }
  const idle = Object.entries({ candidateSpans, poolLimit }).flatMap(([key, value]) => (value === undefined ? [] : [flagName(key)]));
  if (idle.length > 0) {
    throw usageError(
      `${path} is an index, whose sentences and spans are what it was built with; leave out ${idle.join(' and ')}, or build another with "el4ner index".`,
    );
  }
  const index = opened.use(await openIndex(path));
  const labels = index.labels().map(({ type }) => type);
  // It was built with types in the order of the pool's labels, unless it was told others, and their order is part of prompts.
  const ordered = index.manifest.settings.types.filter((type) => labels.includes(type));
  return { index, labels: [...new Set([...ordered, ...labels])] };
}

/** The types of all mentions, in the order of their first. */
export function labelsOf(sentences: readonly LabelledText[]): readonly string[] {
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
