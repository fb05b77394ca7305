import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { countedSteps, expectedSteps, infer, labelCount, noStepWeights, type StepWeights } from './crf.ts';
import { spanMarginal, spansOver } from './span-marginals.ts';

type Kind = 'outside' | 'begins' | 'inside' | 'ends' | 'alone';
const kinds: readonly Kind[] = ['begins', 'inside', 'ends', 'alone'];

function kindOf(label: number): Kind {
  return label === 0 ? 'outside' : (kinds[(label - 1) % 4] ?? 'outside');
}

function typeOf(label: number): number {
  return Math.floor((label - 1) / 4);
}

/** What a step scores; `undefined` for one that makes no sense. */
function stepScore(before: number, label: number, { inside, adjacent }: StepWeights): number | undefined {
  const isOpen = ['begins', 'inside'].includes(kindOf(before));
  const goesOn = ['inside', 'ends'].includes(kindOf(label));
  if (goesOn !== isOpen || (goesOn && typeOf(label) !== typeOf(before))) return undefined;
  if (goesOn) return inside[4 * typeOf(label) + (kindOf(before) === 'begins' ? 0 : 2) + (kindOf(label) === 'ends' ? 1 : 0)];
  return before !== 0 && label !== 0 ? adjacent[typeOf(label)] : 0;
}

/** Every sequence of labels that makes sense, with its weight: the slow and obvious way. */
function sequences(scores: readonly (readonly number[])[], steps: StepWeights): readonly { labels: readonly number[]; weight: number }[] {
  let begun: { labels: readonly number[]; score: number }[] = [{ labels: [], score: 0 }];
  for (const own of scores) {
    begun = begun.flatMap(({ labels, score }) =>
      own.flatMap((added, label) => {
        const step = stepScore(labels.at(-1) ?? 0, label, steps);
        return step === undefined ? [] : [{ labels: [...labels, label], score: score + step + added }];
      }),
    );
  }
  return begun
    .filter(({ labels }) => !['begins', 'inside'].includes(kindOf(labels.at(-1) ?? 0)))
    .map(({ labels, score }) => ({ labels, weight: Math.exp(score) }));
}

/** The labels of a mention. */
function labelsOf(type: number, length: number): readonly number[] {
  const label = 1 + 4 * type;
  return length === 1 ? [label + 3] : [label, ...Array.from({ length: length - 2 }, () => label + 1), label + 2];
}

const types = 2;
const labels = labelCount(types);
const number = fc.double({ min: -4, max: 4, noNaN: true });
const cases = fc.record({
  scores: fc.array(fc.array(number, { minLength: labels, maxLength: labels }), { minLength: 1, maxLength: 5 }),
  inside: fc.array(number, { minLength: 4 * types, maxLength: 4 * types }),
  adjacent: fc.array(number, { minLength: types, maxLength: types }),
});

/** A sentence inferred from scores that stand between others. */
function inferred(scores: readonly (readonly number[])[], steps: StepWeights) {
  const [stride, first] = [labels + 3, 2];
  const spread = new Float64Array(scores.length * stride).fill(99);
  for (const [token, own] of scores.entries()) spread.set(own, token * stride + first);
  return infer({ scores: spread, stride, first, tokens: scores.length }, types, steps);
}

/** Every span of each type. */
function spansOf(tokens: number) {
  const numbers = Array.from({ length: tokens }, (_, at) => at);
  return Array.from({ length: types }, (_, type) => type).flatMap((type) =>
    numbers.flatMap((first) => numbers.slice(first).map((last) => ({ type, first, last }))),
  );
}

function near(actual: number | undefined, expected: number, most = 1e-6): void {
  assert(actual !== undefined && Math.abs(actual - expected) < most, `${actual} instead of ${expected}`);
}

function forEachCase(check: (scores: readonly (readonly number[])[], steps: StepWeights) => void): void {
  fc.assert(
    fc.property(cases, ({ scores, inside, adjacent }) =>
      check(scores, { inside: Float32Array.from(inside), adjacent: Float32Array.from(adjacent) }),
    ),
    { numRuns: 60 },
  );
}

describe('inference agrees with counting all sequences', () => {
  test('in the probability of each label', () => {
    forEachCase((scores, steps) => {
      const all = sequences(scores, steps);
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      const { marginals } = inferred(scores, steps);
      for (let token = 0; token < scores.length; token++) {
        for (let label = 0; label < labels; label++) {
          const share = all.reduce((sum, sequence) => sum + (sequence.labels[token] === label ? sequence.weight : 0), 0);
          near(marginals[token * labels + label], share / total);
        }
      }
    });
  });

  test('in how often each step is to be expected', () => {
    forEachCase((scores, steps) => {
      const all = sequences(scores, steps);
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      const found = expectedSteps(inferred(scores, steps));
      const expected = noStepWeights(types);
      for (const sequence of all) {
        const counted = countedSteps(Uint16Array.from(sequence.labels), types);
        for (const part of ['inside', 'adjacent'] as const) {
          for (const [at, count] of counted[part].entries())
            expected[part][at] = (expected[part][at] ?? 0) + (count * sequence.weight) / total;
        }
      }
      for (const part of ['inside', 'adjacent'] as const)
        for (const [at, count] of expected[part].entries()) near(found[part][at], count, 1e-4); // floats of 32 bits
    });
  });

  test('in the probability of each span', () => {
    forEachCase((scores, steps) => {
      const all = sequences(scores, steps);
      const total = all.reduce((sum, { weight }) => sum + weight, 0);
      const sentence = inferred(scores, steps);
      const overTenth: string[] = [];
      for (const { type, first, last } of spansOf(scores.length)) {
        const own = labelsOf(type, last - first + 1);
        const share = all.reduce((sum, { labels, weight }) => sum + (own.every((one, at) => labels[first + at] === one) ? weight : 0), 0);
        near(spanMarginal(sentence, type, first, last), share / total);
        if (share / total >= 0.1) overTenth.push(`${first} ${last} ${type}`);
      }
      const found = spansOver(sentence, 0.1).map(({ first, last, type }) => `${first} ${last} ${type}`);
      assert.deepEqual(new Set(found), new Set(overTenth));
      assert.equal(found.length, overTenth.length);
    });
  });
});

test('scores far apart neither overflow nor vanish', () => {
  const extreme = Array.from({ length: 400 }, (_, token) =>
    Array.from({ length: labels }, (_, label) => (label === (token % 2 === 0 ? 2 : 7) ? 900 : -900)),
  );
  const { marginals } = inferred(extreme, noStepWeights(types));
  assert(marginals.every((value) => value >= 0 && value <= 1 + 1e-9));
});
