import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';

/** The names of all {@link Retriever}s. */
export const retrievers = ['span-similarity', 'sentence-similarity', 'bm25', 'label-statistics', 'random'] as const;

/**
 * How demonstrations are chosen: by SpanSim (the paper's way), by the cosine of whole sentences (KATE), by the words that they share
 * (BM25), by shared words that the pool's labels make weigh (DEER), or at random, which is what the others have to beat.
 */
export type Retriever = (typeof retrievers)[number];

/**
 * How demonstrations are chosen from those that rank best; what is left out is off. With k demonstrations it looks at the 4k + 8 best ranked,
 * and only where these leave too few at more.
 */
export interface DemonstrationSelection {
  /** Each type that these show is to be demonstrated, as far as k allows. The best ranked stays; others give way only where they must. */
  readonly coverTypes?: boolean;
  /**
   * λ in [0, 1] of maximal marginal relevance: next is the one of highest (1 − λ)·relevance − λ·(highest cosine to one chosen). Relevance is
   * the score, scaled to at most 1, or with `coverSpans` what a sentence adds to that.
   */
  readonly diversity?: number;
  /**
   * Next is the sentence that makes the chosen ones together most like the spans of the text. For the retriever `span-similarity`; without
   * effect on a text that has no span of any weight.
   * @see Set-BSR, arXiv:2305.14907
   */
  readonly coverSpans?: boolean;
  /**
   * A bound in (0, 1]; 0.9 leaves out copies and keeps rewordings. Left out are sentences that are equal to the text or to one chosen but
   * for case, spacing and the like, or whose character trigrams have a Jaccard similarity of at least the bound to it.
   */
  readonly nearDuplicates?: number;
  /** Whether a sentence may be chosen that is the text, but for white space, and so gives the answer away; then `nearDuplicates` lets it be, too. */
  readonly allowQuery?: boolean;
}

/** A sentence in the ranking of a pool. */
interface RankedLabelledSentence {
  readonly sentence: LabelledSentence;
  /** Its place in the ranking, from 1. */
  readonly rank: number;
  /** In [-1, 1]; of `bm25` and `label-statistics` without a bound above; in [0, 1) and without meaning for `random`. */
  readonly score: number;
}

/** A sentence of the pool that retrieval chose, and why. */
export interface RankedDemonstration extends RankedLabelledSentence {
  /** How it was ranked; SpanSim falls back to `sentence-similarity` where the query has no span of any weight. */
  readonly by: Retriever;
  /** For `span-similarity`: each query span with the candidate span that is most like it. */
  readonly matches: readonly { readonly query: Span; readonly weight: number; readonly candidate: Span; readonly cosine: number }[];
  /** Why it was chosen from behind the k best ranked, in words, as `shows location`; not where it is only that others are left out. */
  readonly reason?: string;
}

/** One of the k best ranked sentences that is no demonstration, and why not. */
export interface LeftOutSentence extends RankedLabelledSentence {
  /** In words, as `is the text itself`. */
  readonly reason: string;
}
