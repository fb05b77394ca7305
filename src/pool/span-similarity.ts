/** The spans of one sentence as retrieval compares them: equally many vectors and weights. */
export interface WeightedSpans {
  /** Unit vectors (or zero vectors) of one dimension. */
  readonly vectors: readonly Float32Array[];
  /** At least 0. */
  readonly weights: readonly number[];
}

/** A query span with the candidate span that is most like it. */
export interface SpanMatch {
  /** Positions in the query and in the candidate; `candidate` is -1 if the candidate has no spans. */
  readonly query: number;
  readonly candidate: number;
  readonly cosine: number;
}

/**
 * Span-level sentence similarity: Σ w(s)·max cos(s, c) / Σ w(s), from the query to the candidate.
 * @param query - q embeddings of dimension d with weights ≥ 0.
 * @param candidate - c embeddings of dimension d.
 * @returns a value in [-1, 1]; 0 if a side is empty or all weights are 0.
 * @throws {RangeError} if the dimensions differ.
 * @see EL4NER, arXiv:2505.23038 (SpanSim)
 */
export function spanSimilarity(query: WeightedSpans, candidate: readonly Float32Array[]): number {
  const total = query.weights.reduce((sum, weight) => sum + weight, 0);
  if (candidate.length === 0 || total === 0) return 0;
  const weighted = spanMatches(query.vectors, candidate).map((match) => (query.weights[match.query] ?? 0) * match.cosine);
  return weighted.reduce((sum, value) => sum + value, 0) / total;
}

/** For each query span the most similar candidate span; the earlier one of equals. */
export function spanMatches(query: readonly Float32Array[], candidate: readonly Float32Array[]): readonly SpanMatch[] {
  return query.map((span, index) => {
    let best: SpanMatch = { query: index, candidate: -1, cosine: 0 };
    for (const [position, other] of candidate.entries()) {
      const cosine = dot(span, other);
      if (best.candidate < 0 || cosine > best.cosine) best = { query: index, candidate: position, cosine };
    }
    return best;
  });
}

/**
 * The cosine of two unit vectors.
 * @throws {RangeError} if the dimensions differ.
 */
export function dot(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) throw new RangeError(`Vectors of dimensions ${a.length} and ${b.length} cannot be compared.`);
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
