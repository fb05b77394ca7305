import type { Weights } from './weights.ts';

/** Steps in which weights are kept: what is smaller than half of one does not matter beside scores of 1 to 20. */
const step = 1 / 512;
const largest = 32_767;

/** Weights in whole steps, which fit 16 bits, without those that are then 0. What is kept in a file gives the same answers as what is in memory. */
export function rounded(weights: Weights): Weights {
  const { firstWeights, weightLabels, weights: values } = weights;
  const kept = values.map(inSteps);
  const isKept = (at: number) => kept[at] !== 0;
  const firsts = new Uint32Array(firstWeights.length);
  let count = 0;
  for (let feature = 0; feature + 1 < firstWeights.length; feature++) {
    for (let at = firstWeights[feature] ?? 0; at < (firstWeights[feature + 1] ?? 0); at++) if (isKept(at)) count++;
    firsts[feature + 1] = count;
  }
  return {
    ...weights,
    firstWeights: firsts,
    weightLabels: weightLabels.filter((_, at) => isKept(at)),
    weights: kept.filter((_, at) => isKept(at)),
    vectorWeights: weights.vectorWeights.map(inSteps),
    steps: weights.steps.map(({ inside, adjacent }) => ({ inside: inside.map(inSteps), adjacent: adjacent.map(inSteps) })),
  };
}

function inSteps(weight: number): number {
  return step * Math.max(-largest, Math.min(largest, Math.round(weight / step)));
}

/** The whole steps of rounded weights. */
export function stepsOf(rounded: Float32Array): Int16Array {
  return Int16Array.from(rounded, (weight) => weight / step);
}

/** What {@link stepsOf} came from. */
export function weightsOf(steps: Int16Array): Float32Array {
  return Float32Array.from(steps, (count) => count * step);
}
