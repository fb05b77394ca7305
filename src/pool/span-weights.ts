import { idfSpanWeigher } from './idf-weights.ts';
import { defaultPartOfSpeechWeights, englishSpanWeigher, type PartOfSpeechWeights, type SpanWeigher } from './part-of-speech.ts';

/** The ways to weigh spans that have a name. */
export const namedSpanWeights = ['part-of-speech', 'idf', 'equal'] as const;

/**
 * How much a span of a text counts in SpanSim: by the part of speech of its head (the paper's way), with values of one's own in place of the
 * default ones; by how rare its words are in the pool; or each alike. SpanSim weighs the spans of the text alone and never those of the
 * pool, so that an index serves with any weights.
 */
export type SpanWeights = (typeof namedSpanWeights)[number] | Partial<PartOfSpeechWeights>;

/** Weights up to here add up without loss, however many spans a text has. */
export const largestSpanWeight = 1_000_000;

/** Whether it is one of the names, or weights from 0 to {@link largestSpanWeight} of parts of speech. */
export function isSpanWeights(value: unknown): value is SpanWeights {
  if (typeof value !== 'object' || value === null) return namedSpanWeights.some((name) => name === value);
  return Object.entries(value).every(
    ([partOfSpeech, weight]: [string, unknown]) =>
      Object.hasOwn(defaultPartOfSpeechWeights, partOfSpeech) && typeof weight === 'number' && weight >= 0 && weight <= largestSpanWeight,
  );
}

/**
 * The weigher that goes by these weights.
 * @param texts - gives the sentences of the pool. It is asked only for `idf`, which reads them all once, some seconds for 100,000: no index
 * stores what they come to, so that a build need not know how its index will be used.
 */
export async function spanWeigher(weights: SpanWeights, texts: () => readonly string[]): Promise<SpanWeigher> {
  switch (weights) {
    case 'part-of-speech':
      return englishSpanWeigher();
    case 'idf':
      return idfSpanWeigher(texts());
    case 'equal':
      return (_, spans) => spans.map(() => 1);
    default:
      return englishSpanWeigher(weights);
  }
}
