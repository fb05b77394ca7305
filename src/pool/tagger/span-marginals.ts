import type { Inferred } from './crf.ts';

/** A span by its first and last token, with the probability that it is a mention of a type. */
export interface SpanMarginal {
  readonly first: number;
  readonly last: number;
  /** Its place among the layer's types. */
  readonly type: number;
  readonly probability: number;
}

/** The probability that the tokens from `first` to `last` are one mention of a type: exact, not a product of the tokens' own. */
export function spanMarginal(sentence: Inferred, type: number, first: number, last: number): number {
  const label = 1 + 4 * type;
  if (first === last) return sentence.marginals[first * sentence.labels + label + 3] ?? 0;
  const walk = walkFrom(sentence, type, first);
  for (let at = first + 1; at < last; at++) walk.goOn();
  return walk.endNext();
}

/** All spans of at least a probability, in no order. */
export function spansOver(sentence: Inferred, least: number): readonly SpanMarginal[] {
  const { tokens, labels, marginals } = sentence;
  const found: SpanMarginal[] = [];
  for (let first = 0; first < tokens; first++) {
    for (let type = 0, label = 1; label < labels; type++, label += 4) {
      const alone = marginals[first * labels + label + 3] ?? 0;
      if (alone >= least) found.push({ first, last: first, type, probability: alone });
      if ((marginals[first * labels + label] ?? 0) < least) continue;
      const walk = walkFrom(sentence, type, first);
      for (let last = first + 1; last < tokens && walk.reach() >= least; last++) {
        const probability = walk.endNext();
        if (probability >= least) found.push({ first, last, type, probability });
        walk.goOn();
      }
    }
  }
  return found;
}

/** Goes through a mention from its first token on. */
function walkFrom({ labels, factors, forward, backward, scales, total, steps }: Inferred, type: number, first: number) {
  const label = 1 + 4 * type;
  let token = first;
  let step = 4 * type;
  /** The forward value of paths that began at `first` alone. */
  let value = forward[first * labels + label] ?? 0;
  return {
    /** The probability that a mention began at `first` and goes on behind the token where the walk is. */
    reach: () => (value * (backward[token * labels + label + (token === first ? 0 : 1)] ?? 0)) / total,
    /** The probability that it ends at the next token. */
    endNext() {
      const at = (token + 1) * labels + label + 2;
      const ending = value * (steps.inside[step + 1] ?? 0) * (factors[at] ?? 0) * (backward[at] ?? 0);
      return Math.min(1, ending / ((scales[token + 1] ?? 1) * total));
    },
    goOn() {
      token++;
      value *= ((steps.inside[step] ?? 0) * (factors[token * labels + label + 1] ?? 0)) / (scales[token] ?? 1);
      step = 4 * type + 2;
    },
  };
}
