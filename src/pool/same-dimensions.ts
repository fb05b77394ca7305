import { NerError } from '../error.ts';

/**
 * The vectors, if they have the dimensions of those that a pool was prepared with.
 * @throws {NerError} `model-failed` if not: a server or a file can have another model under the same name.
 */
export function sameDimensions(vectors: readonly Float32Array[], dimensions: number, embedder: string): readonly Float32Array[] {
  const other = vectors.find(({ length }) => length !== dimensions);
  if (other === undefined) return vectors;
  throw new NerError(
    `${embedder} gives vectors of ${other.length} dimensions, and the pool was prepared with ${dimensions} of it, so that it is another model now. Bring back the one of before, or build the index anew in another directory.`,
    { code: 'model-failed', modelId: embedder },
  );
}
