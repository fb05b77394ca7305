import type { EntityType } from '../document/entity-type.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Embedder } from '../model/embedder.ts';
import type { Retriever } from '../pool/demonstration.ts';
import { nounChunker } from '../pool/noun-chunks.ts';
import { poolOfTypes } from '../pool/pool-of-types.ts';
import { type PreparedPool, sentencesOf } from '../pool/prepared-pool.ts';
import { usualCandidateSpans, usualQuerySpans } from '../pool/span-sources.ts';
import { spanWeigher } from '../pool/span-weights.ts';
import type { Usage } from '../prompting/dialect.ts';
import { checkIndex } from './check-index.ts';
import { type Call, languageModels } from './ensemble.ts';
import type { OpenMembers } from './members.ts';
import { poolSentence, type RecognizerOptions } from './options.ts';
import { type Degradation, degradations } from './recognition.ts';
import { candidateSource, preparePool } from './retrieve/candidates.ts';
import type { DemonstrationIndex } from './retrieve/rank.ts';
import { textScorer } from './retrieve/text-scorer.ts';
import { inSpan } from './telemetry/spans.ts';

/** The cost of preparing the pool, and what went wrong in it. */
export interface Preparation {
  readonly calls: number;
  readonly usage: Usage;
  /** Time that the models took, one call after the other. */
  readonly modelMs: number;
  readonly degraded: readonly Degradation[];
  /** Sentences of the pool that the models could not read; their gold mentions stand for them in retrieval. */
  readonly unread: readonly { readonly id: string; readonly reason: string }[];
}

/** A call without what was said. */
export type CallRecord = Omit<Call, 'exchanges'>;

export interface RecordedPreparation extends Preparation {
  /** Every call, also those about sentences that could not be read. */
  readonly attempts: readonly CallRecord[];
}

/** What a pool is prepared for. */
interface Preparing {
  readonly types: readonly EntityType[];
  readonly members: OpenMembers;
  readonly embedder: () => Promise<Embedder>;
}

/** Demonstrations for each text, unless the options say otherwise. */
export const defaultK = 5;

/**
 * Prepares the pool for retrieval; without a pool, or with k = 0, there is nothing to retrieve from.
 * @throws {NerError} `no-quorum`, see `CandidateSource`.
 */
export async function prepareIndex(
  options: RecognizerOptions,
  { types, members, embedder: openEmbedder }: Preparing,
  signal: AbortSignal,
): Promise<{ readonly index: DemonstrationIndex | undefined; readonly preparation: RecordedPreparation }> {
  const { pool = [], k = defaultK, index, retriever = defaultRetriever } = options;
  const nothing = { ...preparationOf([], []), attempts: [] };
  const attempts: CallRecord[] = [];
  const record = (calls: readonly Call[]) => attempts.push(...calls.map(({ exchanges: _, ...call }) => call));
  const ensemble = { ...languageModels(members.ensemble), record };
  // Demonstrations are for language models.
  const isWanted = k > 0 && ensemble.members.length > 0;
  if (!isWanted || (pool.length === 0 && index === undefined)) return { index: undefined, preparation: nothing };
  const embedder = await openEmbedder();
  if (index !== undefined) {
    checkIndex(index, embedder);
    const compared = retriever === 'span-similarity' ? poolOfTypes(index, new Set(types.map(({ name }) => name))) : index;
    return { index: await demonstrationIndex(options, compared, { embedder, types }, signal), preparation: nothing };
  }
  const { onProgress, candidateSpans = usualCandidateSpans } = options;
  const source = candidateSource({
    ensemble,
    types,
    candidateSpans: retriever === 'span-similarity' ? candidateSpans : 'none',
  });
  const progress = onProgress === undefined ? {} : { onProgress };
  const prepared = await inSpan(
    'prepare',
    { attributes: { 'el4ner.pool.sentences': pool.length } },
    () => preparePool(pool.map(poolSentence), { candidates: source.find, embedder, ...progress }, signal),
    signal,
  );
  return {
    index: await demonstrationIndex(options, prepared.pool, { embedder, types }, signal),
    preparation: { ...preparationOf(source.calls, prepared.unread), attempts },
  };
}

const defaultRetriever: Retriever = 'span-similarity';

/** A prepared pool with what texts are compared with it by. */
async function demonstrationIndex(
  options: RecognizerOptions,
  pool: PreparedPool,
  { embedder, types }: { readonly embedder: Embedder; readonly types: readonly EntityType[] },
  signal: AbortSignal,
): Promise<DemonstrationIndex> {
  const { retriever = defaultRetriever, seed = 0, weigher = 'part-of-speech' } = options;
  const scorer = await textScorer(retriever, pool, { embedder, types }, signal);
  const index = { retriever, seed, pool, embedder, scorer };
  if (retriever !== 'span-similarity') return { ...index, chunk: undefined, weigh: () => [] };
  const querySpans = options.querySpans ?? usualQuerySpans(pool.candidateSpans ?? options.candidateSpans ?? usualCandidateSpans);
  const texts = () => sentencesOf(pool).map(({ text }) => text);
  return {
    ...index,
    chunk: querySpans === 'chunks' ? await nounChunker() : undefined,
    weigh: typeof weigher === 'function' ? weigher : await spanWeigher(weigher, texts),
  };
}

function preparationOf(calls: readonly Call[], unread: Preparation['unread']): Preparation {
  return {
    calls: calls.length,
    usage: calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    modelMs: calls.reduce((sum, { durationMs }) => sum + durationMs, 0),
    degraded: degradations(calls),
    unread,
  };
}
