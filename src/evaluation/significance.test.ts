import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCounts, type Counts, type Ratios, ratios, sumCounts } from './scorer.ts';
import { pairedRandomization } from './significance.ts';

const counts = (truePositives: number, falsePositives: number, falseNegatives: number): Counts => ({
  truePositives,
  falsePositives,
  falseNegatives,
});
const options = { shuffles: 10_000, seed: 1 };
const some = Array.from({ length: 100 }, (_, index) => counts(index % 4, index % 3, index % 5));

test('identical systems do not differ, and p is 1', () => {
  const { difference, p } = pairedRandomization(some, some, options);
  assert.deepEqual(difference, { precision: 0, recall: 0, f1: 0 });
  assert.deepEqual(p, { precision: 1, recall: 1, f1: 1 });
});

test('a system that is better everywhere reaches the least p there is', () => {
  const { difference, p } = pairedRandomization(
    some.map((of) => addCounts(of, counts(2, 0, 0))),
    some.map((of) => addCounts(of, counts(0, 1, 2))),
    options,
  );
  assert.ok(difference.f1 > 0.3);
  assert.deepEqual(p, { precision: 1 / 10_001, recall: 1 / 10_001, f1: 1 / 10_001 });
});

test('p comes close to the share of all exchanges', () => {
  const first = [counts(4, 1, 0), counts(3, 0, 2), counts(1, 1, 1), counts(2, 2, 0), counts(5, 0, 1)];
  const second = [counts(2, 1, 2), counts(3, 1, 2), counts(1, 3, 1), counts(1, 0, 1), counts(5, 0, 1)];
  const difference = (a: readonly Counts[], b: readonly Counts[], name: keyof Ratios) =>
    ratios(sumCounts(a))[name] - ratios(sumCounts(b))[name];
  const found = pairedRandomization(first, second, { shuffles: 20_000, seed: 3 });
  for (const name of ['precision', 'recall', 'f1'] as const) {
    const observed = difference(first, second, name);
    assert.equal(found.difference[name], observed);
    const reached = Array.from({ length: 32 }, (_, exchange) => {
      const pick = (own: readonly Counts[], others: readonly Counts[]) =>
        own.map((ofDocument, document) => ((exchange >> document) & 1 ? (others[document] ?? ofDocument) : ofDocument));
      return Math.abs(difference(pick(first, second), pick(second, first), name)) >= Math.abs(observed) - 1e-12;
    });
    const share = reached.filter(Boolean).length / 32;
    assert.ok(Math.abs(found.p[name] - share) < 0.02, `${name}: ${found.p[name]}, expected about ${share}`);
  }
});

test('it does not matter which system comes first, but for the sign', () => {
  const others = some.map((of, index) => (index % 7 === 0 ? addCounts(of, counts(1, 0, 1)) : of));
  const [there, back] = [pairedRandomization(some, others, options), pairedRandomization(others, some, options)];
  assert.deepEqual(there.p, back.p);
  assert.equal(there.difference.f1, -back.difference.f1);
});

test('the same seed gives the same p', () => {
  const wrongAt = (rest: number) => some.map((of, index) => (index % 3 === rest ? addCounts(of, counts(0, 1 + rest, 0)) : of));
  const p = (seed: number) => pairedRandomization(wrongAt(0), wrongAt(1), { ...options, seed }).p;
  assert.deepEqual(p(1), p(1));
  assert.notDeepEqual(p(1), p(2));
});

test('systems on different numbers of documents cannot be compared', () => {
  assert.throws(() => pairedRandomization(some, some.slice(1), options), /100 and of 99 documents/);
});
