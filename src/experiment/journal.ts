import { appendFile, readFile, stat, truncate } from 'node:fs/promises';
import { NerError } from '../error.ts';
import type { DocumentResult } from './document-result.ts';
import { type Entry, entrySchema, headSchema } from './journal-line.ts';
import type { Identity } from './manifest.ts';
import { parseStored } from './stored-json.ts';

/** The results of an experiment so far, on disk, so that one that was interrupted goes on where it stopped. */
export interface Journal {
  /**
   * What a system has done, by the id of the sentence; sentences that failed, or on which a model failed, are not among it, so that
   * they are tried again.
   */
  doneBy(system: string): ReadonlyMap<string, DocumentResult>;
  append(system: string, result: DocumentResult): Promise<void>;
  /** How many results, of all systems, are not to be worked out again. */
  kept(): number;
}

/** A journal that keeps nothing. */
export const noJournal: Journal = { doneBy: () => new Map(), append: async () => undefined, kept: () => 0 };

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
  if (text !== '' && !text.startsWith(beginning)) throw noLine(path, 1)(`expected ${beginning}…`);
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...rest] = complete.split('\n').filter((line) => line !== '');
  if (first !== undefined) checkIdentity(path, parseStored(first, headSchema, noLine(path, 1)).identity, identity);
  const done = new Map<string, Map<string, DocumentResult>>();
  const keep = ({ system, result }: Entry): void => {
    if (!isFinal(result)) return;
    const ofSystem = done.get(system) ?? new Map<string, DocumentResult>();
    done.set(system, ofSystem.set(result.id, result));
  };
  for (const [index, line] of rest.entries()) keep(parseStored(line, entrySchema, noLine(path, index + 2)));
  await begin(path, complete === '' ? `${JSON.stringify({ identity })}\n` : complete);
  return {
    doneBy: (system) => new Map(done.get(system)),
    async append(system, result) {
      await appendFile(path, `${JSON.stringify({ system, result } satisfies Entry)}\n`);
      keep({ system, result });
    },
    kept: () => Array.from(done.values(), ({ size }) => size).reduce((sum, size) => sum + size, 0),
  };
}

/** Whether it says what the system is worth, and not that a model was out of order. */
function isFinal({ failure, degraded }: DocumentResult): boolean {
  return failure === undefined && degraded === undefined;
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

/** Makes the error for a line that no journal has. */
function noLine(path: string, line: number): (problem: string, cause?: unknown) => NerError {
  return (problem, cause) =>
    new NerError(
      `${path}:${line} is no line of a journal (${problem}). Give another path.`,
      { code: 'unreadable-input', path, line },
      { cause },
    );
}

function checkIdentity(path: string, found: Readonly<Record<string, unknown>>, wanted: Identity): void {
  const keys = Object.keys(wanted) as (keyof Identity)[]; // an interface's keys are known
  const different = keys.filter((key) => JSON.stringify(found[key]) !== JSON.stringify(wanted[key]));
  if (different.length === 0) return;
  throw new NerError(
    `The journal ${path} is of another experiment: ${different.join(', ')} ${different.length === 1 ? 'differs' : 'differ'}. Repeat what it was begun with, remove it, or give another path.`,
    { code: 'usage' },
  );
}
