import { fileURLToPath } from 'node:url';
import { type Embedder, normalize } from '../model/embedder.ts';
import { spelling } from './ngram-embedder.ts';
import { readWordVectors, type WordVectors } from './word-vectors.ts';

/** Dimensions of the part that knows how a text is spelled. */
const spellingDimensions = 192;

/** Share of what the words mean in the cosine of two texts whose words are known; the rest is how they are spelled. */
const meaningShare = 0.7;

/** Words more frequent than about one in a thousand count less (smooth inverse frequency: Arora et al., ICLR 2017). */
const frequencyBound = 1e-3;

const word = /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]/gu;

/**
 * What the words of a text mean, by a table of word vectors, beside how they are spelled, by hashed n-grams: what is meant alike is close, and
 * words that no table has still are close to words spelled alike. It needs no model and no download.
 * Deviation: the paper does not name its embedder; a public re-implementation uses MiniLM. Any other can be passed in.
 * @throws {NerError} `unreadable-input` if the package's table is missing or damaged.
 */
export async function wordEmbedder(): Promise<Embedder> {
  const vectors = await readWordVectors(fileURLToPath(new URL('../../models/words.bin', import.meta.url)));
  return {
    id: 'words@1',
    async embed(texts, signal) {
      signal.throwIfAborted();
      return texts.map((text) => embed(text, vectors));
    },
    async [Symbol.asyncDispose]() {
      // The table is garbage like any other value.
    },
  };
}

function embed(text: string, vectors: WordVectors): Float32Array {
  const joined = new Float32Array(vectors.dimensions + spellingDimensions);
  const meaning = meaningOf(text, vectors);
  for (const [at, value] of meaning.entries()) joined[at] = Math.sqrt(meaningShare) * value;
  for (const [at, value] of spelling(text, spellingDimensions).entries()) {
    joined[vectors.dimensions + at] = Math.sqrt(1 - meaningShare) * value;
  }
  return normalize(joined);
}

/** The frequency-weighted mean of the words' vectors, scaled to length 1; zero if no word is known. */
function meaningOf(text: string, vectors: WordVectors): Float32Array {
  const mean = new Float32Array(vectors.dimensions);
  for (const [found] of text.toLowerCase().matchAll(word)) {
    const rank = vectors.rank(found);
    if (rank !== undefined) vectors.addTo(mean, rank, frequencyBound / (frequencyBound + frequency(rank)));
  }
  return normalize(mean);
}

/** About how often a word of this rank stands in text, by Zipf's law. */
function frequency(rank: number): number {
  return 0.1 / (rank + 2.7);
}
