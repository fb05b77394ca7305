import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sameLabels, savedParts, stillSaved, withSaved } from './saved-sentences.ts';

const ada = { start: 0, end: 3, type: 'person' };
const sentence = { text: 'Ada left.', entities: [ada] };

test('a sentence takes the place of the same one in the same pool', () => {
  const saved = withSaved(withSaved([], 'letters', [sentence]), undefined, [sentence]);
  assert.deepEqual(
    withSaved(saved, 'letters', [{ ...sentence, entities: [] }]).map(({ pool, entities }) => [pool, entities.length]),
    [
      [undefined, 1],
      ['letters', 0],
    ],
  );
});

test('labels are the same in whatever order, and whatever the case of their types; those of no type are none', () => {
  const left = { start: 4, end: 8, type: 'Event' };
  assert.ok(sameLabels({ ...sentence, entities: [left, ada] }, { ...sentence, entities: [ada, { ...left, type: 'event' }] }));
  assert.ok(sameLabels(sentence, { ...sentence, entities: [ada, { ...left, type: 'None' }] }));
  assert.ok(!sameLabels(sentence, { ...sentence, entities: [{ ...ada, end: 2 }] }));
});

test('a text has parts that were saved where they are whole sentences of it, as they were saved last', () => {
  const saved = [
    { ...sentence, pool: 'letters', entities: [] },
    { ...sentence, pool: 'news' },
    { text: 'He stayed', entities: [] },
  ];
  assert.deepEqual(savedParts('Bob fell. Ada left. He stayed here. “Ada left.” he said.', saved), [
    { start: 10, end: 19, mentions: [{ start: 10, end: 13, type: 'person' }] },
  ]);
  assert.deepEqual(savedParts('Bob.', saved), []);
});

test('a pool that has fewer sentences than were saved to it is another one', () => {
  const saved = [sentence, { ...sentence, pool: 'letters' }];
  assert.deepEqual(stillSaved(saved, [{ name: 'letters', sentences: 0 }]), [sentence]);
  assert.deepEqual(stillSaved(saved, [{ name: 'letters', sentences: 1 }]), saved);
});
