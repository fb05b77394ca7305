import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { expectedCalibrationError } from './calibration.ts';

describe('expected calibration error', () => {
  const of = (...pairs: readonly (readonly [number, boolean])[]) =>
    expectedCalibrationError(pairs.map(([probability, holds]) => ({ probability, holds })));

  test('is 0 without statements', () => assert.equal(of(), 0));

  test('is 0 where certainty is right', () => assert.equal(of([1, true], [0, false], [1, true]), 0));

  test('is 1 where certainty is wrong', () => assert.equal(of([1, false], [0, true]), 1));

  test('weighs the gap of each bin by its statements', () => {
    // 0.75 said, half of two hold: 0.25 off; 0.1 said, none of two holds: 0.1 off.
    assert.ok(Math.abs(of([0.75, true], [0.75, false], [0.1, false], [0.1, false]) - 0.175) < 1e-12);
  });

  test('looks at bins, not at single statements', () => assert.ok(of([0.5, true], [0.5, false]) < 1e-12));

  test('is in [0, 1], in whatever order', () => {
    const statement = fc.record({ probability: fc.double({ min: 0, max: 1, noNaN: true }), holds: fc.boolean() });
    fc.assert(
      fc.property(fc.array(statement), (statements) => {
        const error = expectedCalibrationError(statements);
        assert.ok(error >= 0 && error <= 1 + 1e-12);
        assert.ok(Math.abs(error - expectedCalibrationError(statements.toReversed())) < 1e-9);
      }),
    );
  });
});
