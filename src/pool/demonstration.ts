import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';

/** A sentence of the pool that retrieval chose, and why. */
export interface RankedDemonstration {
  readonly sentence: LabelledSentence;
  /** In [-1, 1]. */
  readonly score: number;
  /** By which similarity it was ranked; `sentence-similarity` where the query had no span of any weight. */
  readonly by: 'span-similarity' | 'sentence-similarity';
  /** For `span-similarity`: each query span with the candidate span that is most like it. */
  readonly matches: readonly { readonly query: Span; readonly weight: number; readonly candidate: Span; readonly cosine: number }[];
}
