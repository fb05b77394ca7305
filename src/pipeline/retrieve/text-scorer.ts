import type { EntityType } from '../../document/entity-type.ts';
import type { Embedder } from '../../model/embedder.ts';
import { bm25Index } from '../../pool/bm25.ts';
import type { Retriever } from '../../pool/demonstration.ts';
import { labelGuidedIndex } from '../../pool/label-statistics.ts';
import { type PreparedPool, sentencesOf } from '../../pool/prepared-pool.ts';

/** What a retriever by words has read off a pool. */
export interface TextScorer {
  /** The score of each sentence of the pool for a text, in their order. */
  scores(text: string, signal: AbortSignal): Promise<Float64Array>;
}

/** The scorer of a retriever by words; `undefined` for the others. */
export async function textScorer(
  retriever: Retriever,
  pool: PreparedPool,
  { embedder, types }: { readonly embedder: Embedder; readonly types: readonly EntityType[] },
  signal: AbortSignal,
): Promise<TextScorer | undefined> {
  if (retriever !== 'bm25' && retriever !== 'label-statistics') return undefined;
  const sentences = sentencesOf(pool);
  if (retriever === 'label-statistics') {
    // Mentions of types that nobody asks for are to guide nobody.
    const known = new Set(types.map(({ name }) => name));
    const relevant = sentences.map((sentence) => ({ ...sentence, entities: sentence.entities.filter(({ type }) => known.has(type)) }));
    return labelGuidedIndex(relevant, { embedder }, signal);
  }
  const { scores } = bm25Index(sentences.map(({ text }) => text));
  return { scores: async (text) => scores(text) };
}
