import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { usageError } from '../error.ts';
import { type Checkpoint, noProgress } from './checkpoint.ts';
import { openDurableFile, settleDirectory, unwritable } from './durable-file.ts';
import { identityDifferences } from './identity-difference.ts';
import { checkSameRun, type JournalContent, openRunJournal, type RunIdentity, readRunJournal } from './run-journal.ts';
import { lockRun } from './run-lock.ts';

/** The files of a run: results, failures, and a journal that says how much of both is done. */
export interface RunFiles extends AsyncDisposable {
  /** Of this run alone, and the same whenever it is resumed. */
  readonly id: string;
  /** Where the run stands on the disk. */
  readonly checkpoint: Checkpoint;
  /** Adds what became of the next document, as a line without its end. */
  add(line: string, kind: 'result' | 'failure'): Promise<void>;
  /** Makes all that was added outlive the process and a power cut. */
  commit(options?: { readonly isLast: boolean }): Promise<void>;
  /**
   * Puts the files at {@link newPaths}, which must be whole and durable, in place of results and failures, both or, after a crash, both at the next
   * opening. Nothing can be added any more.
   * @param failed - documents that failed, by the new files.
   */
  replace(failed: number): Promise<void>;
}

/** The paths of a run whose results go to `path`. */
export function runPaths(path: string) {
  return { results: path, failures: `${path}.failed.ndjson`, journal: `${path}.journal`, lock: `${path}.lock` };
}

/** Where files are made that are to replace those of a run. */
export function newPaths(path: string) {
  const { results, failures } = runPaths(path);
  return { results: `${results}.new`, failures: `${failures}.new` };
}

/**
 * Opens the files of a run for this process alone. One that was ended anyhow is cut back to its last checkpoint, and goes on from there.
 * @param options.resume - whether to go on with a run that was begun before; one that was not is begun.
 * @throws {NerError} `usage` if there are files of a run that is not to be gone on with, or that was begun with another identity, or that another
 * process works on; `unreadable-input` for a file that is no journal; `unwritable-output`, here and in all that it returns.
 */
export async function openRunFiles(path: string, identity: RunIdentity, { resume }: { readonly resume: boolean }): Promise<RunFiles> {
  await using opening = new AsyncDisposableStack();
  const paths = runPaths(path);
  opening.use(await lockRun(paths.lock));
  const before = await readBegunRun(path, identity, resume);
  const { isReplacing, ...last } = before?.last ?? noProgress;
  if (isReplacing) await moveIntoPlace(path);
  else for (const stray of Object.values(newPaths(path))) await rm(stray, { force: true }); // half made, of a retry that was ended
  let checkpoint: Checkpoint = last;
  const results = opening.use(await openDurableFile(paths.results, checkpoint.resultBytes));
  const failures = opening.use(await openDurableFile(paths.failures, checkpoint.failureBytes));
  const journal = opening.use(await openRunJournal(paths.journal, identity, before));
  if (isReplacing) await journal.write(last);
  let { documents, failed } = checkpoint;
  const owned = opening.move();
  return {
    id: journal.id,
    get checkpoint() {
      return checkpoint;
    },
    async add(line, kind) {
      await (kind === 'result' ? results : failures).append(`${line}\n`);
      documents++;
      if (kind === 'failure') failed++;
    },
    async commit({ isLast } = { isLast: false }) {
      if (documents === checkpoint.documents && isLast === checkpoint.isLast) return;
      await Promise.all([results.settle(), failures.settle()]);
      const next = { ...checkpoint, documents, failed, resultBytes: results.bytes, failureBytes: failures.bytes, isLast };
      await journal.write(next);
      checkpoint = next;
    },
    async replace(failed) {
      const { results, failures } = newPaths(path);
      const [{ size: resultBytes }, { size: failureBytes }] = await Promise.all([stat(results), stat(failures)]);
      const next = { ...checkpoint, failed, resultBytes, failureBytes, retries: (checkpoint.retries ?? 0) + 1 };
      await journal.write({ ...next, isReplacing: true });
      await moveIntoPlace(path);
      await journal.write(next);
      checkpoint = next;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The journal of a run that is to be gone on with; `undefined` for one that is to be begun, or that has done nothing yet and is another. */
async function readBegunRun(path: string, identity: RunIdentity, resume: boolean): Promise<JournalContent | undefined> {
  const before = await readRunJournal(runPaths(path).journal);
  if (before === undefined) {
    await checkFree(path);
    return undefined;
  }
  const hasBegun = before.last.documents > 0 || before.last.isLast;
  if (!hasBegun) return resume && identityDifferences(identity, before.identity).length === 0 ? before : undefined;
  if (!resume) throw usageError(`There is a run to ${path} already. Go on with it by --resume, or give another --out.`);
  checkSameRun(path, before.identity, identity);
  return before;
}

/** Moves what is still there of the new files; what is not was moved before. */
async function moveIntoPlace(path: string): Promise<void> {
  const [from, to] = [newPaths(path), runPaths(path)];
  for (const name of ['results', 'failures'] as const) {
    await rename(from[name], to[name]).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw unwritable(to[name], error);
    });
  }
  await settleDirectory(dirname(path));
}

/** Results and failures without a journal are somebody else's. */
async function checkFree(path: string): Promise<void> {
  const { results, failures } = runPaths(path);
  for (const file of [results, failures]) {
    const there = await stat(file).catch(() => undefined);
    if (there !== undefined && there.size > 0)
      throw usageError(`${file} is there already, and no run wrote it; expected another --out, the path of a new file.`);
  }
}
