import { wordsOf } from './words.ts';

/** The sentences in which a word stands, in rising order, and how often in each. */
export interface Postings {
  /** Positions of sentences in the pool. */
  readonly sentences: Uint32Array;
  /** One for each sentence, at least 1. */
  readonly counts: Uint32Array;
}

/** Which word stands where in the sentences of a pool. */
export interface InvertedIndex {
  /** Words of each sentence, repeated ones too. */
  readonly lengths: Uint32Array;
  /** The different words of the pool, in the order in which they occur first. */
  readonly words: readonly string[];
  /** @param word - as {@link wordsOf} gives it; `undefined` if it stands in no sentence. */
  postings(word: string): Postings | undefined;
}

/** Reads the texts once; takes 8 bytes for each different word of each text. */
export function invertedIndex(texts: readonly string[]): InvertedIndex {
  const lengths = new Uint32Array(texts.length);
  const growing = new Map<string, { sentences: number[]; counts: number[] }>();
  for (const [sentence, text] of texts.entries()) {
    const words = wordsOf(text);
    lengths[sentence] = words.length;
    for (const [word, count] of countsOf(words.map(({ word }) => word))) {
      const postings = growing.get(word);
      if (postings === undefined) growing.set(word, { sentences: [sentence], counts: [count] });
      else {
        postings.sentences.push(sentence);
        postings.counts.push(count);
      }
    }
  }
  const packed = new Map<string, Postings>();
  for (const [word, { sentences, counts }] of growing) {
    packed.set(word, { sentences: Uint32Array.from(sentences), counts: Uint32Array.from(counts) });
    growing.delete(word); // so that not both are held at once
  }
  return { lengths, words: [...packed.keys()], postings: (word) => packed.get(word) };
}

/** How often each value occurs, in the order of first occurrence. */
export function countsOf(values: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
