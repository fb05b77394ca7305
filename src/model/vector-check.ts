import { NerError } from '../error.ts';
import { normalize } from './embedder.ts';

/** Looks at all vectors of one embedder. */
export interface VectorCheck {
  /**
   * The vectors, scaled to length 1; a zero vector stays one.
   * @throws {NerError} `model-failed` if they are not as many as expected, not finite, or of another dimension than those before.
   */
  all(vectors: readonly ArrayLike<number>[], expected: number): readonly Float32Array[];
  /** What all vectors so far have; 0 before the first. */
  dimensions(): number;
}

/** A check of the vectors of the embedder of this id. */
export function vectorCheck(modelId: string): VectorCheck {
  let dimensions = 0;

  function one(vector: ArrayLike<number>, wanted: number): Float32Array {
    if (vector.length === 0) throw vectorFailure(modelId, 'vectors of numbers', 'an empty one');
    if (vector.length !== wanted)
      throw vectorFailure(modelId, `vectors of ${wanted} dimensions like its others`, `one of ${vector.length}`);
    const copy = Float32Array.from(vector);
    const odd = copy.find((value) => !Number.isFinite(value));
    if (odd !== undefined) throw vectorFailure(modelId, 'vectors of finite numbers', `one with ${odd} in it`);
    return normalize(copy);
  }

  return {
    all(vectors, expected) {
      assertOneForEach(vectors, expected, modelId);
      const wanted = dimensions || (vectors[0]?.length ?? 0);
      const good = vectors.map((vector) => one(vector, wanted));
      dimensions = wanted;
      return good;
    },
    dimensions: () => dimensions,
  };
}

/** @throws {NerError} `model-failed` if there are not as many vectors as texts. */
export function assertOneForEach(vectors: readonly ArrayLike<number>[], texts: number, modelId: string): void {
  if (vectors.length !== texts) {
    throw vectorFailure(modelId, `${texts} ${texts === 1 ? 'vector' : 'vectors'}, one for each text`, `${vectors.length}`);
  }
}

function vectorFailure(modelId: string, expected: string, came: string): NerError {
  const message = `${modelId} was expected to give ${expected}, and gave ${came}. Check that it is an embedding model.`;
  return new NerError(message, { code: 'model-failed', modelId });
}
