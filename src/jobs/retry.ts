import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { jsonTexts } from '../dataset/json-texts.ts';
import { NerError } from '../error.ts';
import { openDurableFile } from './durable-file.ts';
import { newPaths, type RunFiles, runPaths } from './run-files.ts';
import { readRunJournal } from './run-journal.ts';

/** A document that failed, and which one of the corpus it is, from 0. */
export interface FailedDocument {
  readonly index: number;
  readonly id: string;
  readonly text: string;
}

const failedRow = z.object({ index: z.int().min(0), id: z.string(), text: z.string() });

/** Where the results of a retry are until they are merged. */
export function retryPath(path: string): string {
  return `${path}.retry`;
}

/**
 * The documents that failed in a run, in their order, from the file of its failures.
 * @throws {NerError} `unreadable-input` for a line that is none of such a file.
 */
export async function* failedDocuments(path: string): AsyncGenerator<FailedDocument, void, undefined> {
  const { failures } = runPaths(path);
  let number = 0;
  for await (const line of linesOf(failures)) {
    number++;
    try {
      yield failedRow.parse(JSON.parse(line));
    } catch (cause) {
      throw new NerError(
        `${failures}:${number} is no document that failed in a run.`,
        { code: 'unreadable-input', path: failures, line: number },
        { cause },
      );
    }
  }
}

/**
 * Puts what a finished retry brought where it would be had it not failed. Killed at any time, it can be called again.
 * @param files - of the whole run.
 * @param retried - of the retry at {@link retryPath}, whose documents were those that had failed.
 */
export async function mergeRetry(path: string, files: RunFiles, retried: RunFiles): Promise<void> {
  const [from, to] = [retryPath(path), newPaths(path)];
  const stillFailing = new Set<number>();
  for await (const { index } of failedDocuments(from)) stillFailing.add(index);
  await writeLines(to.failures, linesOf(runPaths(from).failures));
  await writeLines(to.results, merged(path, stillFailing, files.checkpoint.documents));
  await files.replace(retried.checkpoint.failed);
}

/**
 * Removes what a retry leaves that was merged before its process ended, or that came to nothing.
 * @param retry - how many were merged so far: of another number is what was.
 */
export async function removeMergedRetry(path: string, retry: number): Promise<void> {
  const before = await readRunJournal(runPaths(retryPath(path)).journal);
  if (before?.identity['retry'] !== retry) await removeRetry(path);
}

/** Removes what a merged retry leaves. */
export async function removeRetry(path: string): Promise<void> {
  for (const file of Object.values(runPaths(retryPath(path)))) await rm(file, { force: true });
}

async function* merged(path: string, stillFailing: ReadonlySet<number>, documents: number): AsyncGenerator<string, void, undefined> {
  const before = linesOf(runPaths(path).results);
  const retried = linesOf(runPaths(retryPath(path)).results);
  const failed = failedDocuments(path);
  let next = await failed.next();
  for (let index = 0; index < documents; index++) {
    const hasFailed = next.done !== true && next.value.index === index;
    if (hasFailed) next = await failed.next();
    if (stillFailing.has(index)) continue;
    const line = await (hasFailed ? retried : before).next();
    if (line.done !== true) yield line.value;
  }
}

async function writeLines(path: string, lines: AsyncIterable<string>): Promise<void> {
  await using file = await openDurableFile(path, 0);
  for await (const line of lines) await file.append(`${line}\n`);
  await file.settle();
}

/** The lines of a file that a run wrote. */
async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  for await (const { text = '' } of jsonTexts(path)) yield text;
}
