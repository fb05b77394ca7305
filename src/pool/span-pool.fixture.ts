import { normalize } from '../model/embedder.ts';
import type { SpanTable } from './sentence-scorer.ts';
import type { WeightedSpans } from './span-similarity.ts';
import { vectorTableBuilder } from './vector-table.ts';

/** A pool of one list of span vectors for each sentence. */
export function tableOf(sentences: readonly (readonly Float32Array[])[], dimensions: number): SpanTable {
  const builder = vectorTableBuilder(dimensions);
  for (const vector of sentences.flat()) builder.append(vector);
  const firstSpans = new Uint32Array(sentences.length + 1);
  for (const [sentence, spans] of sentences.entries()) firstSpans[sentence + 1] = (firstSpans[sentence] ?? 0) + spans.length;
  return { vectors: builder.finish(), firstSpans };
}

export const unit = (...values: number[]) => normalize(Float32Array.from(values));
export const spansOf = (vectors: readonly Float32Array[], weights = vectors.map(() => 1)): WeightedSpans => ({ vectors, weights });
export const places = (ranked: readonly { readonly sentence: number }[]) => ranked.map(({ sentence }) => sentence);

/** Numbers from 0 to 1 that a seed always gives. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const dimensions = 32;

/** Vectors about 300 centres, one in three exactly a centre, as names that recur. */
function clusteredVectors(random: () => number): () => Float32Array {
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const centres = Array.from({ length: 300 }, () => normalize(Float32Array.from({ length: dimensions }, gaussian)));
  return () => {
    const centre = centres[Math.floor(random() * centres.length)] ?? new Float32Array(dimensions);
    return random() < 1 / 3 ? centre : normalize(centre.map((value) => value + (0.6 * gaussian()) / Math.sqrt(dimensions)));
  };
}

/** A pool of sentences of no span to four, and more such vectors for queries. */
export function clusteredPool(sentences: number, seed: number) {
  const draw = clusteredVectors(randomNumbers(seed));
  const pool = Array.from({ length: sentences }, (_, sentence) => Array.from({ length: sentence % 5 }, draw));
  return { sentences: pool, table: tableOf(pool, dimensions), draw };
}
