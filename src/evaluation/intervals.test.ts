import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomIntegers } from '../random.ts';
import { bootstrapIntervals } from './intervals.ts';
import { type Counts, ratios, sumCounts } from './scorer.ts';

const counts = (truePositives: number, falsePositives: number, falseNegatives: number): Counts => ({
  truePositives,
  falsePositives,
  falseNegatives,
});
const copies = (count: number, of: Counts) => Array.from({ length: count }, () => of);
const options = { resamples: 1000, level: 0.95, seed: 1 };
const right = counts(1, 0, 0);
const wrong = counts(0, 1, 1);

test('documents that are all alike leave no doubt', () => {
  const { precision, recall, f1 } = bootstrapIntervals(copies(20, counts(3, 1, 2)), options);
  assert.deepEqual({ precision, recall, f1 }, { precision: [0.75, 0.75], recall: [0.6, 0.6], f1: [2 / 3, 2 / 3] });
});

test('without documents all bounds are 0', () => {
  const { precision, recall, f1 } = bootstrapIntervals([], options);
  assert.deepEqual({ precision, recall, f1 }, { precision: [0, 0], recall: [0, 0], f1: [0, 0] });
});

test('two documents of which one is wrong say nothing', () => {
  assert.deepEqual(bootstrapIntervals([right, wrong], options).f1, [0, 1]);
});

test('the bounds are those of the binomial distribution where each document has one mention', () => {
  // Of 100 draws with even odds, between 40 and 60 are right with a probability of 0.965, between 41 and 59 with 0.943.
  const [low, high] = bootstrapIntervals([...copies(50, right), ...copies(50, wrong)], { ...options, resamples: 20_000 }).precision;
  assert.ok(low >= 0.4 && low <= 0.41 && high >= 0.59 && high <= 0.6, `${low} to ${high}`);
});

test('the bounds are those of documents drawn one by one', () => {
  const kinds = [counts(3, 0, 1), counts(0, 1, 0), counts(0, 0, 0), counts(1, 4, 0), counts(0, 2, 5)];
  const documents = kinds.flatMap((of, index) => copies(10 + 37 * index, of));
  const resamples = 5000;
  const random = randomIntegers(9);
  const drawn = Array.from({ length: resamples }, () =>
    ratios(sumCounts(documents.map(() => documents[random() % documents.length] ?? right))),
  );
  const found = bootstrapIntervals(documents, { ...options, resamples });
  for (const name of ['precision', 'recall', 'f1'] as const) {
    const sorted = drawn.map((ratiosOfOne) => ratiosOfOne[name]).sort((a, b) => a - b);
    for (const [index, bound] of found[name].entries()) {
      const expected = sorted[Math.round((index === 0 ? 0.025 : 0.975) * (resamples - 1))] ?? Number.NaN;
      const spread = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
      assert.ok(Math.abs(bound - expected) < spread / 40, `${name}: ${bound}, expected about ${expected}`);
    }
  }
});

test('more documents narrow the interval, a higher level widens it, and it holds the score', () => {
  const mixed = [right, wrong, counts(2, 1, 0), counts(0, 0, 3), counts(4, 2, 1)];
  const width = (times: number, level: number) => {
    const documents = Array.from({ length: times }, () => mixed).flat();
    const [low, high] = bootstrapIntervals(documents, { ...options, level }).f1;
    const { f1 } = ratios(sumCounts(documents));
    assert.ok(low <= f1 && f1 <= high);
    return high - low;
  };
  assert.ok(width(16, 0.95) < width(4, 0.95) && width(4, 0.95) < width(4, 0.99));
});

test('the same seed gives the same bounds, another seed others', () => {
  const documents = Array.from({ length: 40 }, (_, index) => counts(index % 5, index % 3, index % 4));
  assert.deepEqual(bootstrapIntervals(documents, options), bootstrapIntervals(documents, options));
  assert.notDeepEqual(bootstrapIntervals(documents, options).f1, bootstrapIntervals(documents, { ...options, seed: 2 }).f1);
});
