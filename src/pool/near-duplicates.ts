import { normalize } from '../document/normalization.ts';

/** A text in a form in which texts are held against each other. */
export interface ComparableText {
  /** Without differences of case, spacing and the like, as `normalize` of the document says. */
  readonly text: string;
  /** Each run of three code units once; the whole text if it is shorter. */
  readonly trigrams: ReadonlySet<string>;
}

export function comparableText(original: string): ComparableText {
  const { text } = normalize(original);
  const count = Math.max(1, text.length - 2);
  return { text, trigrams: new Set(Array.from({ length: count }, (_, at) => text.slice(at, at + 3))) };
}

/**
 * How many of the trigrams of two texts are in both: |A ∩ B| / |A ∪ B|.
 * @returns a value in [0, 1]; 1 for equal texts, also empty ones.
 */
export function trigramSimilarity(a: ComparableText, b: ComparableText): number {
  if (a.text === b.text) return 1;
  let shared = 0;
  for (const trigram of a.trigrams) if (b.trigrams.has(trigram)) shared++;
  return shared / (a.trigrams.size + b.trigrams.size - shared);
}
