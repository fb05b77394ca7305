import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Span } from '../../document/span.ts';
import { reflectionBy } from './reflection.ts';

const labelled = (text: string, ...mentions: readonly string[]) => ({
  text,
  entities: mentions.map((mention) => ({ start: text.indexOf(mention), end: text.indexOf(mention) + mention.length, type: 'place' })),
});
const pool = [labelled('Trains to Bad Ischl leave at noon.', 'Bad Ischl'), labelled('It was bad, bad luck in Graz.', 'Graz')];
const reflection = reflectionBy(pool);
const found = (text: string, ...mentions: readonly Span[]) => reflection(text, mentions).map(({ start, end }) => text.slice(start, end));

test('words that stand in mentions of the pool are proposed where nobody found them', () => {
  assert.deepEqual(found('From Graz to Ischl by rail'), ['Graz', 'Ischl']);
});

test('a word that stands outside of mentions more often than inside is not', () => {
  assert.deepEqual(found('Bad weather'), []);
});

test('a likely word that touches a mention makes it longer, and one inside a mention makes nothing', () => {
  assert.deepEqual(found('Old Graz waits', { start: 0, end: 3 }), ['Graz', 'Old Graz']);
  assert.deepEqual(found('Old Graz waits', { start: 0, end: 8 }), []);
});

test('words that follow each other are one span, those of a list or of two sentences or lines are not', () => {
  assert.deepEqual(found('Graz, Ischl'), ['Graz', 'Ischl']);
  assert.deepEqual(found('Graz. Ischl'), ['Graz', 'Ischl']);
  assert.deepEqual(found('Graz\nIschl'), ['Graz', 'Ischl']);
  assert.deepEqual(found('Wels, Graz', { start: 0, end: 4 }), ['Graz']);
  assert.deepEqual(found('Graz Ischl'), ['Graz Ischl']);
});

test('spans lie in the text, are not empty, and are no mention already', () => {
  const text = 'Graz, Ischl and Linz near Graz Ischl.';
  const span = fc
    .tuple(fc.nat(text.length - 1), fc.nat(text.length - 1))
    .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) + 1 }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 4 }), (mentions) => {
      for (const { start, end } of reflection(text, mentions)) {
        assert(start >= 0 && start < end && end <= text.length);
        assert(!mentions.some((mention) => mention.start === start && mention.end === end));
      }
    }),
  );
});
