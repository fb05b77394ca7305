import type { EntityType } from '../document/entity-type.ts';
import { usageError } from '../error.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import { englishSpanWeigher } from '../pool/part-of-speech.ts';
import { wordEmbedder } from '../pool/word-embedder.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Call } from './ensemble.ts';
import type { OpenMembers } from './members.ts';
import { poolSentence, type RecognizerOptions } from './options.ts';
import { type Degradation, degradations } from './recognition.ts';
import { candidateSource, preparePool } from './retrieve/candidates.ts';
import type { DemonstrationIndex } from './retrieve/rank.ts';
import { textScorer } from './retrieve/text-scorer.ts';

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
 * @throws {NerError} `no-quorum`, see `CandidateSource`.
 */
export async function prepareIndex(
  options: RecognizerOptions,
  types: readonly EntityType[],
  members: OpenMembers,
  signal: AbortSignal,
): Promise<{ readonly index: DemonstrationIndex | undefined; readonly preparation: Preparation }> {
  const { pool = [], k = defaultK, retriever = 'span-similarity', seed = 0, onProgress } = options;
  const nothing = preparationOf([], []);
  if ((pool.length === 0 && options.index === undefined) || k === 0) return { index: undefined, preparation: nothing };
  const embedder = options.embedder ?? (await wordEmbedder());
  const weigh = options.weigher ?? (retriever === 'span-similarity' ? await englishSpanWeigher() : () => []);
  if (options.index !== undefined) {
    checkEmbedder(options.index.embedder, embedder.id);
    const scorer = await textScorer(retriever, options.index, embedder, signal);
    return { index: { retriever, seed, pool: options.index, embedder, weigh, scorer }, preparation: nothing };
  }
  const known = new Set(types.map(({ name }) => name));
  // Mentions of types outside the inventory are not to stand for a sentence either.
  const relevant = pool
    .map(poolSentence)
    .map((sentence) => ({ ...sentence, entities: sentence.entities.filter(({ type }) => known.has(type)) }));
  const candidateSpans = retriever === 'span-similarity' ? (options.candidateSpans ?? 'models') : 'none';
  const progress = onProgress === undefined ? {} : { onProgress };
  const source = candidateSource({ ensemble: members.ensemble, types, candidateSpans });
  const prepared = await preparePool(relevant, { find: source.find, embedder, ...progress }, signal);
  const scorer = await textScorer(retriever, prepared.pool, embedder, signal);
  return {
    index: { retriever, seed, pool: prepared.pool, embedder, weigh, scorer },
    preparation: preparationOf(source.calls, prepared.unread),
  };
}

function checkEmbedder(ofIndex: string, chosen: string): void {
  if (ofIndex === chosen) return;
  throw usageError(
    `The index was built with the embedder ${ofIndex}, and texts are to be embedded with ${chosen}, whose vectors cannot be compared with its. Choose ${ofIndex}, or build the index anew.`,
  );
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
