import type { SpanWeigher } from './part-of-speech.ts';
import { wordsOf } from './words.ts';

/**
 * A weigher by inverse document frequency: a span weighs as its rarest word, ln(1 + (N + 1) / (n + 1)) for a word in n of the N
 * sentences. So weights lie between ln 2 and ln(N + 2), which words have that the pool lacks; a span without words weighs 0.
 *
 * It is the rarest word and not the mean, because extraction takes `the`, `of` and the like into a span or leaves them out as it
 * happens: they are no reason to hold `the Bank of America` less important than `America`.
 * Deviation: the paper weighs by part of speech.
 * @param texts - the sentences of the pool.
 */
export function idfSpanWeigher(texts: readonly string[]): SpanWeigher {
  const holding = new Map<string, number>();
  for (const text of texts) {
    for (const word of new Set(wordsOf(text).map(({ word }) => word))) holding.set(word, (holding.get(word) ?? 0) + 1);
  }
  const weight = (word: string) => Math.log(1 + (texts.length + 1) / ((holding.get(word) ?? 0) + 1));
  return (text, spans) =>
    spans.map(({ start, end }) => wordsOf(text.slice(start, end)).reduce((most, { word }) => Math.max(most, weight(word)), 0));
}
