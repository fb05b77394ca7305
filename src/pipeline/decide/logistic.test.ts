import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fitLogistic, logistic, type Outcome, product } from './logistic.ts';

const features = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
const outcomes = fc.array(fc.record({ features: features.map((values) => Float64Array.of(1, ...values)), isTrue: fc.boolean() }), {
  maxLength: 30,
});
const penalties = Float64Array.of(0.1, 1, 2, 3);

/** What the fit is to make as great as possible, written down once more. */
function penalized(seen: readonly Outcome[], weights: Float64Array): number {
  const likelihood = seen.reduce(
    (sum, { features, isTrue }) => sum + Math.log(logistic((isTrue ? 1 : -1) * product(weights, features))),
    0,
  );
  return likelihood - weights.reduce((sum, weight, at) => sum + ((penalties[at] ?? 0) * weight * weight) / 2, 0);
}

describe('logistic regression', () => {
  test('finds weights that no other beats', () => {
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 0, max: 3 }), fc.constantFrom(-0.01, 0.01), (seen, at, change) => {
        const best = fitLogistic(seen, penalties);
        const other = best.map((weight, index) => (index === at ? weight + change : weight));
        assert(penalized(seen, best) >= penalized(seen, other));
      }),
    );
  });

  test('knows nothing from nothing', () => assert.deepEqual([...fitLogistic([], penalties)], [0, 0, 0, 0]));

  test('gives the share of what was true where nothing else is known', () => {
    const seen = [true, true, true, false].map((isTrue) => ({ features: Float64Array.of(1), isTrue }));
    const [constant = 0] = fitLogistic(Array.from({ length: 500 }, () => seen).flat(), Float64Array.of(0.1));
    assert(Math.abs(logistic(constant) - 0.75) < 0.001);
  });
});
