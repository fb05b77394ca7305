import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vote } from '../document/mention.ts';
import { runnerUp, tally } from './vote.ts';

const equally = () => 1;

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
      tally(votes, { voting: 'hard', weightOf: weightOf ?? equally }).map(({ choice }) => choice),
      order,
    );
  });
}

test('tally counts votes and sums weights', () => {
  assert.deepEqual(tally(ballot('a', 'b', 'a'), { voting: 'hard', weightOf: weights(1, 5, 2) }), [
    { choice: 'a', votes: 2, weight: 3 },
    { choice: 'b', votes: 1, weight: 5 },
  ]);
});

test('the runner-up is the best other type, never none', () => {
  const hard = { voting: 'hard', weightOf: equally } as const;
  assert.equal(runnerUp(ballot('person', 'person', 'none', 'none', 'location'), 'person', hard), 'location');
  assert.equal(runnerUp(ballot('person', 'none'), 'person', hard), undefined);
});

/** Votes of members by their probabilities; each chooses the likeliest. */
function sharedBallot(...members: readonly Readonly<Record<string, number>>[]): Vote[] {
  return members.map((probabilities, index) => {
    const [choice, probability] = Object.entries(probabilities).reduce((a, b) => (b[1] > a[1] ? b : a));
    return { modelId: `m${index}`, choice, probability, probabilities };
  });
}

test('in a soft vote one that is sure outweighs two that are not', () => {
  const votes = sharedBallot(
    { none: 0.5, person: 0.4, place: 0.1 },
    { none: 0.5, person: 0.25, place: 0.25 },
    { none: 0.125, person: 0.875 },
  );
  const order = (voting: 'hard' | 'soft') => tally(votes, { voting, weightOf: equally }).map(({ choice }) => choice);
  assert.deepEqual(order('hard'), ['none', 'person']);
  assert.deepEqual(order('soft'), ['person', 'none', 'place']);
});

test('in a soft vote a member counts by its weight, and wholly for its choice where no probabilities are known', () => {
  const votes = [...ballot('place'), ...sharedBallot({ none: 0.25, person: 0.75 }, { person: 1, none: 0 }).slice(1)];
  assert.deepEqual(tally(votes, { voting: 'soft', weightOf: weights(3, 2) }), [
    { choice: 'place', votes: 1, weight: 3 },
    { choice: 'person', votes: 1, weight: 2 },
    { choice: 'none', votes: 0, weight: 0 },
  ]);
});

test('the runner-up of a soft vote is a type that somebody chose', () => {
  const votes = sharedBallot({ person: 0.9, place: 0.1 }, { person: 0.6, place: 0.4 });
  assert.equal(runnerUp(votes, 'person', { voting: 'soft', weightOf: equally }), undefined);
});
