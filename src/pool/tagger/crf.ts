/**
 * How many labels a layer of so many types has. 0 is outside of all mentions; type `i` has the beginning, the inside and the end of a mention
 * of several tokens at `1 + 4i`, `2 + 4i` and `3 + 4i`, and a mention of one token at `4 + 4i` (BIOES).
 */
export function labelCount(types: number): number {
  return 1 + 4 * types;
}

/**
 * What steps from label to label weigh. Those between mentions weigh nothing, for biases of labels tell the same.
 * Deviation from the textbook: no weights for pairs of types that follow each other.
 */
export interface StepWeights {
  /** Four a type: from the beginning to the inside and to the end, from the inside to the inside and to the end. */
  readonly inside: Float32Array;
  /** One a type: a mention begins directly behind another. */
  readonly adjacent: Float32Array;
}

export function noStepWeights(types: number): StepWeights {
  return { inside: new Float32Array(4 * types), adjacent: new Float32Array(types) };
}

/** What the labels of a sentence score. */
export interface LabelScores {
  /** Token by token, `stride` numbers each, of which a layer's begin at `first`. */
  readonly scores: Float64Array;
  readonly stride: number;
  readonly first: number;
  readonly tokens: number;
}

/** A sentence with its forward and backward values: all that is to be known of its labels. */
export interface Inferred {
  readonly tokens: number;
  readonly labels: number;
  /** Of each label at each token, in [0, 1]. */
  readonly marginals: Float64Array;
  /** `exp` of scores, the greatest of each token 1. */
  readonly factors: Float64Array;
  readonly forward: Float64Array;
  readonly backward: Float64Array;
  /** What the forward values of each token were divided by. */
  readonly scales: Float64Array;
  /** What products of forward and backward values sum to, at every token. */
  readonly total: number;
  readonly steps: StepFactors;
}

interface StepFactors {
  readonly inside: Float64Array;
  readonly adjacent: Float64Array;
}

/** The forward–backward algorithm (Rabiner, 1989, scaled) over one layer of a sentence of at least one token. */
export function infer(given: LabelScores, types: number, weights: StepWeights): Inferred {
  const { tokens } = given;
  const labels = labelCount(types);
  const room = () => new Float64Array(tokens * labels);
  const sentence: Sentence = {
    tokens,
    labels,
    factors: factorsOf(given, labels),
    forward: room(),
    backward: room(),
    scales: new Float64Array(tokens),
    steps: { inside: Float64Array.from(weights.inside, Math.exp), adjacent: Float64Array.from(weights.adjacent, Math.exp) },
  };
  goForward(sentence);
  goBackward(sentence);
  const { forward, backward } = sentence;
  const total = sumOfProducts(forward, backward, (tokens - 1) * labels, labels);
  const marginals = room();
  for (let at = 0; at < marginals.length; at++) marginals[at] = (valueAt(forward, at) * valueAt(backward, at)) / total;
  return { ...sentence, marginals, total };
}

type Sentence = Omit<Inferred, 'marginals' | 'total'>;

function sumOfProducts(a: Float64Array, b: Float64Array, first: number, count: number): number {
  let sum = 0;
  for (let at = first; at < first + count; at++) sum += valueAt(a, at) * valueAt(b, at);
  return sum;
}

/** So far below the best label of a token, no label is impossible: else nothing would be left where the best ones do not follow each other. */
const leastScore = -300;

function factorsOf({ scores, stride, first, tokens }: LabelScores, labels: number): Float64Array {
  const factors = new Float64Array(tokens * labels);
  for (let token = 0; token < tokens; token++) {
    const from = token * stride + first;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let at = from; at < from + labels; at++) greatest = Math.max(greatest, valueAt(scores, at));
    for (let label = 0; label < labels; label++)
      factors[token * labels + label] = Math.exp(Math.max(leastScore, valueAt(scores, from + label) - greatest));
  }
  return factors;
}

function goForward({ factors, labels, forward, scales, steps: { inside, adjacent }, tokens }: Sentence): void {
  // Before the first token it is as if one outside of all mentions had gone by.
  const before = new Float64Array(labels);
  before[0] = 1;
  for (let token = 0; token < tokens; token++) {
    const here = forward.subarray(token * labels, (token + 1) * labels);
    const outside = valueAt(before, 0);
    const mentions = endedMentions(before);
    here[0] = outside + mentions;
    for (let type = 0, label = 1; label < labels; type++, label += 4) {
      const [b, i] = [valueAt(before, label), valueAt(before, label + 1)];
      const begun = outside + mentions * valueAt(adjacent, type);
      const step = 4 * type;
      here[label] = begun;
      here[label + 1] = b * valueAt(inside, step) + i * valueAt(inside, step + 2);
      here[label + 2] = b * valueAt(inside, step + 1) + i * valueAt(inside, step + 3);
      here[label + 3] = begun;
    }
    let sum = 0;
    for (let label = 0; label < labels; label++) {
      here[label] = valueAt(here, label) * valueAt(factors, token * labels + label);
      sum += valueAt(here, label);
    }
    for (let label = 0; label < labels; label++) here[label] = valueAt(here, label) / sum;
    scales[token] = sum;
    before.set(here);
  }
}

/** The forward values of mentions that end at a token. */
function endedMentions(forward: Float64Array): number {
  let sum = 0;
  for (let label = 3; label < forward.length; label += 4) sum += valueAt(forward, label) + valueAt(forward, label + 1);
  return sum;
}

function goBackward({ factors, labels, backward, scales, steps: { inside, adjacent }, tokens }: Sentence): void {
  const last = (tokens - 1) * labels;
  // A sentence ends outside or with the end of a mention.
  for (let label = 0; label < labels; label++) backward[last + label] = label % 4 === 0 || label % 4 === 3 ? 1 : 0;
  for (let token = tokens - 2; token >= 0; token--) {
    const here = backward.subarray(token * labels, (token + 1) * labels);
    const behind = behindOf(factors, backward, (token + 1) * labels, labels);
    const scale = valueAt(scales, token + 1);
    let outside = valueAt(behind, 0);
    let mentions = outside;
    for (let type = 0, label = 1; label < labels; type++, label += 4) {
      const begun = valueAt(behind, label) + valueAt(behind, label + 3);
      outside += begun;
      mentions += begun * valueAt(adjacent, type);
      const [i, e] = [valueAt(behind, label + 1) / scale, valueAt(behind, label + 2) / scale];
      const step = 4 * type;
      here[label] = i * valueAt(inside, step) + e * valueAt(inside, step + 1);
      here[label + 1] = i * valueAt(inside, step + 2) + e * valueAt(inside, step + 3);
    }
    here[0] = outside / scale;
    for (let label = 3; label < labels; label += 4) {
      here[label] = mentions / scale;
      here[label + 1] = mentions / scale;
    }
  }
}

/** What each label of a token is worth with all that follows it. */
function behindOf(factors: Float64Array, backward: Float64Array, first: number, labels: number): Float64Array {
  const behind = backward.slice(first, first + labels);
  for (let label = 0; label < labels; label++) behind[label] = valueAt(behind, label) * valueAt(factors, first + label);
  return behind;
}

/** An index that is there, which the compiler does not know. */
function valueAt(values: Float64Array, at: number): number {
  return values[at] ?? 0;
}

/** How often each step is to be expected in a sentence. */
export function expectedSteps({ factors, labels, forward, backward, scales, total, steps, tokens }: Inferred): StepWeights {
  const { inside, adjacent } = steps;
  const expected = noStepWeights((labels - 1) / 4);
  const add = (counts: Float32Array, at: number, count: number) => {
    counts[at] = (counts[at] ?? 0) + count;
  };
  for (let token = 1; token < tokens; token++) {
    const before = forward.subarray((token - 1) * labels, token * labels);
    const behind = behindOf(factors, backward, token * labels, labels);
    const unit = 1 / (valueAt(scales, token) * total);
    const mentions = endedMentions(before) * unit;
    for (let type = 0, label = 1; label < labels; type++, label += 4) {
      const [i, e] = [valueAt(behind, label + 1) * unit, valueAt(behind, label + 2) * unit];
      const step = 4 * type;
      add(expected.adjacent, type, mentions * valueAt(adjacent, type) * (valueAt(behind, label) + valueAt(behind, label + 3)));
      add(expected.inside, step, valueAt(before, label) * i * valueAt(inside, step));
      add(expected.inside, step + 1, valueAt(before, label) * e * valueAt(inside, step + 1));
      add(expected.inside, step + 2, valueAt(before, label + 1) * i * valueAt(inside, step + 2));
      add(expected.inside, step + 3, valueAt(before, label + 1) * e * valueAt(inside, step + 3));
    }
  }
  return expected;
}

/** How often each step is in labels that are known. */
export function countedSteps(labels: Uint16Array, types: number): StepWeights {
  const { inside, adjacent } = noStepWeights(types);
  for (let token = 1; token < labels.length; token++) {
    const [before, now] = [(labels[token - 1] ?? 0) - 1, (labels[token] ?? 0) - 1];
    if (now < 0) continue;
    const [type, kind] = [now >> 2, now & 3];
    if (kind === 1 || kind === 2) {
      const step = 4 * type + ((before & 3) === 0 ? 0 : 2) + (kind - 1);
      inside[step] = (inside[step] ?? 0) + 1;
    } else if (before >= 0) adjacent[type] = (adjacent[type] ?? 0) + 1;
  }
  return { inside, adjacent };
}
