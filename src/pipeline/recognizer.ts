import { context } from '@opentelemetry/api';
import type { Document } from '../document/document.ts';
import { type EntityType, entityTypes } from '../document/entity-type.ts';
import type { LabelledText } from '../document/labelled.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import { windows } from '../document/windows.ts';
import { NerError } from '../error.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Embedder } from '../model/embedder.ts';
import { sentencesOf } from '../pool/prepared-pool.ts';
import { wordEmbedder } from '../pool/word-embedder.ts';
import { type DocumentBudget, withinBudget } from './budget.ts';
import { classify } from './classify/classify.ts';
import { type Decider, deciderFor } from './decide/decider.ts';
import { type Call, type Ensemble, isOverflow, weightIn } from './ensemble.ts';
import { extract } from './extract/extract.ts';
import { type Reflection, reflectionBy } from './extract/reflection.ts';
import { extractJointly } from './joint/joint.ts';
import { mapOrdered } from './map-ordered.ts';
import { everybody, type OpenMembers, openMembers } from './members.ts';
import { openTagger } from './open-tagger.ts';
import { checkOptions, type RecognizerOptions } from './options.ts';
import { defaultK, prepareIndex, type RecordedPreparation } from './preparation.ts';
import { withPreset } from './presets.ts';
import { degradations, type Entity, type FailedRecognition, type Recognition, type TracedWindow } from './recognition.ts';
import { resolveOverlaps } from './resolve.ts';
import type { DemonstrationIndex } from './retrieve/rank.ts';
import { retrieve } from './retrieve/retrieve.ts';
import { inDocument, inStage } from './telemetry/document.ts';
import type { TracedDocument } from './traced-document.ts';
import { dropUnsure } from './verify/least-score.ts';
import { passUnverified, verify } from './verify/verify.ts';

/** A text, or a text with the name that results are to carry. */
export type Input = string | { readonly id: string; readonly text: string };

/** The pipeline, ready to work. `await using` it, or dispose it, to release the models that it opened. */
export interface Recognizer<T extends string = string> extends AsyncDisposable {
  readonly types: readonly EntityType<T>[];
  /** URIs of the members in their order. */
  readonly models: readonly string[];
  /** What it took to prepare the pool. */
  readonly preparation: RecordedPreparation;
  /**
   * A text without an id is called `1`.
   * @throws {NerError} `no-quorum` if too few models replied; its `failures` say why.
   * @throws `signal.reason` once the signal is aborted.
   */
  recognize(input: Input, options?: { readonly signal?: AbortSignal }): Promise<Recognition<T>>;
  /**
   * Results in the order of the inputs, at most `workers` (default 1) of them in work at once. A failed text is an item. Texts without
   * an id are called by their number, from 1.
   * @throws {NerError} `usage` if `workers` is not a whole number of at least 1.
   * @throws `signal.reason` once the signal is aborted.
   */
  recognizeAll(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    options?: { readonly signal?: AbortSignal; readonly workers?: number },
  ): AsyncIterable<Recognition<T> | FailedRecognition>;
}

/** Settings with every default filled in, and what they stand on. */
interface Pipeline<T extends string> {
  readonly types: readonly EntityType<T>[];
  readonly members: OpenMembers;
  readonly index: DemonstrationIndex | undefined;
  readonly demonstrationTokens: number | undefined;
  readonly budget: DocumentBudget;
  readonly decider: Decider | undefined;
  readonly reflection: Reflection | undefined;
  readonly embedder: () => Promise<Embedder>;
  readonly settings: Required<
    Pick<
      RecognizerOptions<T>,
      | 'k'
      | 'selection'
      | 'passes'
      | 'combination'
      | 'voting'
      | 'noneVotes'
      | 'verifyThreshold'
      | 'minScore'
      | 'onReject'
      | 'overlaps'
      | 'textLimit'
      | 'sparing'
    >
  >;
}

/**
 * Opens the models, prepares the pool and returns the pipeline.
 * @throws {NerError} `usage` for options that make no sense, `model-unavailable` for a model that does not load, `no-quorum` if
 * the pool cannot be prepared.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function createRecognizer<const T extends string>(
  given: RecognizerOptions<T>,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<Recognizer<T>> {
  signal.throwIfAborted();
  const options = await withPreset(given);
  checkOptions(options);
  const types = entityTypes(options.types);
  await using opening = new AsyncDisposableStack();
  let loading: Promise<Embedder> | undefined;
  const embedder = (): Promise<Embedder> => {
    loading ??= options.embedder === undefined ? wordEmbedder() : Promise.resolve(options.embedder);
    return loading;
  };
  const members = opening.use(await openMembers(options, () => openTagger(options, { types, embedder }, signal), signal));
  const { index, preparation } = await prepareIndex(options, { types, members, embedder }, signal);
  const { voting = 'soft' } = options;
  const pipeline: Pipeline<T> = {
    types,
    members,
    index,
    demonstrationTokens: options.demonstrationTokens,
    budget: options,
    decider: options.calibration && deciderFor(options.calibration, options, { types, members }),
    reflection: options.reflection ? reflectionBy(labelsOf(options, types)) : undefined,
    embedder,
    settings: {
      k: options.k ?? defaultK,
      selection: options.selection ?? {},
      passes: options.passes ?? 'stages',
      combination: options.combination ?? 'union',
      voting,
      noneVotes: options.noneVotes ?? true,
      verifyThreshold: options.verifyThreshold ?? 0.5,
      minScore: options.minScore ?? 0,
      onReject: options.onReject ?? 'drop',
      overlaps: options.overlaps ?? 'flat',
      // Everybody's word counts where scores decide, or the second best type.
      sparing: (options.sparing ?? false) && !options.minScore && options.onReject !== 'retype',
      textLimit: options.textLimit ?? Math.min(...everybody(members).map((model) => model.textLimit)),
    },
  };
  const owned = opening.move();
  const never = new AbortController().signal;

  return {
    types,
    models: members.ensemble.members.map(({ model }) => model.id),
    preparation,
    recognize: async (input, { signal = never } = {}) => recognize(pipeline, named(input, 1), signal),
    recognizeAll(inputs, { signal = never, workers = 1 } = {}) {
      let number = 0;
      // Results are worked on whenever somebody wants them, which may be elsewhere.
      const work = context.bind(context.active(), (input: Input, signal: AbortSignal) => settle(pipeline, named(input, ++number), signal));
      return mapOrdered(inputs, { workers, signal }, work);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The sentences of the pool with their mentions of these types. */
function labelsOf({ pool, index }: RecognizerOptions, types: readonly EntityType[]): readonly LabelledText[] {
  const names = new Set(types.map(({ name }) => name));
  return (index === undefined ? (pool ?? []) : sentencesOf(index)).map(({ text, entities }) => ({
    text,
    entities: entities.filter(({ type }) => names.has(type)),
  }));
}

function named(input: Input, number: number): { readonly id: string; readonly text: string } {
  return typeof input === 'string' ? { id: String(number), text: input } : input;
}

async function settle<T extends string>(
  pipeline: Pipeline<T>,
  document: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<Recognition<T> | FailedRecognition> {
  const attempts: Call[] = [];
  try {
    return await recognize(
      recording(pipeline, (calls) => void attempts.push(...calls)),
      document,
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    return { status: 'failed', ...document, error: asNerError(error), attempts };
  }
}

/** The same pipeline, which tells `listen` also of every call that it makes. */
function recording<T extends string>(pipeline: Pipeline<T>, listen: (calls: readonly Call[]) => void): Pipeline<T> {
  const recorded = <E extends Ensemble | undefined>(ensemble: E): E => {
    const record = (calls: readonly Call[]): void => {
      ensemble?.record?.(calls);
      listen(calls);
    };
    return ensemble && { ...ensemble, record };
  };
  const { members } = pipeline;
  return { ...pipeline, members: { ...members, ensemble: recorded(members.ensemble), verifiers: recorded(members.verifiers) } };
}

function recognize<T extends string>(
  pipeline: Pipeline<T>,
  document: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<Recognition<T>> {
  const { recordContent = false } = pipeline.members.ensemble;
  const work = (spend: (calls: readonly Call[]) => void, within: AbortSignal) =>
    recognizeDocument(recording(pipeline, spend), document, within);
  return inDocument({ ...document, recordContent }, () => withinBudget(pipeline.budget, work, signal), signal);
}

async function recognizeDocument<T extends string>(
  pipeline: Pipeline<T>,
  { id, text }: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<Recognition<T>> {
  signal.throwIfAborted();
  const started = performance.now();
  const trace = await recognizeWindows(pipeline, { id, text, mentions: [] }, pipeline.settings.textLimit, signal);
  const calls = trace.flatMap(({ document }) => document.calls);
  return {
    status: 'recognized',
    id,
    text,
    entities: trace.flatMap(({ start, document }) => entitiesOf<T>(document, start)),
    degraded: degradations(calls),
    calls: calls.filter(({ kind }) => kind === undefined).length,
    usage: calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    durationMs: performance.now() - started,
    trace,
  };
}

/** Cuts the text into windows of at most `limit` code units, and a window whose prompts do not fit the models' context once more. */
async function recognizeWindows<T extends string>(
  pipeline: Pipeline<T>,
  document: Document<never>,
  limit: number,
  signal: AbortSignal,
): Promise<readonly TracedWindow[]> {
  const trace: TracedWindow[] = [];
  for (const { start, end } of windows(document.text, limit)) {
    const window = { ...document, text: document.text.slice(start, end) };
    try {
      trace.push({ start, document: await runStages(pipeline, window, signal) });
    } catch (error) {
      if (!(error instanceof NerError && isOverflow(error)) || end - start <= smallestWindow) throw error;
      const parts = await recognizeWindows(pipeline, window, Math.ceil((end - start) / 2), signal);
      trace.push(...parts.map((part) => ({ ...part, start: part.start + start })));
    }
  }
  return trace;
}

/** A window of so few code units that does not fit has types or demonstrations to blame. */
const smallestWindow = 32;

/** The paper's four stages in their order; the joint pass stands for the second and third. */
async function runStages<T extends string>(
  { types, members, index, demonstrationTokens, decider, reflection, embedder, settings }: Pipeline<T>,
  document: Document<never>,
  signal: AbortSignal,
): Promise<TracedDocument<Verified | Rejected>> {
  const { ensemble, verifiers } = members;
  const { k, selection } = settings;
  const models = everybody(members);
  const retrieving = { index, types, k, selection, models, demonstrationTokens };
  const prompted = await inStage('retrieve', () => retrieve(document, ensemble, retrieving, signal), signal);
  const inStages = async () => {
    const extracting = { ...settings, reflection, embedder };
    const extracted = await inStage('extract', () => extract(prompted, ensemble, extracting, signal), signal);
    return inStage('classify', () => classify(extracted, ensemble, { ...settings, decider }, signal), signal);
  };
  const classified =
    settings.passes === 'joint'
      ? await inStage('joint', () => extractJointly(prompted, ensemble, settings, signal), signal)
      : await inStages();
  const counting = { voting: settings.voting, weightOf: weightIn(ensemble) };
  const verifying = { ...settings, threshold: settings.verifyThreshold, counting, decider };
  const verified =
    verifiers === undefined
      ? passUnverified(classified)
      : await inStage('verify', () => verify(classified, verifiers, verifying, signal), signal);
  const sure = dropUnsure(verified, settings.minScore);
  return settings.overlaps === 'flat' ? resolveOverlaps(sure) : sure;
}

function entitiesOf<T extends string>(document: TracedDocument<Verified | Rejected>, offset: number): Entity<T>[] {
  return document.mentions.flatMap((mention) => {
    if (mention.status === 'rejected') return [];
    const { start, end, type, score } = mention;
    const text = document.text.slice(start, end);
    return [{ start: start + offset, end: end + offset, text, type: type as T, score }]; // votes are held to the inventory
  });
}

function asNerError(error: unknown): NerError {
  if (error instanceof NerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new NerError(`Something broke that should not: ${message}`, { code: 'internal' }, { cause: error });
}
