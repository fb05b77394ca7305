import type { EntityType } from '../document/entity-type.ts';
import type { Embedder } from '../model/embedder.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { modelId } from '../model/open.ts';
import type { ModelSource, RecognizerOptions } from '../pipeline/options.ts';
import { createRecognizer, type Recognizer } from '../pipeline/recognizer.ts';
import { usualModels } from '../pipeline/usual-models.ts';
import { openEmbedder } from '../pool/open-embedder.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import type { ExtractFlags } from './flags.ts';
import { inventory } from './inventory.ts';
import { type EnsembleFlags, openEnsemble, openMember } from './open-ensemble.ts';
import { noPool, type OpenedPool, openPool } from './pool.ts';
import { preparationNotes } from './preparation-notes.ts';
import { withSelection } from './selection-flags.ts';
import type { statsFlags } from './stats-flags.ts';
import type { Terminal } from './terminal.ts';
import { usableCalibration } from './usable-calibration.ts';

/** Flags that make a recognizer. */
export type RecognizerFlags = Omit<ExtractFlags, 'format' | 'trace' | keyof typeof statsFlags | 'workers' | 'file'> &
  Pick<EnsembleFlags, 'guard'>;

/** What a recognizer learns from: the pool, the types and what vectors are by. */
export interface RecognizerSource extends OpenedPool {
  readonly types: readonly EntityType[];
  readonly embedder: Embedder;
}

export interface OpenedRecognizer {
  readonly recognizer: Recognizer;
  /** The language models that it asks. */
  readonly models: readonly LanguageModel[];
  /** By which it decides. */
  readonly calibration: RecognizerOptions['calibration'];
}

/** Opens pool and embedder. What is opened is for `opened` to release. */
export async function openSource(flags: RecognizerFlags, opened: AsyncDisposableStack, terminal: Terminal): Promise<RecognizerSource> {
  const pool = flags.pool === undefined ? noPool : await openPool(flags.pool, flags, opened, terminal);
  const embedder = opened.use(await openEmbedder(flags.embedder ?? pool.index?.embedder, { environment: terminal.environment }));
  return { ...pool, types: await inventory(flags.types, pool.labels), embedder };
}

/**
 * Opens the members and prepares the pool, and tells what went wrong with that. What is opened is for `opened` to release.
 * @throws {NerError} as `createRecognizer` does, and `usage` for a calibration that is asked for and cannot be used.
 */
export async function openRecognizer(
  flags: RecognizerFlags,
  { labels, ...source }: RecognizerSource,
  opened: AsyncDisposableStack,
  terminal: Terminal,
): Promise<OpenedRecognizer> {
  // What is left of the flags are options of the recognizer.
  const { types: _, pool, spanWeights, decision, models, verifier, timeout, cache, guard, embedder, ...settings } = withSelection(flags);
  const trusted = await usableCalibration(flags, source, terminal);
  const usual = async () => trusted?.members ?? usualModels(flags, source);
  const members = await openMembers({ ...flags, models: flags.models ?? [...(await usual())] }, opened, terminal);
  if (trusted !== undefined) await trusted.check(members.models);
  const onProgress = (done: number, total: number): void => terminal.progress(`Preparing the pool: ${done} of ${total} sentences`);
  const weigher = spanWeights === undefined ? {} : { weigher: spanWeights };
  const recordContent = mayRecordContent(terminal.environment);
  const options = { ...source, ...weigher, ...members, ...settings, ...trusted?.options, recordContent, onProgress };
  const recognizer = opened.use(await createRecognizer(options, { signal: terminal.signal }));
  for (const line of [...presetNotes(flags, source), ...preparationNotes(recognizer.preparation)]) terminal.note(line);
  const asked = [...members.models, ...(members.verifier === undefined ? [] : [members.verifier])];
  return { recognizer, models: asked.filter((source) => typeof source !== 'string'), calibration: trusted?.options.calibration };
}

/** What a preset cannot do beside the other flags or with this pool. */
function presetNotes(
  { preset, sparing, minScore, onReject }: RecognizerFlags,
  { index }: Pick<RecognizerSource, 'index'>,
): readonly string[] {
  const isSparing = sparing || preset === 'balanced';
  const asksAll = minScore ? '--min-score' : onReject === 'retype' ? '--on-reject retype' : undefined;
  return [
    ...(isSparing && asksAll !== undefined ? [`with ${asksAll} every word counts, so that all members are asked`] : []),
    ...(preset === 'paper' && index !== undefined && index.candidateSpans !== 'models'
      ? ['the paper has spans of models for the pool; this index has others (el4ner index --candidate-spans models)']
      : []),
  ];
}

/** Whether OpenTelemetry's GenAI instrumentations are told to record what models read and write. */
function mayRecordContent({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: told = '' }: Terminal['environment']): boolean {
  return ['true', 'span_only', 'span_and_event'].includes(told.toLowerCase());
}

/** Opens the ensemble and a verifier from outside it. What is opened is for `opened` to release. */
async function openMembers(
  flags: RecognizerFlags,
  opened: AsyncDisposableStack,
  terminal: Terminal,
): Promise<{ readonly models: readonly ModelSource[] } & Pick<RecognizerOptions, 'verifier'>> {
  const { verifier } = flags;
  const models = await openEnsemble(flags, opened, terminal);
  if (verifier === undefined) return { models };
  const ids = models.map((member) => (typeof member === 'string' ? member : member.id));
  const isKnown = ['all', 'nobody', taggerId, ...ids].includes(modelId(verifier));
  return { models, verifier: isKnown ? verifier : await openMember(verifier, flags, opened, terminal) };
}
