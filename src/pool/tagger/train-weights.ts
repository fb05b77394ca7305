import { randomIntegers } from '../../random.ts';
import { countedSteps, expectedSteps, infer, type StepWeights } from './crf.ts';
import type { Layer } from './layers.ts';
import { turns } from './turns.ts';
import { featureScores, firstLabelsOf, noWeights, type Weights } from './weights.ts';

/** A sentence to learn from. */
export interface LabelledFeatures {
  /** Of each token, by their places among the features of the weights. */
  readonly features: readonly Uint32Array[];
  /** Token by token, as many numbers as there are dimensions. */
  readonly vectors: Float32Array;
  /** Of each layer, one label a token. */
  readonly labels: readonly Uint16Array[];
}

export interface TrainWeightsOptions {
  readonly layers: readonly Layer[];
  readonly places: ReadonlyMap<number, number>;
  readonly dimensions: number;
  /** Called after each sentence of each pass. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Passes over the sentences: 12 or 25 find no more, 6 a little less. */
const passes = 8;

/** Step of AdaGrad (Duchi et al., JMLR 2011). With 0.1 small pools learn too little, and no larger one learns more. */
const rate = 0.2;
/** The sum of squares that AdaGrad starts from, so that its first steps are no leaps. */
const firstSquare = 0.01;

/**
 * Maximises the likelihood of the labels, sentence by sentence, in an order that is always the same. Gives way to other work about
 * every 50 ms.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function trainWeights(
  sentences: readonly LabelledFeatures[],
  { layers, places, dimensions, onProgress }: TrainWeightsOptions,
  signal: AbortSignal,
): Promise<Weights> {
  const weights = noWeights(layers, places, dimensions, pairsIn(sentences, layers));
  const learner = learnerOf(weights);
  const order = Uint32Array.from(sentences.keys());
  const random = randomIntegers(0);
  const total = passes * sentences.length;
  let done = 0;
  const nextTurn = turns(signal);
  for (let pass = 0; pass < passes; pass++) {
    shuffle(order, random);
    for (const place of order) {
      const sentence = sentences[place];
      if (sentence !== undefined && sentence.features.length > 0) learner.learn(sentence);
      onProgress?.(++done, total);
      await nextTurn();
    }
  }
  return weights;
}

function* pairsIn(sentences: readonly LabelledFeatures[], layers: readonly Layer[]): Generator<readonly [number, number], void, undefined> {
  const firstLabels = firstLabelsOf(layers);
  for (const { features, labels } of sentences) {
    for (const [token, active] of features.entries()) {
      for (const [layer, own] of labels.entries()) {
        const label = (firstLabels[layer] ?? 0) + (own[token] ?? 0);
        for (const feature of active) yield [feature, label];
      }
    }
  }
}

/** Weights that learn, with what AdaGrad remembers of each. */
function learnerOf(weights: Weights): { learn(sentence: LabelledFeatures): void } {
  const { layers, firstWeights, weightLabels, weights: values, vectorWeights, dimensions, steps } = weights;
  const firstLabels = firstLabelsOf(layers);
  const labels = firstLabels.at(-1) ?? 0;
  const squares = squaresOf(values);
  const vectorSquares = squaresOf(vectorWeights);
  const stepSquares = steps.map(({ inside, adjacent }) => ({ inside: squaresOf(inside), adjacent: squaresOf(adjacent) }));

  /** What the likelihood gains with each label's score at each token; steps learn on the way. */
  function gains(sentence: LabelledFeatures): Float32Array {
    const tokens = sentence.features.length;
    const scores = featureScores(weights, sentence.features);
    addVectorScores(weights, sentence.vectors, scores);
    const gain = new Float32Array(tokens * labels);
    for (const [layer, { types }] of layers.entries()) {
      const [first, own, known] = [firstLabels[layer] ?? 0, steps[layer], sentence.labels[layer]];
      if (own === undefined || known === undefined) continue;
      const inferred = infer({ scores, stride: labels, first, tokens }, types.length, own);
      for (let token = 0; token < tokens; token++) {
        const at = token * labels + first;
        for (let label = 0; label < inferred.labels; label++)
          gain[at + label] = -(inferred.marginals[token * inferred.labels + label] ?? 0);
        gain[at + (known[token] ?? 0)] = 1 + (gain[at + (known[token] ?? 0)] ?? 0);
      }
      learnSteps(own, stepSquares[layer], difference(countedSteps(known, types.length), expectedSteps(inferred)));
    }
    return gain;
  }

  function learnFeatures({ features }: LabelledFeatures, gain: Float32Array): void {
    for (const [token, own] of features.entries()) {
      if (isLearnt(gain, token * labels, labels)) continue;
      for (const feature of own) {
        const end = firstWeights[feature + 1] ?? 0;
        for (let at = firstWeights[feature] ?? 0; at < end; at++)
          learn(values, squares, at, gain[token * labels + (weightLabels[at] ?? 0)] ?? 0);
      }
    }
  }

  function learnVectors({ vectors }: LabelledFeatures, gain: Float32Array): void {
    const sums = new Float32Array(vectorWeights.length);
    for (let token = 0, first = 0; first < gain.length; token++, first += labels) {
      if (isLearnt(gain, first, labels)) continue;
      for (let dimension = 0; dimension < dimensions; dimension++) {
        const value = vectors[token * dimensions + dimension] ?? 0;
        const row = dimension * labels;
        for (let label = 0; label < labels; label++) sums[row + label] = (sums[row + label] ?? 0) + value * (gain[first + label] ?? 0);
      }
    }
    for (let at = 0; at < sums.length; at++) learn(vectorWeights, vectorSquares, at, sums[at] ?? 0);
  }

  return {
    learn(sentence) {
      const gain = gains(sentence);
      learnFeatures(sentence, gain);
      learnVectors(sentence, gain);
    },
  };
}

/** Gains smaller than this teach nothing, and after some passes most tokens have no larger ones. */
const smallestGain = 0.01;

function isLearnt(gain: Float32Array, first: number, labels: number): boolean {
  for (let at = first; at < first + labels; at++) if (Math.abs(gain[at] ?? 0) > smallestGain) return false;
  return true;
}

function addVectorScores({ vectorWeights, dimensions }: Weights, vectors: Float32Array, scores: Float64Array): void {
  const labels = vectorWeights.length / dimensions;
  for (let token = 0, first = 0; first < scores.length; token++, first += labels) {
    for (let dimension = 0; dimension < dimensions; dimension++) {
      const value = vectors[token * dimensions + dimension] ?? 0;
      const row = dimension * labels;
      for (let label = 0; label < labels; label++)
        scores[first + label] = (scores[first + label] ?? 0) + value * (vectorWeights[row + label] ?? 0);
    }
  }
}

function squaresOf({ length }: Float32Array): Float32Array {
  return new Float32Array(length).fill(firstSquare);
}

function learn(weights: Float32Array, squares: Float32Array, at: number, gain: number): void {
  const square = (squares[at] ?? 0) + gain * gain;
  squares[at] = square;
  weights[at] = (weights[at] ?? 0) + (rate * gain) / Math.sqrt(square);
}

function difference(a: StepWeights, b: StepWeights): StepWeights {
  return {
    inside: a.inside.map((value, at) => value - (b.inside[at] ?? 0)),
    adjacent: a.adjacent.map((value, at) => value - (b.adjacent[at] ?? 0)),
  };
}

function learnSteps(steps: StepWeights, squares: StepWeights | undefined, gain: StepWeights): void {
  if (squares === undefined) return;
  for (const [at, value] of gain.inside.entries()) learn(steps.inside, squares.inside, at, value);
  for (const [at, value] of gain.adjacent.entries()) learn(steps.adjacent, squares.adjacent, at, value);
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = random() % (at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
}
