import { context } from '@opentelemetry/api';
import pLimit, { type LimitFunction } from 'p-limit';
import { type EntityType, entityTypes } from '../document/entity-type.ts';
import type { LabelledText } from '../document/labelled.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import { bySpan } from '../document/span.ts';
import { NerError } from '../error.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Embedder } from '../model/embedder.ts';
import { sentencesOf } from '../pool/prepared-pool.ts';
import { wordEmbedder } from '../pool/word-embedder.ts';
import { withinBudget } from './budget.ts';
import { deciderFor } from './decide/decider.ts';
import { agree } from './document-agreement.ts';
import { type RunWindow, recognizeWindows, type WindowWork } from './document-windows.ts';
import type { Call, Ensemble } from './ensemble.ts';
import { reflectionBy } from './extract/reflection.ts';
import { mapOrdered } from './map-ordered.ts';
import { everybody, type OpenMembers, openMembers } from './members.ts';
import { mergeWindows } from './merge-windows.ts';
import { openTagger } from './open-tagger.ts';
import { checkOptions, type RecognizerOptions } from './options.ts';
import { defaultK, prepareIndex, type RecordedPreparation } from './preparation.ts';
import { withPreset } from './presets.ts';
import { degradations, type Entity, type FailedRecognition, type Recognition } from './recognition.ts';
import { type Pipeline, runStages } from './stages.ts';
import { inDocument, type Stage } from './telemetry/document.ts';
import type { TracedDocument } from './traced-document.ts';

/** A text, or a text with the name that results are to carry. */
export type Input = string | { readonly id: string; readonly text: string };

/** How a recognizer works on texts; results do not depend on it. */
export interface RecognizeOptions {
  readonly signal?: AbortSignal;
  /** Most windows in work at once; of a text that fits the models there is one. Default 1. */
  readonly workers?: number;
  /** Is told how many windows of a text are done, each time that one is; windows of one text in their order. */
  readonly onWindow?: (id: string, done: number, total: number) => void;
  /** Is told of each stage of a window when it is done. What it throws fails the text. */
  readonly onStage?: (event: StageEvent) => void;
}

/** A stage is done with a window of a text. */
export interface StageEvent {
  readonly id: string;
  /** Where the window begins in the text, in UTF-16 code units. */
  readonly start: number;
  /** How many windows the text is cut into; one that does not fit the models is cut once more, and is several then. */
  readonly windows: number;
  readonly stage: Stage;
  /** The window with every decision so far; its offsets count from `start`. */
  readonly document: TracedDocument;
}

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
  recognize(input: Input, options?: RecognizeOptions): Promise<Recognition<T>>;
  /**
   * Results in the order of the inputs, at most `workers` texts, and windows of them, in work at once. A failed text is an item. Texts without
   * an id are called by their number, from 1.
   * @throws {NerError} `usage` if `workers` is not a whole number of at least 1.
   * @throws `signal.reason` once the signal is aborted.
   */
  recognizeAll(
    inputs: Iterable<Input> | AsyncIterable<Input>,
    options?: RecognizeOptions,
  ): AsyncIterable<Recognition<T> | FailedRecognition>;
}

/** How many windows of which documents work when. */
type Pace = Pick<WindowWork, 'workers' | 'inTurn'> & Pick<RecognizeOptions, 'onWindow' | 'onStage'>;

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
      windowLength: options.windowLength ?? lengthFor(members),
      windowOverlap: options.windowOverlap ?? 0,
      documentAgreement: options.documentAgreement ?? 'none',
      textLimit: options.textLimit ?? Math.min(...everybody(members).map((model) => model.textLimit)),
    },
  };
  const owned = opening.move();
  const never = new AbortController().signal;

  return {
    types,
    models: members.ensemble.members.map(({ model }) => model.id),
    preparation,
    recognize: async (input, { signal = never, workers = 1, ...listeners } = {}) =>
      recognize(pipeline, named(input, 1), { workers, ...listeners, inTurn: (work) => work() }, signal),
    recognizeAll(inputs, { signal = never, workers = 1, ...listeners } = {}) {
      let number = 0;
      let turns: LimitFunction | undefined;
      const inTurn: Pace['inTurn'] = (work) => {
        turns ??= pLimit(workers); // not before `workers` is known to be a number of them
        return turns(work);
      };
      // Results are worked on whenever somebody wants them, which may be elsewhere.
      const work = context.bind(context.active(), (input: Input, signal: AbortSignal) =>
        settle(pipeline, named(input, ++number), { workers, ...listeners, inTurn }, signal),
      );
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

/** Up to which all are at their best, as far as they tell. */
function lengthFor(members: OpenMembers): number {
  return Math.min(...everybody(members).map(({ windowLength = Number.POSITIVE_INFINITY }) => windowLength));
}

type Named = { readonly id: string; readonly text: string };

async function settle<T extends string>(
  pipeline: Pipeline<T>,
  document: Named,
  pace: Pace,
  signal: AbortSignal,
): Promise<Recognition<T> | FailedRecognition> {
  const attempts: Call[] = [];
  try {
    return await recognize(
      recording(pipeline, (calls) => void attempts.push(...calls)),
      document,
      pace,
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

function recognize<T extends string>(pipeline: Pipeline<T>, document: Named, pace: Pace, signal: AbortSignal): Promise<Recognition<T>> {
  const { recordContent = false } = pipeline.members.ensemble;
  const work = (spend: (calls: readonly Call[]) => void, within: AbortSignal) =>
    recognizeDocument(recording(pipeline, spend), document, pace, within);
  return inDocument({ ...document, recordContent }, () => withinBudget(pipeline.budget, work, signal), signal);
}

async function recognizeDocument<T extends string>(
  pipeline: Pipeline<T>,
  { id, text }: Named,
  { onWindow, onStage, ...pace }: Pace,
  signal: AbortSignal,
): Promise<Recognition<T>> {
  signal.throwIfAborted();
  const started = performance.now();
  const { textLimit: limit, windowLength: length, windowOverlap: overlap, overlaps, documentAgreement } = pipeline.settings;
  const work = {
    limit,
    length,
    overlap,
    ...pace,
    ...(onWindow && { onWindow: (done: number, total: number) => onWindow(id, done, total) }),
  };
  const run: RunWindow = (window, place, signal) =>
    runStages(pipeline, window, (stage, document) => onStage?.({ id, ...place, stage, document }), signal);
  const found = mergeWindows(text, await recognizeWindows({ id, text, mentions: [] }, work, run, signal), overlaps);
  const { trace, ...agreement } = documentAgreement === 'none' ? { trace: found } : agree(found, documentAgreement);
  const calls = trace.flatMap(({ document }) => document.calls);
  return {
    status: 'recognized',
    id,
    text,
    entities: trace.flatMap(({ start, document }) => entitiesOf<T>(document, start)).sort(bySpan),
    degraded: degradations(calls),
    ...agreement,
    calls: calls.filter(({ kind }) => kind === undefined).length,
    usage: calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    durationMs: performance.now() - started,
    trace,
  };
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
