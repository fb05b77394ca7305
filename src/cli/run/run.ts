import { usageError } from '../../error.ts';
import { hashOf } from '../../experiment/manifest.ts';
import { openCorpus } from '../../jobs/corpus.ts';
import { isOutage } from '../../jobs/outage.ts';
import { failedDocuments, mergeRetry, removeMergedRetry, removeRetry, retryPath } from '../../jobs/retry.ts';
import { type CorpusDocument, runCorpus, skip } from '../../jobs/run-corpus.ts';
import { openRunFiles, type RunFiles, runPaths } from '../../jobs/run-files.ts';
import { type RunIdentity, readRunJournal } from '../../jobs/run-journal.ts';
import { type BreakerRecord, type GuardedModel, withBreaker } from '../../model/breaker.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { resultOf } from '../../pipeline/result.ts';
import { counted } from '../counted.ts';
import { createDataReport } from '../data-report.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import type { RunFlags } from '../flags.ts';
import { type OpenedRecognizer, openRecognizer, openSource } from '../open-recognizer.ts';
import { openStats, type RunStats } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { pipelineIdentity, runIdentity } from './identity.ts';
import { openQueue, type Remote, workOnQueue } from './queue-run.ts';
import { runProgress } from './run-progress.ts';

/**
 * `el4ner run`: finds the entities of all documents of a corpus, in order, and keeps on disk what is done, so that `--resume` goes on after any
 * end. Documents that fail go to a file of their own, and can be tried again by themselves.
 * @throws {NerError} for what ends the run; what was done before is kept.
 */
export async function run(path: string, flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  const { out, resume, retryFailed, from, skipBad, trace, ...others } = flags;
  const { workers: _, progress: __, stats: ___, prices: ____, queue, chunk: _____, attempts: ______, patience: _______, ...asked } = others;
  const stats = await openStats(flags);
  await using opened = new AsyncDisposableStack();
  const report = createDataReport(terminal, { skipBad });
  const corpus = await openCorpus(path, from, report);
  const source = await openSource(asked, opened, terminal);
  const guarded: GuardedModel[] = [];
  const guard = (model: LanguageModel): LanguageModel => {
    const behind = withBreaker(model);
    guarded.push(behind);
    return behind;
  };
  const { recognizer, models, calibration } = await openRecognizer({ ...asked, guard }, source, opened, terminal);
  const pipeline = await pipelineIdentity({ source, models, calibration, options: asked });
  const identity = runIdentity(corpus, pipeline, { trace });
  const remote = queue === undefined ? undefined : { backend: opened.use(await openQueue(queue, terminal)), pipeline };
  if (retryFailed && (await readRunJournal(runPaths(out).journal)) === undefined)
    throw usageError(`There is no run to ${out} of which documents could have failed.`);
  await using files = await openRunFiles(out, identity, { resume: resume || retryFailed });
  const tellStop = () => terminal.note('finishing what is in work; a second interrupt ends at once');
  terminal.signal.addEventListener('abort', tellStop, { once: true });
  opened.defer(() => terminal.signal.removeEventListener('abort', tellStop));
  const crew: Crew = { flags, terminal, recognizer, stats, remote };
  if (retryFailed) {
    await retry(files, identity, crew);
  } else {
    const { documents } = files.checkpoint;
    if (documents > 0) terminal.note(`${counted(documents, 'document')} done before; going on`);
    const isComplete = await work(files, { path: out, documents: corpus.documents(), total: corpus.lines, indexOf: (at) => at }, crew);
    if (!isComplete)
      terminal.note(`stopped after ${counted(files.checkpoint.documents, 'document')}; the same command with --resume goes on`);
  }
  report.end();
  for (const line of stats?.lines(recognizer.preparation) ?? []) terminal.note(line);
  for (const line of guarded.flatMap(({ breaker }) => breakerNotes(breaker()))) terminal.note(line);
  const { documents, failed, isLast } = files.checkpoint;
  if (isLast) terminal.note(`${counted(documents, 'document')} done, results in ${out}`);
  if (failed > 0) terminal.note(`${counted(failed, 'document')} failed, of which ${runPaths(out).failures} tells why`);
  return failed > 0 ? exitCodes.failed : exitCodes.done;
}

/** What became of a model that failed again and again. */
function breakerNotes({ modelId, openings, refused, reason, isOpen }: BreakerRecord): readonly string[] {
  if (openings === 0) return [];
  const since = isOpen ? 'and has not come back' : 'and came back';
  return [`${modelId} failed again and again, was left out of ${counted(refused, 'call')} ${since}: ${reason}`];
}

/** Who works, and how. */
interface Crew extends Pick<OpenedRecognizer, 'recognizer'> {
  readonly flags: RunFlags;
  readonly terminal: Terminal;
  readonly stats: RunStats | undefined;
  /** Where workers are found, if other processes do the work. */
  readonly remote: Remote | undefined;
}

interface Work {
  readonly path: string;
  readonly documents: AsyncIterable<CorpusDocument>;
  /** How many they are at most, where that is known. */
  readonly total: number | undefined;
  /** Which of the corpus each of them is, from 0. */
  readonly indexOf: (at: number) => number;
}

/** @returns whether all is done. */
async function work(files: RunFiles, work: Work, { flags, terminal, recognizer, stats, remote }: Crew): Promise<boolean> {
  const { documents, total, indexOf } = work;
  const { documents: done, failed } = files.checkpoint;
  const { workers, trace, progress: kind, patience } = flags;
  if (remote !== undefined) return workOnQueue(files, work, { ...remote, flags, terminal, stats });
  const progress = runProgress(terminal, { kind, done, failed, total });
  const isComplete = await runCorpus({
    documents,
    recognize: (all, done) => recognizer.recognizeAll(skip(all, done), { workers, onWindow: progress.addWindow }),
    files,
    lineOf(result, at) {
      const line = resultOf(result, { trace });
      return JSON.stringify(result.status === 'failed' ? { index: indexOf(at), ...line } : line);
    },
    isOutage: ({ detail }) => isOutage(detail),
    patienceMs: patience * 1000,
    onDocument: (result) => {
      stats?.add(result);
      progress.add(result.status === 'failed');
    },
    stop: terminal.signal,
  });
  progress.end();
  return isComplete;
}

/** Tries the failed documents of a run again. That itself is a run, beside the other until it is done. */
async function retry(files: RunFiles, identity: RunIdentity, crew: Crew): Promise<void> {
  const { out } = crew.flags;
  if (!files.checkpoint.isLast)
    throw usageError(`The run to ${out} is not done yet; finish it with --resume before its failures are tried again.`);
  const indexes: number[] = [];
  for await (const { index } of failedDocuments(out)) indexes.push(index);
  if (indexes.length === 0) return;
  {
    const path = retryPath(out);
    const retrying = { ...identity, indexes: hashOf(indexes), retry: files.checkpoint.retries ?? 0 };
    await removeMergedRetry(out, retrying.retry);
    await using retried = await openRunFiles(path, retrying, { resume: true });
    const isComplete = await work(
      retried,
      { path, documents: failedDocuments(out), total: indexes.length, indexOf: (at) => indexes[at] ?? 0 },
      crew,
    );
    if (!isComplete) {
      crew.terminal.note(`stopped after ${counted(retried.checkpoint.documents, 'document')}; the same command goes on`);
      return;
    }
    await mergeRetry(out, files, retried);
  }
  await removeRetry(out);
}
