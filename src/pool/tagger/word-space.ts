import { Matrix, QrDecomposition } from 'ml-matrix';
import type { Embedder } from '../../model/embedder.ts';
import { recentlyUsed } from '../../model/recently-used.ts';
import { sameDimensions } from '../same-dimensions.ts';

/** Directions in the space of an embedder, at right angles to each other, all of one length. */
export interface Directions {
  readonly count: number;
  /** Direction by direction, as many numbers as the embedder has dimensions. */
  readonly values: Float32Array;
}

const mostDirections = 64;
/** How much a vector counts beside binary features. 2 to 8 make little difference, but on wnut17, where more is better. */
const length = 4;

/** Rounds of subspace iteration (QR), as servers' embedders have too many dimensions for all eigenvectors; large ones are found long before. */
const rounds = 8;

/** The directions in which vectors differ most: 64, or as many as they have dimensions if these are fewer. */
export function principalDirections(vectors: readonly Float32Array[]): Directions {
  const size = vectors[0]?.length ?? 0;
  const count = Math.min(mostDirections, size);
  if (count === 0) return { count, values: new Float32Array() };
  const rows = new Matrix(vectors);
  const products = rows.transpose().mmul(rows);
  // Any start will do that is not at right angles to what is looked for.
  let directions = Matrix.zeros(size, count);
  for (let at = 0; at < size * count; at++) directions.set(Math.floor(at / count), at % count, Math.sin(1 + at * at));
  for (let round = 0; round < rounds; round++) directions = new QrDecomposition(products.mmul(directions)).orthogonalMatrix;
  return { count, values: Float32Array.from(directions.transpose().mul(length).to1DArray()) };
}

/** The scalar product of a vector with what begins at `first`. */
function product(values: Float32Array, first: number, vector: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < vector.length; at++) sum += (values[first + at] ?? 0) * (vector[at] ?? 0);
  return sum;
}

/** A vector by its share in each direction. */
export function inDirections({ count, values }: Directions, vector: Float32Array): Float32Array {
  return new Float32Array(count).map((_, direction) => product(values, direction * vector.length, vector));
}

/** What a word by itself says for each label, worked out once for each word. */
export interface WordScorer {
  /** Adds what they say to the scores of tokens that are these words. */
  addTo(scores: Float64Array, words: readonly string[], signal: AbortSignal): Promise<void>;
}

const rememberedWords = 50_000;

/** @param weights - direction by direction, one number a label. */
export function wordScorer({ count, values }: Directions, weights: Float32Array, embedder: Embedder): WordScorer {
  const labels = count === 0 ? 0 : weights.length / count;
  const size = count === 0 ? 0 : values.length / count;
  // Of each label the direction in which it lies, so that a word costs as many products as there are labels.
  const ofLabels = new Float32Array(labels * size);
  for (let at = 0; at < labels * size; at++) {
    const [label, column] = [Math.floor(at / size), at % size];
    for (let direction = 0; direction < count; direction++) {
      ofLabels[at] = (ofLabels[at] ?? 0) + (weights[direction * labels + label] ?? 0) * (values[direction * size + column] ?? 0);
    }
  }
  const known = recentlyUsed<Float32Array>(rememberedWords);
  return {
    async addTo(scores, words, signal) {
      if (count === 0) return;
      const missing = [...new Set(words)].filter((word) => known.get(word) === undefined);
      const vectors = missing.length === 0 ? [] : sameDimensions(await embedder.embed(missing, signal), size, embedder.id);
      for (const [at, vector] of vectors.entries()) {
        known.set(
          missing[at] ?? '',
          new Float32Array(labels).map((_, label) => product(ofLabels, label * size, vector)),
        );
      }
      for (const [token, word] of words.entries()) {
        for (const [label, score] of known.get(word)?.entries() ?? [])
          scores[token * labels + label] = (scores[token * labels + label] ?? 0) + score;
      }
    },
  };
}
