import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { thresholds } from './threshold.ts';

const likely = fc.double({ min: 0, max: 1, noNaN: true });
const probabilities = fc.array(fc.oneof(likely, fc.constantFrom(0.2, 0.5, 0.8, 0.9)), { maxLength: 40 });
const outlook = fc.record({ probabilities, gold: fc.nat(60) });
const share = fc.double({ min: 0.05, max: 0.99, noNaN: true });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('what is kept for a precision is as precise as that, by its probabilities, and nothing less likely could be added', () => {
  fc.assert(
    fc.property(outlook, share, ({ probabilities, gold }, precision) => {
      const least = thresholds(new Map([['x', { probabilities, gold }]]), { precision }).get('x') ?? Number.NaN;
      const kept = probabilities.filter((probability) => probability >= least);
      assert(kept.length === 0 || sum(kept) / kept.length >= precision - 1e-9);
      assert(least <= precision + 1e-9);
    }),
  );
});

test('what is kept for a recall reaches it, or is all, and less would not reach it', () => {
  fc.assert(
    fc.property(outlook, share, ({ probabilities, gold }, recall) => {
      const least = thresholds(new Map([['x', { probabilities, gold }]]), { recall }).get('x') ?? Number.NaN;
      const expected = (bound: number) => sum(probabilities.filter((probability) => probability > bound));
      assert(least === 0 || expected(least - 1e-12) >= recall * gold - 1e-9);
      assert(least === 0 || gold === 0 || expected(least) < recall * gold);
    }),
  );
});

test('for F1 all types have one threshold, for macro-F1 each has its own, as far as they differ', () => {
  const outlooks = new Map([
    ['easy', { probabilities: [0.95, 0.9, 0.9, 0.3], gold: 3 }],
    ['hard', { probabilities: [0.4, 0.3, 0.3, 0.2], gold: 5 }],
  ]);
  const together = thresholds(outlooks, 'f1');
  assert.equal(together.get('easy'), together.get('hard'));
  const each = thresholds(outlooks, 'macro-f1');
  assert((each.get('hard') ?? 1) < (together.get('hard') ?? 0) && (together.get('easy') ?? 1) < (each.get('easy') ?? 0));
});
