import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAsSaved, savedParts, stillSaved, withSaved } from './saved-sentences.ts';

const ada = { start: 0, end: 3, type: 'person' };
const sentence = { text: 'Ada left.', entities: [ada], types: ['person', 'event'] };

test('a sentence takes the place of the same one in the same pool', () => {
  const saved = withSaved([], [{ ...sentence, pool: 'letters' }, sentence]);
  assert.deepEqual(
    withSaved(saved, [{ ...sentence, pool: 'letters', entities: [] }]).map(({ pool, entities }) => [pool, entities.length]),
    [
      [undefined, 1],
      ['letters', 0],
    ],
  );
});

test('labels are as saved in whatever order, and whatever the case of their types; those of no type are none', () => {
  const left = { start: 4, end: 8, type: 'Event' };
  assert.ok(isAsSaved({ ...sentence, entities: [left, ada] }, { ...sentence, entities: [ada, { ...left, type: 'event' }] }));
  assert.ok(isAsSaved(sentence, { ...sentence, entities: [ada, { ...left, type: 'None' }] }));
  assert.ok(!isAsSaved(sentence, { ...sentence, entities: [ada, left] }));
  assert.ok(!isAsSaved(sentence, { ...sentence, entities: [{ ...ada, end: 2 }] }));
});

test('mentions of types that were not in question do not count, unless they are by now', () => {
  const ship = { start: 4, end: 8, type: 'ship' };
  assert.ok(isAsSaved(sentence, { ...sentence, entities: [ada, ship] }));
  assert.ok(!isAsSaved(sentence, { ...sentence, entities: [ada, ship] }, ['Ship']));
});

test('a text has parts that were saved where they are whole sentences of it, as they were saved last', () => {
  const saved = [
    { ...sentence, pool: 'letters', entities: [] },
    { ...sentence, pool: 'news' },
    { ...sentence, text: 'He stayed', entities: [] },
  ];
  assert.deepEqual(savedParts('Bob fell. Ada left. He stayed here. “Ada left.” he said.', saved), [
    { start: 10, end: 19, mentions: [{ start: 10, end: 13, type: 'person' }], types: sentence.types },
  ]);
  assert.deepEqual(savedParts('Bob.', saved), []);
});

test('a pool that has fewer sentences than were saved to it is another one', () => {
  const saved = [sentence, { ...sentence, pool: 'letters' }];
  assert.deepEqual(stillSaved(saved, [{ name: 'letters', sentences: 0 }]), [sentence]);
  assert.deepEqual(stillSaved(saved, [{ name: 'letters', sentences: 1 }]), saved);
});
