import { hashOf, modelIdentity } from '../../experiment/manifest.ts';
import { runCorpus } from '../../jobs/run-corpus.ts';
import { openRunFiles, type RunFiles, runPaths } from '../../jobs/run-files.ts';
import type { RunIdentity } from '../../jobs/run-journal.ts';
import { sentencesOf } from '../../pool/prepared-pool.ts';
import { counted } from '../counted.ts';
import { createDataReport } from '../data-report.ts';
import { type ExitCode, exitCodeOf, exitCodes } from '../exit-code.ts';
import type { RunFlags } from '../flags.ts';
import { type OpenedRecognizer, openRecognizer, openSource, type RecognizerSource } from '../open-recognizer.ts';
import { resultOf } from '../result.ts';
import { openStats } from '../stats.ts';
import type { Terminal } from '../terminal.ts';
import { packageVersion } from '../version.ts';
import { type Corpus, openCorpus } from './corpus.ts';
import { runProgress } from './run-progress.ts';

/**
 * `el4ner run`: finds the entities of all documents of a corpus, in order, and keeps on disk what is done, so that `--resume` goes on after any
 * end. Documents that fail go to a file of their own.
 * @throws {NerError} for what ends the run; what was done before is kept.
 */
export async function run(path: string, flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  const { out, resume, from, skipBad, trace, workers, progress: kind, stats: _, prices: __, ...asked } = flags;
  const stats = await openStats(flags);
  await using opened = new AsyncDisposableStack();
  const report = createDataReport(terminal, { skipBad });
  const corpus = await openCorpus(path, from, report);
  const source = await openSource(asked, opened, terminal);
  const { recognizer, models, calibration } = await openRecognizer(asked, source, opened, terminal);
  const identity = await identityOf({ corpus, source, models, calibration, options: { ...asked, trace, skipBad } });
  await using files = await openRunFiles(out, identity, { resume });
  const { documents: done, failed } = files.checkpoint;
  if (done > 0) terminal.note(`${counted(done, 'document')} done before; going on`);

  const progress = runProgress(terminal, { kind, done, failed, total: corpus.lines });
  const isComplete = await runCorpus({
    documents: corpus.documents(),
    recognizer,
    files,
    workers,
    lineOf: (result, index) =>
      JSON.stringify(result.status === 'failed' ? { index, ...resultOf(result, { trace }) } : resultOf(result, { trace })),
    isOutage: ({ detail }) => exitCodeOf(detail) === exitCodes.unavailable,
    onDocument: (result) => {
      stats?.add(result);
      progress.add(result.status === 'failed');
    },
    stop: terminal.signal,
  });
  progress.end();
  report.end();
  for (const line of stats?.lines(recognizer.preparation) ?? []) terminal.note(line);
  tellEnd(files, { out, isComplete }, terminal);
  return files.checkpoint.failed > 0 ? exitCodes.failed : exitCodes.done;
}

function tellEnd(files: RunFiles, { out, isComplete }: { readonly out: string; readonly isComplete: boolean }, { note }: Terminal): void {
  const { documents, failed } = files.checkpoint;
  if (isComplete) note(`${counted(documents, 'document')} done, results in ${out}`);
  else note(`stopped after ${counted(documents, 'document')}; the same command with --resume goes on`);
  if (failed > 0) note(`${counted(failed, 'document')} failed, of which ${runPaths(out).failures} tells why`);
}

interface Told extends Pick<OpenedRecognizer, 'models' | 'calibration'> {
  readonly corpus: Corpus;
  readonly source: RecognizerSource;
  readonly options: Partial<RunFlags>;
}

/** All that decides what the results are. How long to wait, how many at once and where answers are kept do not. */
async function identityOf({ corpus, source, models, calibration, options: given }: Told): Promise<RunIdentity> {
  const { timeout: _, cache: __, pool: ___, types: ____, ...options } = given;
  const { pool, index, types, embedder } = source;
  return {
    version: await packageVersion(),
    corpus: corpus.sha256,
    format: corpus.format,
    models: await Promise.all(models.map(modelIdentity)),
    pool: hashOf(index === undefined ? (pool ?? []) : sentencesOf(index)),
    index: index?.manifest ?? null,
    embedder: embedder.id,
    types: hashOf(types),
    calibration: calibration === undefined ? null : hashOf(calibration),
    options,
  };
}
