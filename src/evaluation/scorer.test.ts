import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addCounts, noCounts, ratios, strictCounts } from './scorer.ts';

const mention = (start: number, end: number, type: string) => ({ start, end, type });
const gold = [mention(0, 3, 'person'), mention(4, 9, 'location')];

const cases = [
  { name: 'all right', predicted: gold, counts: [2, 0, 0] },
  { name: 'nothing found', predicted: [], counts: [0, 0, 2] },
  { name: 'a wrong type is both spurious and missed', predicted: [mention(0, 3, 'location')], counts: [0, 1, 2] },
  { name: 'a wrong boundary is both spurious and missed', predicted: [mention(0, 9, 'person')], counts: [0, 1, 2] },
  { name: 'a mention told twice counts once', predicted: [mention(0, 3, 'person'), mention(0, 3, 'person')], counts: [1, 0, 1] },
];

for (const { name, predicted, counts } of cases) {
  test(`strict counts: ${name}`, () => {
    const [truePositives, falsePositives, falseNegatives] = counts;
    assert.deepEqual(strictCounts(gold, predicted), { truePositives, falsePositives, falseNegatives });
  });
}

test('counts add before ratios are derived', () => {
  const sum = addCounts(
    { truePositives: 1, falsePositives: 0, falseNegatives: 0 },
    { truePositives: 1, falsePositives: 2, falseNegatives: 6 },
  );
  assert.deepEqual(ratios(sum), { precision: 0.5, recall: 0.25, f1: 1 / 3 });
});

test('ratios of nothing are 0', () => assert.deepEqual(ratios(noCounts), { precision: 0, recall: 0, f1: 0 }));
