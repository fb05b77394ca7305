import type { LabelledText } from '../../document/labelled.ts';
import { overlap, type Span } from '../../document/span.ts';
import { labelStatistics } from '../../pool/label-statistics.ts';
import { englishStopWords } from '../../pool/stop-words.ts';
import { wordsOf } from '../../pool/words.ts';

/** What proposes spans by the labels of the pool; it is no member. */
export const reflectionId = 'pool:statistics';

/** Looks once more at a text with the mentions that the members found: spans that are likely missed, or likely the true extent of one of them. */
export type Reflection = (text: string, mentions: readonly Span[]) => readonly Span[];

/** Share of a word's occurrences in the pool that stand in mentions, from which on it is likely to be missed where it stands in none. */
const likely = 0.5;

/**
 * Reflection by the labels of a pool. Words that stand in mentions there more often than not, and in none that the members found, are spans
 * to be asked about: as many as follow each other, together with a mention that they touch.
 * Deviation: DEER asks the model anew about such words; here the ensemble types and verifies what they make up.
 * @see DEER, arXiv:2505.23722 (error reflection on unseen, false negative and boundary tokens)
 */
export function reflectionBy(pool: readonly LabelledText[]): Reflection {
  const { shares } = labelStatistics(pool);
  return (text, mentions) => {
    const words = wordsOf(text);
    const owner = words.map((word) => mentions.find((mention) => overlap(word, mention)));
    const isMissed = words.map(
      ({ word }, at) => owner[at] === undefined && !englishStopWords.has(word) && (shares(word)?.inMention ?? 0) >= likely,
    );
    const spans: Span[] = [];
    for (let first = 0; first < words.length; first++) {
      if (!isMissed[first] || isMissed[first - 1]) continue;
      let last = first;
      while (isMissed[last + 1]) last++;
      const touched = [owner[first - 1], owner[last + 1]].filter((mention) => mention !== undefined);
      const parts = [words[first], words[last], ...touched].filter((part) => part !== undefined);
      spans.push({ start: Math.min(...parts.map(({ start }) => start)), end: Math.max(...parts.map(({ end }) => end)) });
    }
    return spans;
  };
}
