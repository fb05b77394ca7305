import { Matrix } from 'ml-matrix';
import { maximize, type Slope } from './newton.ts';

/** What was seen, as numbers, and whether it was so. */
export interface Outcome {
  readonly features: Float64Array;
  readonly isTrue: boolean;
}

/**
 * Ridge logistic regression: the weights whose likelihood, less half the penalty of each times the square of its distance from where it is
 * drawn to, is greatest.
 * @param penalties - above 0, one a feature.
 * @param prior - where weights are drawn to, 0 by default.
 */
export function fitLogistic(
  outcomes: readonly Outcome[],
  penalties: Float64Array,
  prior: Float64Array = new Float64Array(penalties.length),
): Float64Array {
  const seen = outcomes.map(({ features }) => features);
  return maximize(prior, (weights): Slope => {
    const off = weights.map((weight, at) => weight - (prior[at] ?? 0));
    const gradient = off.map((distance, at) => -(penalties[at] ?? 0) * distance);
    let value = off.reduce((sum, distance, at) => sum - ((penalties[at] ?? 0) * distance * distance) / 2, 0);
    const spreads = outcomes.map(({ features, isTrue }) => {
      const probability = logistic(product(weights, features));
      value += Math.log(Math.max(Number.MIN_VALUE, isTrue ? probability : 1 - probability));
      for (const [at, feature] of features.entries()) gradient[at] = (gradient[at] ?? 0) + feature * ((isTrue ? 1 : 0) - probability);
      return Math.sqrt(probability * (1 - probability));
    });
    const bend = Matrix.diag(Array.from(penalties));
    if (seen.length > 0) {
      const rows = new Matrix(seen).mulColumnVector(spreads);
      bend.add(rows.transpose().mmul(rows));
    }
    return { value, gradient, bend };
  });
}

export function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

export function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
