import type { WeightedSpans } from './span-similarity.ts';
import { asCosine, type VectorTable } from './vector-table.ts';

/** Whose spans are compared: rows `firstSpans[s]` up to but without `firstSpans[s + 1]` of `vectors` belong to sentence s. */
export interface SpanTable {
  readonly vectors: VectorTable;
  /** One more than sentences. */
  readonly firstSpans: Uint32Array;
}

/** @throws {RangeError} if the sentences do not share out all rows in their order. */
export function checkSpanTable({ vectors, firstSpans }: SpanTable): void {
  let before = 0;
  for (const first of firstSpans) {
    if (first < before) throw new RangeError(`The spans of a sentence begin at row ${first}, behind one that begins at ${before}.`);
    before = first;
  }
  if (firstSpans[0] !== 0 || before !== vectors.rows)
    throw new RangeError(`Expected sentences to have the rows 0 to ${vectors.rows}, got ${firstSpans[0]} to ${before}.`);
}

/**
 * SpanSim from one query to any sentence of a table.
 * @throws {RangeError} if the dimensions differ, or the weights are negative or not as many as the vectors.
 * @see spanSimilarity
 */
export function sentenceScorer({ vectors, firstSpans }: SpanTable, query: WeightedSpans): (sentence: number) => number {
  checkQuery(query, vectors.dimensions);
  const { bytes, scales, dimensions } = vectors;
  const fours = inFours(query, dimensions);
  const total = query.weights.reduce((sum, weight) => sum + weight, 0);
  return (sentence) => {
    const [first, end] = [firstSpans[sentence] ?? 0, firstSpans[sentence + 1] ?? 0];
    if (first === end || total === 0) return 0;
    let sum = 0;
    for (const four of fours) {
      four.best.fill(Number.NEGATIVE_INFINITY);
      for (let row = first; row < end; row++) raiseBest(four, bytes, row * dimensions, scales[row] ?? 0);
      for (let lane = 0; lane < 4; lane++) sum += (four.weights[lane] ?? 0) * asCosine(four.best[lane] ?? 0);
    }
    return sum / total;
  };
}

/**
 * Four vectors of a query, so that a row is read and converted once for all of them, and no sum waits for another: less than half the time of
 * one vector after the other.
 */
interface FourSpans {
  /** Value `i` of vector `v` stands at `4 * i + v`. */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  /** The greatest cosine so far of each. */
  readonly best: Float64Array;
}

/** The spans of weight in fours; zero vectors of no weight fill up the last. */
function inFours({ vectors, weights }: WeightedSpans, dimensions: number): readonly FourSpans[] {
  const counted = vectors.flatMap((vector, index) => ((weights[index] ?? 0) > 0 ? [{ vector, weight: weights[index] ?? 0 }] : []));
  return Array.from({ length: Math.ceil(counted.length / 4) }, (_, block) => {
    const four = { values: new Float64Array(4 * dimensions), weights: new Float64Array(4), best: new Float64Array(4) };
    for (const [lane, { vector, weight }] of counted.slice(4 * block, 4 * block + 4).entries()) {
      four.weights[lane] = weight;
      for (const [index, value] of vector.entries()) four.values[4 * index + lane] = value;
    }
    return four;
  });
}

/** Written out for speed: a scan of a large pool spends all its time here. */
function raiseBest({ values, best }: FourSpans, bytes: Int8Array, first: number, scale: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const dimensions = values.length / 4;
  for (let index = 0; index < dimensions; index++) {
    const byte = bytes[first + index] ?? 0;
    const lane = 4 * index;
    a += byte * (values[lane] ?? 0);
    b += byte * (values[lane + 1] ?? 0);
    c += byte * (values[lane + 2] ?? 0);
    d += byte * (values[lane + 3] ?? 0);
  }
  if (scale * a > (best[0] ?? 0)) best[0] = scale * a;
  if (scale * b > (best[1] ?? 0)) best[1] = scale * b;
  if (scale * c > (best[2] ?? 0)) best[2] = scale * c;
  if (scale * d > (best[3] ?? 0)) best[3] = scale * d;
}

function checkQuery({ vectors, weights }: WeightedSpans, dimensions: number): void {
  if (weights.length !== vectors.length) throw new RangeError(`Expected ${vectors.length} weights, got ${weights.length}.`);
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other !== undefined) throw new RangeError(`Expected vectors of dimension ${dimensions}, got one of ${other.length}.`);
  const negative = weights.find((weight) => !(weight >= 0));
  if (negative !== undefined) throw new RangeError(`Expected weights of at least 0, got ${negative}.`);
}
