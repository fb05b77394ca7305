import { countsOf, invertedIndex, type Postings } from './inverted-index.ts';
import { wordsOf } from './words.ts';

/** How soon a word that is repeated in a sentence stops to count more, and how much long sentences are held back. */
const saturation = 1.2;
const lengthShare = 0.75;

/** The sentences of a pool, ready to be compared with texts by the words that they share. */
export interface Bm25Index {
  /**
   * Okapi BM25 of each sentence, in the order of the pool: Σ idf(t)·f·(k1 + 1) / (f + k1·(1 − b + b·length / mean length)) over the
   * words t of the query, repeated ones repeatedly, with f the occurrences of t in the sentence, k1 = 1.2 and b = 0.75.
   * @returns values of at least 0; 0 where no word is shared.
   */
  scores(query: string): Float64Array;
}

/**
 * Indexes sentences by their words ({@link wordsOf}). A query takes time by how many sentences hold its words.
 * Deviation: idf is ln(1 + (N − n + ½) / (n + ½)), with n of N sentences that hold the word, where the original lacks the "1 +" and
 * gives words of more than half of the sentences negative values.
 * @see Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)
 */
export function bm25Index(texts: readonly string[]): Bm25Index {
  const { lengths, postings } = invertedIndex(texts);
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / texts.length;
  // NaN only where no sentence has words, and then nothing is ever found.
  const lengthNorms = Float64Array.from(lengths, (length) => saturation * (1 - lengthShare + (lengthShare * length) / meanLength));
  return {
    scores(query) {
      const scores = new Float64Array(texts.length);
      for (const [word, times] of countsOf(wordsOf(query).map(({ word }) => word))) {
        const found = postings(word);
        if (found !== undefined) addScores(scores, found, times * inverseFrequency(texts.length, found.sentences.length), lengthNorms);
      }
      return scores;
    },
  };
}

function inverseFrequency(sentences: number, holding: number): number {
  return Math.log(1 + (sentences - holding + 0.5) / (holding + 0.5));
}

function addScores(scores: Float64Array, { sentences, counts }: Postings, weight: number, lengthNorms: Float64Array): void {
  for (let at = 0; at < sentences.length; at++) {
    const sentence = sentences[at] ?? 0;
    const count = counts[at] ?? 0;
    scores[sentence] = (scores[sentence] ?? 0) + (weight * count * (saturation + 1)) / (count + (lengthNorms[sentence] ?? 0));
  }
}
