import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';

/**
 * How demonstrations are chosen: by SpanSim (the paper's way), by the cosine of whole sentences, or at random, which is what both
 * have to beat.
 */
export type Retriever = 'span-similarity' | 'sentence-similarity' | 'random';

/** A sentence of the pool that retrieval chose, and why. */
export interface RankedDemonstration {
  readonly sentence: LabelledSentence;
  /** In [-1, 1]; in [0, 1) and without meaning for `random`. */
  readonly score: number;
  /** How it was ranked; SpanSim falls back to `sentence-similarity` where the query has no span of any weight. */
  readonly by: Retriever;
  /** For `span-similarity`: each query span with the candidate span that is most like it. */
  readonly matches: readonly { readonly query: Span; readonly weight: number; readonly candidate: Span; readonly cosine: number }[];
}
