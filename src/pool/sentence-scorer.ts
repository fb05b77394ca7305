import { type ProductMemory, productMemory, type RememberedProducts } from './repeated-rows.ts';
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
 * @param memory - of the table, for a vector that several rows hold to be compared but once. The scorer serves until it is used for another query.
 * @throws {RangeError} if the dimensions differ, or the weights are negative or not as many as the vectors.
 * @see spanSimilarity
 */
export function sentenceScorer(
  { vectors, firstSpans }: SpanTable,
  query: WeightedSpans,
  memory: ProductMemory = nothingRepeated,
): (sentence: number) => number {
  checkQuery(query, vectors.dimensions);
  const { bytes, scales, dimensions } = vectors;
  const { numberOf } = memory;
  const thisQuery = memory.nextQuery();
  const fours = inFours(query, dimensions).map((four, index) => ({ ...four, ...memory.ofFour(index) }));
  const total = query.weights.reduce((sum, weight) => sum + weight, 0);
  const productsAt = (four: ComparedSpans, row: number): number => {
    const number = numberOf[row] ?? 0;
    if (four.queries[number] !== thisQuery) {
      multiply(four, bytes, row * dimensions, 4 * number);
      if (number > 0) four.queries[number] = thisQuery;
    }
    return 4 * number;
  };
  return (sentence) => {
    const [first, end] = [firstSpans[sentence] ?? 0, firstSpans[sentence + 1] ?? 0];
    if (first === end || total === 0) return 0;
    let sum = 0;
    for (const four of fours) {
      four.best.fill(Number.NEGATIVE_INFINITY);
      for (let row = first; row < end; row++) raiseBest(four, productsAt(four, row), scales[row] ?? 0);
      for (let lane = 0; lane < 4; lane++) sum += (four.weights[lane] ?? 0) * asCosine(four.best[lane] ?? 0);
    }
    return sum / total;
  };
}

const nothingRepeated: ProductMemory = productMemory({ numberOf: new Uint32Array(), count: 0 });

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

type ComparedSpans = FourSpans & RememberedProducts;

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

/** Puts the products of a row's bytes, which begin at `first`, with four vectors to `at`. Written out for speed: a scan of a large pool spends all its time here. */
function multiply({ values, products }: ComparedSpans, bytes: Int8Array, first: number, at: number): void {
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
  products[at] = a;
  products[at + 1] = b;
  products[at + 2] = c;
  products[at + 3] = d;
}

function raiseBest({ best, products }: ComparedSpans, at: number, scale: number): void {
  const a = scale * (products[at] ?? 0);
  const b = scale * (products[at + 1] ?? 0);
  const c = scale * (products[at + 2] ?? 0);
  const d = scale * (products[at + 3] ?? 0);
  if (a > (best[0] ?? 0)) best[0] = a;
  if (b > (best[1] ?? 0)) best[1] = b;
  if (c > (best[2] ?? 0)) best[2] = c;
  if (d > (best[3] ?? 0)) best[3] = d;
}

function checkQuery({ vectors, weights }: WeightedSpans, dimensions: number): void {
  if (weights.length !== vectors.length) throw new RangeError(`Expected ${vectors.length} weights, got ${weights.length}.`);
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other !== undefined) throw new RangeError(`Expected vectors of dimension ${dimensions}, got one of ${other.length}.`);
  const negative = weights.find((weight) => !(weight >= 0));
  if (negative !== undefined) throw new RangeError(`Expected weights of at least 0, got ${negative}.`);
}
