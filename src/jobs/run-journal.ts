import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { NerError, usageError } from '../error.ts';
import { type Checkpoint, checkpointSchema, noProgress } from './checkpoint.ts';
import { type DurableFile, openDurableFile } from './durable-file.ts';
import { identityDifferences } from './identity-difference.ts';

/** What decides the results of a run, by the names under which a difference is told: equal identities give equal results. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** Of each journal. */
const beginning = '{"el4nerRun":';
const headSchema = z.object({ el4nerRun: z.literal(1), id: z.string().min(1), identity: z.record(z.string(), z.unknown()) });

/** What a journal says: the identity, and the last checkpoint that was written whole. */
export interface JournalContent {
  /** Of this run alone, whatever else is as it is. */
  readonly id: string;
  readonly identity: RunIdentity;
  readonly last: Checkpoint;
  /** Of the whole lines. */
  readonly bytes: number;
}

/**
 * What the journal at `path` says, `undefined` where there is none, or one whose first line was not written whole.
 * @throws {NerError} `unreadable-input` for a file that is no journal of a run.
 */
export async function readRunJournal(path: string): Promise<JournalContent | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw notJournal(path, error);
  });
  const [first, ...lines] = text.split('\n').slice(0, -1); // what is behind the last line feed was not written whole
  if (first === undefined) {
    const isOurs = text.startsWith(beginning) || beginning.startsWith(text);
    if (!isOurs) throw notJournal(path, undefined);
    return undefined;
  }
  const head = headSchema.safeParse(jsonOf(first));
  if (!head.success) throw notJournal(path, head.error);
  const checkpoints = lines.map((line) => checkpointSchema.safeParse(jsonOf(line)).data);
  const last = checkpoints.findLastIndex((checkpoint) => checkpoint !== undefined); // a power cut may leave anything behind it
  const kept = [first, ...lines.slice(0, last + 1)];
  return {
    id: head.data.id,
    identity: head.data.identity,
    last: checkpoints[last] ?? noProgress,
    bytes: kept.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
  };
}

/** A journal to write checkpoints to. */
export interface RunJournal extends AsyncDisposable {
  readonly id: string;
  /** Resolves once the checkpoint is on the disk. */
  write(checkpoint: Checkpoint): Promise<void>;
}

/**
 * Begins a journal, or goes on with one.
 * @throws {NerError} `unwritable-output`, also when it is written to.
 */
export async function openRunJournal(path: string, identity: RunIdentity, before: JournalContent | undefined): Promise<RunJournal> {
  const file = await openDurableFile(path, before?.bytes ?? 0);
  const id = before?.id ?? randomUUID();
  if (before === undefined) await writeLine(file, { el4nerRun: 1, id, identity });
  return {
    id,
    write: (checkpoint) => writeLine(file, checkpoint),
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}

/** @throws {NerError} `usage` that names what differs. */
export function checkSameRun(path: string, found: RunIdentity, wanted: RunIdentity): void {
  const different = identityDifferences(wanted, found);
  if (different.length === 0) return;
  throw usageError(
    `The run of ${path} was begun otherwise: ${different.join(', ')} ${different.length === 1 ? 'differs' : 'differ'}. Resume it as it was begun, or give another --out.`,
  );
}

async function writeLine(file: DurableFile, line: unknown): Promise<void> {
  await file.append(`${JSON.stringify(line)}\n`);
  await file.settle();
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function notJournal(path: string, cause: unknown): NerError {
  return new NerError(
    `${path} is no journal of a run that can be read. Give another --out, or remove it with the results beside it to begin anew.`,
    { code: 'unreadable-input', path },
    { cause },
  );
}
