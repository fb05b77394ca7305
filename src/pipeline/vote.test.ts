import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vote } from '../document/mention.ts';
import { runnerUp, tally } from './vote.ts';

const ballot = (...choices: string[]): Vote[] => choices.map((choice, index) => ({ modelId: `m${index}`, choice }));
const weights =
  (...values: number[]) =>
  (modelId: string) =>
    values[Number(modelId.slice(1))] ?? 0;

const cases: { name: string; votes: Vote[]; weightOf?: (modelId: string) => number; order: string[] }[] = [
  { name: 'nobody voted', votes: [], order: [] },
  { name: 'a majority wins', votes: ballot('person', 'location', 'location'), order: ['location', 'person'] },
  {
    name: 'a majority wins against any weight',
    votes: ballot('person', 'location', 'location'),
    weightOf: weights(9, 1, 1),
    order: ['location', 'person'],
  },
  { name: 'none is a choice like any other', votes: ballot('none', 'none', 'person'), order: ['none', 'person'] },
  { name: 'weight breaks a tie', votes: ballot('person', 'location'), weightOf: weights(1, 2), order: ['location', 'person'] },
  {
    name: 'the order of the ensemble breaks what weight does not',
    votes: ballot('location', 'person', 'none'),
    order: ['location', 'person', 'none'],
  },
];

for (const { name, votes, weightOf, order } of cases) {
  test(`tally: ${name}`, () => {
    assert.deepEqual(
      tally(votes, weightOf).map(({ choice }) => choice),
      order,
    );
  });
}

test('tally counts votes and sums weights', () => {
  assert.deepEqual(tally(ballot('a', 'b', 'a'), weights(1, 5, 2)), [
    { choice: 'a', votes: 2, weight: 3 },
    { choice: 'b', votes: 1, weight: 5 },
  ]);
});

test('the runner-up is the best other type, never none', () => {
  assert.equal(runnerUp(ballot('person', 'person', 'none', 'none', 'location'), 'person'), 'location');
  assert.equal(runnerUp(ballot('person', 'none'), 'person'), undefined);
});
