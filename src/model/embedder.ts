/** Turns strings into vectors whose cosine says how alike they are. */
export interface Embedder extends AsyncDisposable {
  /** The embedder's URI; vectors of different embedders must never be compared. */
  readonly id: string;
  /**
   * One unit vector for each text, in the same order and all of one dimension; a text without any content gets the zero vector.
   * @throws {NerError} `model-unavailable` or `model-failed`.
   * @throws `signal.reason` once the signal is aborted.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}

/** Scales a vector to length 1 in place; the zero vector stays as it is. */
export function normalize(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (length > 0) for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) / length;
  return vector;
}
