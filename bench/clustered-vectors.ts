/** Vectors as spans of a pool have them: about centres, and with names that recur. A seed always gives the same ones. */

import { normalize } from '../src/model/embedder.ts';
import { randomIntegers } from '../src/random.ts';

/** How spans are drawn: each anew about a centre, or every other one from a list of names, of which few are in most sentences (Zipf's law). */
export type PoolKind = 'distinct' | 'recurring';

export const dimensions = 256;
const centres = 2_000;
/** Of a vector before it is scaled, beside a centre of length 1: two spans of a centre then have a cosine of 0.64. */
const noise = 0.75;
const names = 20_000;

/** Draws one vector after the other: those of the pool, then those of the queries. */
export function vectorSource(kind: PoolKind): () => Float32Array {
  const next = randomIntegers(1);
  const uniform = () => next() / 2 ** 32;
  const direction = gaussians(uniform);
  const table = Array.from({ length: centres }, () => normalize(direction()));
  const draw = () => {
    const centre = table[Math.floor(uniform() * centres)] ?? new Float32Array(dimensions);
    const offset = direction();
    for (let index = 0; index < dimensions; index++) offset[index] = (centre[index] ?? 0) + noise * (offset[index] ?? 0);
    return scaled(offset);
  };
  if (kind === 'distinct') return draw;
  const recurring = Array.from({ length: names }, draw);
  return () => (uniform() < 0.5 ? draw() : (recurring[Math.floor(names ** uniform()) - 1] ?? draw()));
}

/** Vectors of about length 1 in any direction. */
function gaussians(uniform: () => number): () => Float32Array {
  const deviation = 1 / Math.sqrt(dimensions);
  return () => {
    const vector = new Float32Array(dimensions);
    for (let index = 0; index < dimensions; index += 2) {
      const [radius, angle] = [deviation * Math.sqrt(-2 * Math.log(1 - uniform())), 2 * Math.PI * uniform()];
      vector[index] = radius * Math.cos(angle);
      vector[index + 1] = radius * Math.sin(angle);
    }
    return vector;
  };
}

/** `normalize` spreads its vector over arguments, which is slow for a million of them. */
function scaled(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const factor = 1 / Math.sqrt(squares);
  for (let index = 0; index < vector.length; index++) vector[index] = (vector[index] ?? 0) * factor;
  return vector;
}
