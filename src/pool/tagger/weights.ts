import { labelCount, noStepWeights, type StepWeights } from './crf.ts';
import type { Layer } from './layers.ts';

/** What a tagger has learnt. The labels of its layers stand one after the other. */
export interface Weights {
  readonly layers: readonly Layer[];
  /** The place of a feature by its hash. */
  readonly places: ReadonlyMap<number, number>;
  /** Where the weights of each feature begin, one more than features; only labels have one that the feature was seen with. */
  readonly firstWeights: Uint32Array;
  readonly weightLabels: Uint16Array;
  readonly weights: Float32Array;
  readonly dimensions: number;
  /** Dimension by dimension, a number a label. */
  readonly vectorWeights: Float32Array;
  /** One of each layer. */
  readonly steps: readonly StepWeights[];
}

/** Where the labels of each layer begin, and behind them how many there are in all. */
export function firstLabelsOf(layers: readonly Layer[]): readonly number[] {
  const firstLabels = [0];
  for (const { types } of layers) firstLabels.push((firstLabels.at(-1) ?? 0) + labelCount(types.length));
  return firstLabels;
}

/** Weights of 0 for all pairs of a feature and a label that occur together in sentences. */
export function noWeights(
  layers: readonly Layer[],
  places: ReadonlyMap<number, number>,
  dimensions: number,
  pairs: Iterable<readonly [feature: number, label: number]>,
): Weights {
  const labels = firstLabelsOf(layers).at(-1) ?? 0;
  const sorted = Float64Array.from(new Set(Iterator.from(pairs).map(([feature, label]) => feature * labels + label))).sort();
  const firstWeights = new Uint32Array(places.size + 1);
  const weightLabels = new Uint16Array(sorted.length);
  for (const [at, pair] of sorted.entries()) {
    const feature = Math.floor(pair / labels);
    weightLabels[at] = pair - feature * labels;
    firstWeights[feature + 1] = at + 1;
  }
  // A feature without weights begins where the one before it ends.
  for (let feature = 1; feature <= places.size; feature++) {
    firstWeights[feature] = Math.max(firstWeights[feature] ?? 0, firstWeights[feature - 1] ?? 0);
  }
  return {
    layers,
    places,
    firstWeights,
    weightLabels,
    weights: new Float32Array(sorted.length),
    dimensions,
    vectorWeights: new Float32Array(dimensions * labels),
    steps: layers.map(({ types }) => noStepWeights(types.length)),
  };
}

/** What its features say for each label of all layers, token by token. */
export function featureScores({ layers, firstWeights, weightLabels, weights }: Weights, features: readonly Uint32Array[]): Float64Array {
  const labels = firstLabelsOf(layers).at(-1) ?? 0;
  const scores = new Float64Array(features.length * labels);
  for (const [token, own] of features.entries()) {
    const first = token * labels;
    for (const feature of own) {
      const end = firstWeights[feature + 1] ?? 0;
      for (let at = firstWeights[feature] ?? 0; at < end; at++) {
        const label = first + (weightLabels[at] ?? 0);
        scores[label] = (scores[label] ?? 0) + (weights[at] ?? 0);
      }
    }
  }
  return scores;
}
