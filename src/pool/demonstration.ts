import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';

/** The names of all {@link Retriever}s. */
export const retrievers = ['span-similarity', 'sentence-similarity', 'bm25', 'label-statistics', 'random'] as const;

/**
 * How demonstrations are chosen: by SpanSim (the paper's way), by the cosine of whole sentences (KATE), by the words that they share
 * (BM25), by shared words that the pool's labels make weigh (DEER), or at random, which is what the others have to beat.
 */
export type Retriever = (typeof retrievers)[number];

/** A sentence of the pool that retrieval chose, and why. */
export interface RankedDemonstration {
  readonly sentence: LabelledSentence;
  /** In [-1, 1]; of `bm25` and `label-statistics` without a bound above; in [0, 1) and without meaning for `random`. */
  readonly score: number;
  /** How it was ranked; SpanSim falls back to `sentence-similarity` where the query has no span of any weight. */
  readonly by: Retriever;
  /** For `span-similarity`: each query span with the candidate span that is most like it. */
  readonly matches: readonly { readonly query: Span; readonly weight: number; readonly candidate: Span; readonly cosine: number }[];
}
