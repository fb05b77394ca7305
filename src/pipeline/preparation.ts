import type { EntityType } from '../document/entity-type.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import { englishSpanWeigher } from '../pool/part-of-speech.ts';
import { wordEmbedder } from '../pool/word-embedder.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { OpenMembers } from './members.ts';
import { poolSentence, type RecognizerOptions } from './options.ts';
import { type Degradation, degradations } from './recognition.ts';
import { type DemonstrationIndex, type PreparedPool, prepareCandidates } from './retrieve/candidates.ts';

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

/** Demonstrations for each text, unless the options say otherwise. */
export const defaultK = 5;

/**
 * Prepares the pool for retrieval; without a pool, or with k = 0, there is nothing to retrieve from.
 * @throws {NerError} `no-quorum`, see `prepareCandidates`.
 */
export async function prepareIndex(
  options: RecognizerOptions,
  types: readonly EntityType[],
  members: OpenMembers,
  signal: AbortSignal,
): Promise<{ readonly index: DemonstrationIndex | undefined; readonly preparation: Preparation }> {
  const { pool = [], k = defaultK, retriever = 'span-similarity', seed = 0, onProgress } = options;
  if (pool.length === 0 || k === 0) return { index: undefined, preparation: preparationOf({ calls: [], unread: [] }) };
  const embedder = options.embedder ?? (await wordEmbedder());
  const known = new Set(types.map(({ name }) => name));
  // A demonstration shows only what is asked for: types outside the inventory would teach answers that no vote allows.
  const relevant = pool
    .map(poolSentence)
    .map((sentence) => ({ ...sentence, entities: sentence.entities.filter(({ type }) => known.has(type)) }));
  const candidateSpans = retriever === 'span-similarity' ? (options.candidateSpans ?? 'models') : 'none';
  const progress = onProgress === undefined ? {} : { onProgress };
  const prepared = await prepareCandidates(relevant, { ensemble: members.ensemble, types, embedder, candidateSpans, ...progress }, signal);
  const weigh = options.weigher ?? (retriever === 'span-similarity' ? await englishSpanWeigher() : () => []);
  return { index: { retriever, seed, candidates: prepared.candidates, embedder, weigh }, preparation: preparationOf(prepared) };
}

function preparationOf({ calls, unread }: Pick<PreparedPool, 'calls' | 'unread'>): Preparation {
  return {
    calls: calls.length,
    usage: calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    modelMs: calls.reduce((sum, { durationMs }) => sum + durationMs, 0),
    degraded: degradations(calls),
    unread,
  };
}
