import type { Document } from '../document/document.ts';
import { type EntityType, entityTypes } from '../document/entity-type.ts';
import type { Rejected, Verified } from '../document/mention.ts';
import { windows } from '../document/windows.ts';
import { NerError } from '../error.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import { ngramEmbedder } from '../pool/ngram-embedder.ts';
import { englishSpanWeigher } from '../pool/part-of-speech.ts';
import { classify } from './classify/classify.ts';
import { extract } from './extract/extract.ts';
import { extractJointly } from './joint/joint.ts';
import { mapOrdered } from './map-ordered.ts';
import { type OpenMembers, openMembers } from './members.ts';
import { checkOptions, type RecognizerOptions } from './options.ts';
import type { Degradation, Entity, FailedRecognition, Recognition, TracedWindow } from './recognition.ts';
import { resolveOverlaps } from './resolve.ts';
import { type DemonstrationIndex, prepareCandidates } from './retrieve/candidates.ts';
import { retrieve } from './retrieve/retrieve.ts';
import type { TracedDocument } from './traced-document.ts';
import { passUnverified, verify } from './verify/verify.ts';

/** A text, or a text with the name that results are to carry. */
export type Input = string | { readonly id: string; readonly text: string };

/** The pipeline, ready to work. `await using` it, or dispose it, to release the models that it opened. */
export interface Recognizer<T extends string = string> extends AsyncDisposable {
  readonly types: readonly EntityType<T>[];
  /** URIs of the members in their order. */
  readonly models: readonly string[];
  /**
   * @throws {NerError} `no-quorum` if too few models replied, `context-overflow` if the types alone fill a model's context.
   * @throws `signal.reason` once the signal is aborted.
   */
  recognize(input: Input, options?: { readonly signal?: AbortSignal }): Promise<Recognition<T>>;
  /**
   * Results in the order of the inputs, at most `workers` (default 1) of them in work at once. A failed text is an item.
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
  readonly settings: Required<
    Pick<RecognizerOptions<T>, 'k' | 'passes' | 'combination' | 'noneVotes' | 'verifyThreshold' | 'onReject' | 'overlaps' | 'textLimit'>
  >;
}

/**
 * Opens the models, prepares the pool and returns the pipeline.
 * @throws {NerError} `usage` for options that make no sense, `model-unavailable` for a model that does not load, `no-quorum` if
 * the pool cannot be prepared.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function createRecognizer<const T extends string>(
  options: RecognizerOptions<T>,
  { signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<Recognizer<T>> {
  checkOptions(options);
  const types = entityTypes(options.types);
  await using opening = new AsyncDisposableStack();
  const members = opening.use(await openMembers(options));
  const pipeline: Pipeline<T> = {
    types,
    members,
    index: await prepareIndex(options, types, members, signal),
    settings: {
      k: options.k ?? defaultK,
      passes: options.passes ?? 'stages',
      combination: options.combination ?? 'union',
      noneVotes: options.noneVotes ?? true,
      verifyThreshold: options.verifyThreshold ?? 0.5,
      onReject: options.onReject ?? 'drop',
      overlaps: options.overlaps ?? 'flat',
      textLimit: options.textLimit ?? Math.min(...members.ensemble.members.map(({ model }) => model.textLimit)),
    },
  };
  const owned = opening.move();
  let serial = 0;
  const named = (input: Input) => (typeof input === 'string' ? { id: String(++serial), text: input } : input);

  return {
    types,
    models: members.ensemble.members.map(({ model }) => model.id),
    recognize: (input, { signal = new AbortController().signal } = {}) => recognize(pipeline, named(input), signal),
    recognizeAll: (inputs, { signal = new AbortController().signal, workers = 1 } = {}) =>
      mapOrdered(inputs, workers, (input) => settle(pipeline, named(input), signal)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const defaultK = 5;

async function prepareIndex(
  options: RecognizerOptions,
  types: readonly EntityType[],
  members: OpenMembers,
  signal: AbortSignal,
): Promise<DemonstrationIndex | undefined> {
  const { pool = [], k = defaultK, embedder = ngramEmbedder, retriever = 'span-similarity', seed = 0, onProgress } = options;
  if (pool.length === 0 || k === 0) return undefined;
  const known = new Set(types.map(({ name }) => name));
  // A demonstration shows only what is asked for: types outside the inventory would teach answers that no vote allows.
  const relevant = pool.map((sentence) => ({ ...sentence, entities: sentence.entities.filter(({ type }) => known.has(type)) }));
  const candidateSpans = retriever === 'span-similarity' ? (options.candidateSpans ?? 'models') : 'none';
  const progress = onProgress === undefined ? {} : { onProgress };
  const candidates = await prepareCandidates(
    relevant,
    { ensemble: members.ensemble, types, embedder, candidateSpans, ...progress },
    signal,
  );
  return { retriever, seed, candidates, embedder, weigh: options.weigher ?? (await englishSpanWeigher()) };
}

async function settle<T extends string>(
  pipeline: Pipeline<T>,
  document: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<Recognition<T> | FailedRecognition> {
  try {
    return await recognize(pipeline, document, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof NerError)) throw error;
    return { status: 'failed', ...document, error };
  }
}

async function recognize<T extends string>(
  pipeline: Pipeline<T>,
  { id, text }: { readonly id: string; readonly text: string },
  signal: AbortSignal,
): Promise<Recognition<T>> {
  signal.throwIfAborted();
  const started = performance.now();
  const trace: TracedWindow[] = [];
  for (const { start, end } of windows(text, pipeline.settings.textLimit)) {
    trace.push({ start, document: await runStages(pipeline, { id, text: text.slice(start, end), mentions: [] }, signal) });
  }
  const calls = trace.flatMap(({ document }) => document.calls);
  return {
    status: 'recognized',
    id,
    text,
    entities: trace.flatMap(({ start, document }) => entitiesOf<T>(document, start)),
    degraded: trace.flatMap(({ document }) => degradations(document)),
    calls: calls.length,
    usage: calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    durationMs: performance.now() - started,
    trace,
  };
}

/** The paper's four stages in their order; the joint pass stands for the second and third. */
async function runStages<T extends string>(
  { types, members, index, settings }: Pipeline<T>,
  document: Document<never>,
  signal: AbortSignal,
): Promise<TracedDocument<Verified | Rejected>> {
  const { ensemble, verifiers } = members;
  const prompted = await retrieve(document, ensemble, { index, types, k: settings.k }, signal);
  const classified =
    settings.passes === 'joint'
      ? await extractJointly(prompted, ensemble, signal)
      : await classify(await extract(prompted, ensemble, settings, signal), ensemble, settings, signal);
  const verified =
    verifiers === undefined
      ? passUnverified(classified)
      : await verify(classified, verifiers, { threshold: settings.verifyThreshold, onReject: settings.onReject }, signal);
  return settings.overlaps === 'flat' ? resolveOverlaps(verified) : verified;
}

function entitiesOf<T extends string>(document: TracedDocument<Verified | Rejected>, offset: number): Entity<T>[] {
  return document.mentions.flatMap((mention) => {
    if (mention.status === 'rejected') return [];
    const { start, end, type, score } = mention;
    const text = document.text.slice(start, end);
    return [{ start: start + offset, end: end + offset, text, type: type as T, score }]; // votes are held to the inventory
  });
}

function degradations(document: TracedDocument): Degradation[] {
  return document.calls.flatMap(({ modelId, stage, outcome, error }) =>
    outcome === 'answered' ? [] : [{ modelId, stage, reason: error?.message ?? `Its reply was of no use: ${outcome}.` }],
  );
}
