import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TokenMention } from './gazetteer.ts';
import { labelsOf, layersOf, mentionsIn } from './layers.ts';

const types = ['person', 'place'];
const outer: TokenMention = { first: 0, last: 4, type: 'person' };
const inner: TokenMention = { first: 3, last: 4, type: 'place' };
const innerPerson: TokenMention = { first: 0, last: 1, type: 'person' };

function pool(mentions: readonly TokenMention[], sentences = 20) {
  return Array.from({ length: sentences }, () => ({ tokens: [], mentions }));
}

describe('the layers of a pool', () => {
  test('are one where mentions are flat', () => {
    assert.deepEqual(layersOf(pool([innerPerson, inner]), types), [{ types, depth: 0 }]);
  });

  test('are one where hardly any mention overlaps another', () => {
    assert.deepEqual(layersOf([...pool([innerPerson, inner], 300), ...pool([outer, inner], 1)], types), [{ types, depth: 0 }]);
  });

  test('are one a type where mentions nest', () => {
    assert.deepEqual(layersOf(pool([outer, inner]), types), [
      { types: ['person'], depth: 0 },
      { types: ['place'], depth: 0 },
    ]);
  });

  test('are two for a type that nests in itself', () => {
    assert.deepEqual(layersOf(pool([outer, innerPerson]), types), [
      { types: ['person'], depth: 0 },
      { types: ['person'], depth: 1 },
      { types: ['place'], depth: 0 },
    ]);
  });

  test('are one of a pool without mentions', () => assert.deepEqual(layersOf([], types), [{ types, depth: 0 }]));
});

test('a layer tells the mentions of its types at its depth', () => {
  const all = [inner, innerPerson, outer];
  assert.deepEqual(mentionsIn({ types: ['person'], depth: 0 }, all), [outer]);
  assert.deepEqual(mentionsIn({ types: ['person'], depth: 1 }, all), [innerPerson]);
  assert.deepEqual(mentionsIn({ types: ['place'], depth: 0 }, all), [inner]);
});

test('labels tell mentions of one, two and more tokens apart', () => {
  const mentions: TokenMention[] = [
    { first: 0, last: 0, type: 'person' },
    { first: 1, last: 2, type: 'place' },
    { first: 4, last: 6, type: 'person' },
  ];
  assert.deepEqual([...labelsOf({ types, depth: 0 }, mentions, 8)], [4, 5, 7, 0, 1, 2, 3, 0]);
});
