/** Which rows of a table hold the same vector, as those of a name that many sentences have. */
export interface RepeatedRows {
  /** For each row the number of its vector, from 1; 0 if no other row holds it. */
  readonly numberOf: Uint32Array;
  /** The highest number. */
  readonly count: number;
}

/** @param nextEqual - for each row the next one that is equal; itself if there is none. */
export function repeatedRows(nextEqual: Uint32Array): RepeatedRows {
  const numberOf = new Uint32Array(nextEqual.length);
  let count = 0;
  for (const [row, next] of nextEqual.entries()) {
    if (next === row) continue;
    if (numberOf[row] === 0) numberOf[row] = ++count;
    numberOf[next] = numberOf[row] ?? 0;
  }
  return { numberOf, count };
}

/** The products of vectors, by their bytes, with four of a query, and of which query they are. */
export interface RememberedProducts {
  /** Those of the vector of number `n` begin at `4 * n`; at 0 there is room for those of a vector that is not remembered. */
  readonly products: Float64Array;
  /** For each number the query whose products stand there; of number 0 none ever. */
  readonly queries: Uint32Array;
}

/** Room for products, which is made once and used for one query after the other. */
export interface ProductMemory {
  readonly numberOf: Uint32Array;
  /** Begins another query, from 1; the products of all others are forgotten. */
  nextQuery(): number;
  /** Of a query's vectors, four by four. */
  ofFour(four: number): RememberedProducts;
}

/** Takes 36 bytes for each vector that several rows hold, and as many again for every four vectors of the largest query. */
export function productMemory({ numberOf, count }: RepeatedRows): ProductMemory {
  const remembered: RememberedProducts[] = [];
  let query = 0;
  return {
    numberOf,
    nextQuery: () => ++query,
    ofFour(four) {
      remembered[four] ??= { products: new Float64Array(4 * (count + 1)), queries: new Uint32Array(count + 1) };
      return remembered[four];
    },
  };
}
