import { makeDirectory } from '../dataset/make-directory.ts';
import { usageError } from '../error.ts';
import { readCalibrations } from '../experiment/calibration-file.ts';
import { modelIdentity } from '../experiment/manifest.ts';
import { candidateSource } from '../pipeline/retrieve/candidates.ts';
import { type BuildStep, type BuiltIndex, buildIndex } from '../pool/index/build-index.ts';
import { nounChunkerId } from '../pool/noun-chunks.ts';
import { openEmbedder } from '../pool/open-embedder.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { flagName, type IndexFlags } from './flags.ts';
import { inventory } from './inventory.ts';
import { openEnsemble } from './open-ensemble.ts';
import { labelsOf, readPool } from './pool.ts';
import { frequentReasons } from './reasons.ts';
import type { Terminal } from './terminal.ts';

/**
 * `el4ner index`: prepares a pool on disk, so that nothing of it is worked out again when texts are asked about. What the directory has already
 * is kept, and a build that was broken off goes on.
 * @throws {NerError} `usage` for flags of models where none is asked, for a pool without sentences, and for a directory with an index of other
 * spans or vectors that is not to be replaced.
 */
export async function indexPool(path: string, flags: IndexFlags, terminal: Terminal): Promise<ExitCode> {
  const { out, candidateSpans, types: names } = flags;
  checkModelsAreAsked(flags);
  const pool = await readPool(path, terminal);
  if (pool.length === 0) throw usageError(`${path} has no sentences; expected labelled ones.`);
  const types = await inventory(names, labelsOf(pool));
  await using opened = new AsyncDisposableStack();
  const members = candidateSpans === 'models' ? await openEnsemble(flags, opened, terminal) : [];
  // The tagger, a string as long as it is not trained, would find in the pool what it has learnt from it.
  const models = members.filter((member) => typeof member !== 'string');
  if (models.length < members.length) terminal.note('pool:tagger finds no candidate spans: it knows the pool by heart.');
  if (candidateSpans === 'models' && models.length === 0)
    throw usageError('Candidate spans by models need a language model; expected one among --models.');
  const ensemble = { members: models.map((model) => ({ model, weight: 1 })), quorum: 1 };
  const embedder = opened.use(await openEmbedder(flags.embedder, { environment: terminal.environment }));
  const settings = {
    candidateSpans,
    ...(candidateSpans === 'chunks' ? { chunker: nounChunkerId } : {}),
    models: await Promise.all(models.map(modelIdentity)),
    types: types.map(({ name }) => name),
    embedder: embedder.id,
  };
  await makeDirectory(out).catch((cause: unknown) => {
    throw usageError(`${out} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}. Expected the path of a directory.`);
  });
  const started = performance.now();
  const { find } = candidateSource({ ensemble, types, candidateSpans });
  const onProgress = (step: BuildStep, done: number, total: number): void =>
    terminal.progress(progressLine(step, { done, total, seconds: (performance.now() - started) / 1000 }));
  const options = { settings, mayReplace: flags.replace, embedder, candidates: find, onProgress };
  const built = await buildIndex(pool, out, options, terminal.signal);
  for (const { reason, count } of frequentReasons(built.unread.map((sentence) => sentence.reason))) {
    terminal.note(`${counted(count, 'sentence')} by gold mentions alone, to be tried again by the next build: ${reason}`);
  }
  await terminal.print(summary(out, built, (performance.now() - started) / 1000));
  if (built.manifest.files.tagger !== undefined && !(await isCalibrated(out, built)))
    terminal.note(`Votes decide until "el4ner calibrate --pool ${out}" has found out whom of the ensemble to trust.`);
  return exitCodes.done;
}

async function isCalibrated(directory: string, { manifest }: BuiltIndex): Promise<boolean> {
  const calibrations = await readCalibrations(directory).catch(() => []); // who uses a damaged one is told
  return calibrations.some(({ identity }) => identity.sentences === manifest.files.sentences.name);
}

/** Only spans of `models` need models; else flags about them would do nothing in silence. */
function checkModelsAreAsked({ candidateSpans, models, timeout }: IndexFlags): void {
  const given = Object.entries({ models, timeout }).flatMap(([key, value]) => (value === undefined ? [] : [flagName(key)]));
  if (candidateSpans === 'models' || given.length === 0) return;
  const idle = given.join(' and ');
  throw usageError(
    `${idle} came with candidate spans by ${candidateSpans}, for which no model is asked; expected --candidate-spans models. Add that, or leave out ${idle}.`,
  );
}

interface Pace {
  readonly done: number;
  readonly total: number;
  readonly seconds: number;
}

function progressLine(step: BuildStep, { done, total, seconds }: Pace): string {
  if (step === 'graph') return `Building the graph: ${done} of ${total} spans`;
  if (step === 'tagger') return `Training the tagger: ${done} of ${total} steps`;
  const rate = done / Math.max(seconds, 0.001);
  return `Indexing: ${done} of ${total} sentences, ${rate.toFixed(0)} a second, ${Math.ceil((total - done) / rate)} s left`;
}

function summary(out: string, { manifest, worked }: BuiltIndex, seconds: number): string {
  const { sentences, spans, files } = manifest;
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const kept = sentences - worked;
  return [
    `${out}: ${counted(sentences, 'sentence')}, ${counted(spans, 'candidate span')}, ${files.tagger === undefined ? 'no labels for a tagger' : 'a tagger'}, ${(bytes / 1e6).toFixed(1)} MB.`,
    `${counted(worked, 'sentence')} worked out in ${seconds.toFixed(1)} s${kept > 0 ? `, ${kept} kept` : ''}.`,
    '',
  ].join('\n');
}
