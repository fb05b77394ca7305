import { usageError } from '../error.ts';
import { type Counts, ratios } from '../evaluation/scorer.ts';
import { type CalibrateOptions, calibrate } from '../experiment/calibrate.ts';
import { type CalibrationFile, openCalibrationFile } from '../experiment/calibration-file.ts';
import { type CalibrationReport, calibrationReport, type EnsembleReport } from '../experiment/calibration-report.ts';
import { sampleSentences } from '../experiment/experiment.ts';
import { hashOf, modelIdentity } from '../experiment/manifest.ts';
import { defaultK } from '../pipeline/preparation.ts';
import { ownModels } from '../pipeline/usual-models.ts';
import { openEmbedder } from '../pool/open-embedder.ts';
import { sentencesOf } from '../pool/prepared-pool.ts';
import { taggerId, taggerIdentity } from '../pool/tagger/tagger-member.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { failureMessage } from './failure-message.ts';
import type { CalibrateFlags } from './flags.ts';
import { inventory } from './inventory.ts';
import { openEnsemble } from './open-ensemble.ts';
import { openPool } from './pool.ts';
import { frequentReasons } from './reasons.ts';
import { alignedTable } from './table.ts';
import type { Terminal } from './terminal.ts';

/**
 * `el4ner calibrate`: asks every member about labelled sentences of an index, each without what the index has of it, and keeps the answers
 * beside the index. The ensemble then decides by what they show of whom to trust. What is there is not asked again.
 * @throws {NerError} `usage` where the pool is no index.
 */
export async function calibrateCommand(flags: CalibrateFlags, terminal: Terminal): Promise<ExitCode> {
  await using opened = new AsyncDisposableStack();
  const { index, labels } = await openPool(flags.pool, {}, opened, terminal);
  if (index === undefined) {
    throw usageError(
      `${flags.pool} is no index, beside which a calibration could be kept. Build one with "el4ner index ${flags.pool} --out DIRECTORY".`,
    );
  }
  const types = await inventory(flags.types, labels);
  const embedder = opened.use(await openEmbedder(index.embedder, { environment: terminal.environment }));
  const uris = flags.models ?? (await ownModels());
  const ensemble = await openEnsemble({ ...flags, models: uris }, opened, terminal);
  const members = ensemble.map((member) => (typeof member === 'string' ? taggerId : member));
  const { k = defaultK, sample, seed, workers } = flags;
  const file = await openCalibrationFile(flags.pool, {
    format: 'el4ner-calibration',
    version: 1,
    sentences: index.manifest.files.sentences.name,
    members: await Promise.all(members.map((member) => (member === taggerId ? taggerIdentity : modelIdentity(member)))),
    types: types.map(({ name }) => name),
    inventory: hashOf(types),
    k,
  });
  // Called by their places: ids of a pool may be equal.
  const sentences = sentencesOf(index).map((sentence, place) => ({ ...sentence, id: String(place) }));
  const asked = sampleSentences(sentences, sample, seed).filter(({ id }) => !file.observed.has(id));
  const progress = (line: string) => terminal.progress(`Calibrating: ${line}`);
  const failures = await observeAll(asked, file, { types, index, embedder, members, k, workers, progress }, terminal);
  if (failures.length === 0) await file.complete();
  for (const { reason, count } of frequentReasons(failures))
    terminal.note(`${counted(count, 'sentence')} could not be asked about: ${reason}`);
  const calibration = { members: uris, types: types.map(({ name }) => name), sentences: [...file.observed.values()] };
  const report = calibrationReport(calibration);
  await terminal.print(flags.json ? `${JSON.stringify(report, null, 2)}\n` : summary(report, flags.pool));
  return failures.length > 0 ? exitCodes.failed : exitCodes.done;
}

async function observeAll(
  sentences: Parameters<typeof calibrate>[0],
  file: CalibrationFile,
  options: CalibrateOptions,
  { signal }: Terminal,
): Promise<readonly string[]> {
  const failures: string[] = [];
  for await (const sentence of calibrate(sentences, options, signal)) {
    if ('error' in sentence) failures.push(failureMessage(sentence.error));
    else await file.append(sentence);
  }
  return failures;
}

function summary({ sentences, members, ensemble }: CalibrationReport, path: string): string {
  const head = ['member', 'P', 'R', 'F1', 'verifies', 'takes out', 'off by', 'vote'];
  const rows = members.map((member) => [
    member.id,
    ...percents(member.counts),
    share(member.verification),
    `${member.removed.errors}/${member.removed.hits}`,
    share(member.calibrationError),
    member.voteWeight.toFixed(2),
  ]);
  const all = ['together', ...percents(ensemble.counts), '', '', share(ensemble.calibrationError), ''];
  return [
    `${counted(sentences, 'sentence')} of ${path}, each put to members without what the pool says of it:`,
    '',
    ...alignedTable([head, ...rows, all], { right: [1, 2, 3, 4, 5, 6, 7] }),
    '',
    'P, R, F1: mentions that the member alone finds and types; verifies: right verdicts, balanced between yes and no; takes out: errors and',
    'hits that its verdicts alone would; off by: how far probabilities are from the truth on average; vote: what its vote on types weighs.',
    'Together: decided by what the other sentences show.',
    '',
    ...plot(ensemble),
    '',
    ...(ensemble.unverified.length === 0
      ? []
      : [`Not verified, since that tells nothing more about them: ${ensemble.unverified.join(', ')}.`, '']),
    `el4ner extract --pool ${path} decides by this from now on, and keeps what has a score of at least ${Math.min(...Object.values(ensemble.thresholds)).toFixed(2)}.`,
    '',
  ].join('\n');
}

function percents(counts: Counts): readonly string[] {
  const { precision, recall, f1 } = ratios(counts);
  return [precision, recall, f1].map((ratio) => (100 * ratio).toFixed(1));
}

function share(value: number | undefined): string {
  return value === undefined ? '' : `${(100 * value).toFixed(1)} %`;
}

const width = 40;

/** How often mentions of a score are right, as bars; the mark is where the bar of a perfect score would end. */
function plot({ reliability }: EnsembleReport): readonly string[] {
  return [
    'How often the ensemble is right, by its score; | is where it should be:',
    ...reliability.map(({ statements, probability, holding }, bin) => {
      const bar: string[] = Array.from({ length: width + 1 }, (_, at) => (at < Math.round(width * holding) ? '█' : ' '));
      if (statements > 0) bar[Math.round(width * probability)] = '|';
      return `${(bin / 10).toFixed(1)}–${((bin + 1) / 10).toFixed(1)} ${bar
        .join('')
        .trimEnd()
        .padEnd(width + 1)} ${statements}`;
    }),
  ];
}
