import type { LabelledSentence, LabelledText } from '../document/labelled.ts';
import { overlap } from '../document/span.ts';
import { type Embedder, normalize } from '../model/embedder.ts';
import { countsOf, invertedIndex } from './inverted-index.ts';
import { dot } from './span-similarity.ts';
import { englishStopWords } from './stop-words.ts';
import { wordsOf } from './words.ts';

/** Where the occurrences of a word in a pool stand; the three add up to 1. */
interface WordShares {
  /** In a mention, wholly or in part. */
  readonly inMention: number;
  /** In no mention, but with at most one word between it and one. */
  readonly nearMention: number;
  readonly elsewhere: number;
}

/** What a word weighs that stands only there. */
export type WordShareWeights = WordShares;

/** λe, λc and λo of DEER. */
const defaultWordShareWeights: WordShareWeights = { inMention: 1, nearMention: 1, elsewhere: 0.01 };

/** How far from a mention, in words, its context reaches. */
const contextWords = 2;
/** What a word weighs that the pool lacks. */
const unseenWeight = 1;

/** What the labels of a pool tell about its words; words are as {@link wordsOf} gives them. */
export interface LabelStatistics {
  /** `undefined` for a word that the pool lacks. */
  shares(word: string): WordShares | undefined;
  /** Σ λ·share; 1 for a word that the pool lacks. */
  weight(word: string): number;
}

/**
 * Counts for each word of the pool how often it stands in a mention, near one, and elsewhere.
 * Deviation: DEER counts the tokens of its data sets. Here they are words in lower case, so that text need not come in tokens, and
 * marks are none.
 * @see DEER, arXiv:2505.23722
 */
export function labelStatistics(pool: readonly LabelledText[], weights: WordShareWeights = defaultWordShareWeights): LabelStatistics {
  const counts = new Map<string, Record<keyof WordShares, number>>();
  for (const sentence of pool) {
    for (const { word, place } of placesOf(sentence)) {
      const count = counts.get(word) ?? { inMention: 0, nearMention: 0, elsewhere: 0 };
      count[place]++;
      counts.set(word, count);
    }
  }
  const shares = (word: string): WordShares | undefined => {
    const count = counts.get(word);
    if (count === undefined) return undefined;
    const all = count.inMention + count.nearMention + count.elsewhere;
    return { inMention: count.inMention / all, nearMention: count.nearMention / all, elsewhere: count.elsewhere / all };
  };
  return {
    shares,
    weight(word) {
      const share = shares(word);
      if (share === undefined) return unseenWeight;
      const { inMention, nearMention, elsewhere } = weights;
      return inMention * share.inMention + nearMention * share.nearMention + elsewhere * share.elsewhere;
    },
  };
}

function placesOf({ text, entities }: LabelledText): readonly { readonly word: string; readonly place: keyof WordShares }[] {
  const words = wordsOf(text);
  const inMention = words.map((word) => entities.some((entity) => overlap(word, entity)));
  return words.map(({ word }, at) => {
    if (inMention[at]) return { word, place: 'inMention' };
    const near = inMention.slice(Math.max(0, at - contextWords), at + contextWords + 1).includes(true);
    return { word, place: near ? 'nearMention' : 'elsewhere' };
  });
}

export interface LabelGuidedOptions {
  /** Gives the vectors of words; asked for each different word once. It stays its owner's. */
  readonly embedder: Embedder;
  /** α_m, how much shared words count. Default 0.1, between the 0.01 and the 1 that DEER's authors use, by data set. */
  readonly matchWeight?: number;
  /** α_e, how much the cosine of the mean vectors counts. Default 1. */
  readonly embeddingWeight?: number;
  /** Default {@link defaultWordShareWeights}. */
  readonly wordWeights?: WordShareWeights;
  /** Words that do not count as shared. Default {@link englishStopWords}. */
  readonly stopWords?: ReadonlySet<string>;
}

/** The sentences of a pool, ready to be compared with texts by what their labels tell about words. */
export interface LabelGuidedIndex {
  readonly statistics: LabelStatistics;
  /**
   * DEER's score of each sentence, in the order of the pool: α_m · Σ w(t) over the different words that both have and that are no stop
   * words, plus α_e · the cosine of the means of their word vectors, weighted by w; a mean of nothing has cosine 0.
   * @returns values of at least -α_e, without a bound above.
   * @throws what the embedder throws; `signal.reason` once the signal is aborted.
   */
  scores(text: string, signal: AbortSignal): Promise<Float64Array>;
}

/**
 * Counts, embeds and indexes a pool; takes a vector for each sentence and for each different word. No language model is asked.
 * @throws what the embedder throws; `signal.reason` once the signal is aborted.
 * @see DEER, arXiv:2505.23722 (label-guided retrieval)
 */
export async function labelGuidedIndex(
  pool: readonly LabelledSentence[],
  options: LabelGuidedOptions,
  signal: AbortSignal,
): Promise<LabelGuidedIndex> {
  const { embedder, matchWeight = 0.1, embeddingWeight = 1, wordWeights, stopWords = englishStopWords } = options;
  const texts = pool.map(({ text }) => text);
  const statistics = labelStatistics(pool, wordWeights);
  const { postings, words } = invertedIndex(texts);
  const vectors = await wordVectors(embedder, words, signal);
  const means: Float32Array[] = [];
  for (const text of texts) means.push(await meanVector(text, vectors, statistics, signal));
  return {
    statistics,
    async scores(text, signal) {
      const mean = await meanVector(text, vectors, statistics, signal);
      const scores = Float64Array.from(means, (other) => embeddingWeight * cosine(mean, other));
      for (const word of new Set(wordsOf(text).map(({ word }) => word))) {
        if (stopWords.has(word)) continue;
        const gain = matchWeight * statistics.weight(word);
        for (const sentence of postings(word)?.sentences ?? []) scores[sentence] = (scores[sentence] ?? 0) + gain;
      }
      return scores;
    },
  };
}

/** Words that an embedder is asked for at once. */
const batchSize = 512;
/** Words beyond those of the pool whose vectors are remembered. */
const rememberedWords = 10_000;

/** Vectors of words, in their order. */
type WordVectors = (words: readonly string[], signal: AbortSignal) => Promise<readonly Float32Array[]>;

/** Asks for the vectors of the pool's words now, and for those of others when they are wanted. */
async function wordVectors(embedder: Embedder, poolWords: readonly string[], signal: AbortSignal): Promise<WordVectors> {
  const ofPool = new Map<string, Float32Array>();
  for (let at = 0; at < poolWords.length; at += batchSize) {
    const batch = poolWords.slice(at, at + batchSize);
    for (const [index, vector] of (await embedder.embed(batch, signal)).entries()) ofPool.set(batch[index] ?? '', vector);
  }
  const remembered = new Map<string, Float32Array>();
  return async (words, signal) => {
    const found = new Map<string, Float32Array>();
    const missing = new Set<string>();
    for (const word of words) {
      const vector = ofPool.get(word) ?? remembered.get(word);
      if (vector === undefined) missing.add(word);
      else found.set(word, vector);
    }
    const asked = [...missing];
    const vectors = asked.length === 0 ? [] : await embedder.embed(asked, signal);
    for (const [index, vector] of vectors.entries()) {
      found.set(asked[index] ?? '', vector);
      remembered.set(asked[index] ?? '', vector);
    }
    while (remembered.size > rememberedWords) remembered.delete(remembered.keys().next().value ?? '');
    return words.map((word) => found.get(word) ?? new Float32Array());
  };
}

/** The mean of the vectors of a text's words, weighted by what their labels tell, scaled to length 1; empty for a text without words. */
async function meanVector(text: string, vectors: WordVectors, statistics: LabelStatistics, signal: AbortSignal): Promise<Float32Array> {
  const counts = [...countsOf(wordsOf(text).map(({ word }) => word))];
  const found = await vectors(
    counts.map(([word]) => word),
    signal,
  );
  const mean = new Float32Array(found[0]?.length ?? 0);
  for (const [index, vector] of found.entries()) {
    const [word = '', count = 0] = counts[index] ?? [];
    const weight = count * statistics.weight(word);
    for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) + weight * (vector[at] ?? 0);
  }
  return normalize(mean);
}

/** The cosine of two unit vectors; 0 if one is of a text without words. */
function cosine(a: Float32Array, b: Float32Array): number {
  return a.length === 0 || b.length === 0 ? 0 : dot(a, b);
}
