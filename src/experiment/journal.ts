import { appendFile, readFile, stat, truncate } from 'node:fs/promises';
import { NerError } from '../error.ts';
import type { Identity } from './manifest.ts';
import type { DocumentResult } from './run.ts';

/** The results of an experiment so far, on disk, so that one that was interrupted goes on where it stopped. */
export interface Journal {
  /** What a system has done, by the id of the sentence; sentences that failed are not among it, so that they are tried again. */
  doneBy(system: string): ReadonlyMap<string, DocumentResult>;
  append(system: string, result: DocumentResult): Promise<void>;
}

/** A journal that keeps nothing. */
export const noJournal: Journal = { doneBy: () => new Map(), append: async () => undefined };

interface Entry {
  readonly system: string;
  readonly result: DocumentResult;
}

/** How every journal begins; a file that begins otherwise is somebody else's. */
const beginning = '{"identity":';

/**
 * Opens the journal at `path`, or begins it. A last line that was cut off while it was written is taken off.
 * @throws {NerError} `usage` if the journal is of an experiment with another identity or cannot be written, `unreadable-input` if it is
 * no journal.
 */
export async function openJournal(path: string, identity: Identity): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new NerError(`The journal ${path} cannot be read.`, { code: 'unreadable-input', path }, { cause: error });
  });
  if (text !== '' && !text.startsWith(beginning)) throw noJournalError(path, 1);
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...rest] = complete.split('\n').filter((line) => line !== '');
  if (first !== undefined) checkIdentity(path, (parse(path, 1, first) as { readonly identity: Identity }).identity, identity); // it begins so
  const done = Map.groupBy(
    rest.map((line, index) => entry(path, index + 2, line)).filter(({ result }) => result.failure === undefined),
    ({ system }) => system,
  );
  await begin(path, complete === '' ? `${JSON.stringify({ identity })}\n` : complete);
  return {
    doneBy: (system) => new Map((done.get(system) ?? []).map(({ result }) => [result.id, result])),
    append: (system, result) => appendFile(path, `${JSON.stringify({ system, result } satisfies Entry)}\n`),
  };
}

/** Makes the file end after its last whole line; `complete` is what it has until there. */
async function begin(path: string, complete: string): Promise<void> {
  try {
    await appendFile(path, '');
    if ((await stat(path)).size === 0) await appendFile(path, complete);
    else await truncate(path, Buffer.byteLength(complete));
  } catch (cause) {
    throw new NerError(
      `The journal ${path} cannot be written. Check its directory and the right to write there.`,
      { code: 'usage' },
      { cause },
    );
  }
}

function entry(path: string, line: number, row: string): Entry {
  const value = parse(path, line, row);
  const isEntry = typeof value === 'object' && value !== null && 'system' in value && 'result' in value;
  if (!isEntry) throw noJournalError(path, line);
  return value as Entry; // the program wrote the line itself, as the head of the file says
}

function parse(path: string, line: number, row: string): unknown {
  try {
    return JSON.parse(row);
  } catch (cause) {
    throw noJournalError(path, line, cause);
  }
}

function noJournalError(path: string, line: number, cause?: unknown): NerError {
  return new NerError(`${path}:${line} is no line of a journal. Give another path.`, { code: 'unreadable-input', path, line }, { cause });
}

function checkIdentity(path: string, found: Identity, wanted: Identity): void {
  const keys = Object.keys(wanted) as (keyof Identity)[]; // an interface's keys are known
  const different = keys.filter((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]));
  if (different.length === 0) return;
  throw new NerError(
    `The journal ${path} is of another experiment: ${different.join(', ')} ${different.length === 1 ? 'differs' : 'differ'}. Repeat what it was begun with, remove it, or give another path.`,
    { code: 'usage' },
  );
}
