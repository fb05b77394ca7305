import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gazetteerOf, placesIn, type TokenMention, type TokenSentence } from './gazetteer.ts';
import type { Token } from './reading.ts';

function tokens(text: string): readonly Token[] {
  return text.split(' ').map((exact) => ({ start: 0, end: 0, exact, lower: exact.toLowerCase(), shape: '', isGlued: false }));
}

function sentence(text: string, ...mentions: readonly TokenMention[]): TokenSentence {
  return { tokens: tokens(text), mentions };
}

const york = { first: 1, last: 2, type: 'place' };
const pool = [
  sentence('in New York', york),
  sentence('the York Minster stands', { first: 1, last: 2, type: 'building' }),
  sentence('in York', { first: 1, last: 1, type: 'place' }),
];

test('the longest mentions of the pool are found, whatever their case', () => {
  assert.deepEqual(placesIn(gazetteerOf(pool), tokens('NEW YORK and york minster')), [
    ['place begins'],
    ['place ends'],
    [],
    ['building begins'],
    ['building ends'],
  ]);
});

test('a mention of several types tells all of them', () => {
  const gazetteer = gazetteerOf([...pool, sentence('York won', { first: 0, last: 0, type: 'team' })]);
  assert.deepEqual(placesIn(gazetteer, tokens('York')), [['place alone', 'team alone']]);
});

test('a sentence is not told what it alone has said', () => {
  const gazetteer = gazetteerOf(pool);
  // Without its own `New York` it still has the `York` of another sentence.
  assert.deepEqual(placesIn(gazetteer, tokens('in New York'), [york]), [[], [], ['place alone']]);
  const twice = gazetteerOf([...pool, sentence('to New York', york)]);
  assert.deepEqual(placesIn(twice, tokens('in New York'), [york]), [[], ['place begins'], ['place ends']]);
});
