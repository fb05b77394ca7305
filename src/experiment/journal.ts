import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { NerError } from '../error.ts';
import type { Identity } from './manifest.ts';
import type { DocumentResult } from './run.ts';

/** The results of an experiment so far, on disk, so that one that was interrupted goes on where it stopped. */
export interface Journal {
  /** What a system has done, in the order of the sentences. */
  doneBy(system: string): readonly DocumentResult[];
  append(system: string, result: DocumentResult): Promise<void>;
}

/** A journal that keeps nothing. */
export const noJournal: Journal = { doneBy: () => [], append: async () => undefined };

interface Entry {
  readonly system: string;
  readonly result: DocumentResult;
}

/**
 * Opens the journal at `path`, or begins it. A last line that was cut off while it was written is taken off.
 * @throws {NerError} `usage` if the journal is of an experiment with another identity, `unreadable-input` if it is no journal.
 */
export async function openJournal(path: string, identity: Identity): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new NerError(`The journal ${path} cannot be read.`, { code: 'unreadable-input', path }, { cause: error });
  });
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...rest] = complete.split('\n').filter((line) => line !== '');
  if (first === undefined) await writeFile(path, `${JSON.stringify({ identity })}\n`);
  else {
    checkIdentity(path, parse<{ identity?: Identity }>(path, 1, first).identity, identity);
    if (complete.length < text.length) await truncate(path, Buffer.byteLength(complete));
  }
  const done = Map.groupBy(
    rest.map((line, index) => parse<Entry>(path, index + 2, line)),
    ({ system }) => system,
  );
  return {
    doneBy: (system) => (done.get(system) ?? []).map(({ result }) => result),
    append: (system, result) => appendFile(path, `${JSON.stringify({ system, result } satisfies Entry)}\n`),
  };
}

function parse<T>(path: string, line: number, row: string): T {
  try {
    return JSON.parse(row) as T; // the program wrote the line itself, and its first line says so
  } catch (cause) {
    throw new NerError(`${path}:${line} is no line of a journal. Give another path.`, { code: 'unreadable-input', path, line }, { cause });
  }
}

function checkIdentity(path: string, found: Identity | undefined, wanted: Identity): void {
  if (found === undefined) {
    throw new NerError(`${path} is no journal of an experiment. Give another path.`, { code: 'unreadable-input', path, line: 1 });
  }
  const keys = Object.keys(wanted) as (keyof Identity)[]; // an interface's keys are known
  const different = keys.filter((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]));
  if (different.length === 0) return;
  throw new NerError(
    `The journal ${path} is of another experiment: ${different.join(', ')} ${different.length === 1 ? 'differs' : 'differ'}. Repeat what it was begun with, remove it, or give another path.`,
    { code: 'usage' },
  );
}
