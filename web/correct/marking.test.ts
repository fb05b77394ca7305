import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveBorder, occurrences, withoutSpace } from './marking.ts';

const text = 'The Bank of England, London.';
const bank = { start: 4, end: 8 };

test('borders move by words, over spaces, and not beyond the text or each other', () => {
  const slice = (border: 'start' | 'end', direction: 'in' | 'out', span = bank) => {
    const { start, end } = moveBorder(text, span, border, direction);
    return text.slice(start, end);
  };
  assert.equal(slice('end', 'out'), 'Bank of');
  assert.equal(slice('start', 'out'), 'The Bank');
  assert.equal(slice('start', 'out', { start: 0, end: 3 }), 'The');
  assert.equal(slice('end', 'in', { start: 4, end: 19 }), 'Bank of');
  assert.equal(slice('start', 'in', { start: 4, end: 19 }), 'of England');
  assert.equal(slice('end', 'in'), 'Bank');
  assert.equal(slice('end', 'out', { start: 4, end: text.length }), text.slice(4));
});

test('words are found wherever they occur', () => {
  assert.deepEqual(occurrences('aaaa', 'aa'), [
    { start: 0, end: 2 },
    { start: 2, end: 4 },
  ]);
  assert.deepEqual(occurrences(text, ''), []);
});

test('what was marked with spaces around it is marked without them', () => {
  assert.deepEqual(withoutSpace(text, { start: 3, end: 9 }), bank);
  assert.equal(withoutSpace(text, { start: 3, end: 4 }), undefined);
});

test('no mention begins or ends within a character as people see it', () => {
  const cafes = 'cafe cafe\u0301 👩‍🚀';
  assert.deepEqual(occurrences(cafes, 'cafe'), [{ start: 0, end: 4 }]);
  assert.deepEqual(occurrences(cafes, '👩'), []);
  assert.equal(withoutSpace(cafes, { start: 5, end: 9 }), undefined);
  assert.deepEqual(withoutSpace(cafes, { start: 5, end: 10 }), { start: 5, end: 10 });
});

test('words are found in the normal form that the text has', () => {
  assert.deepEqual(occurrences('Zoe\u0301 left.', 'Zo\u00e9'), [{ start: 0, end: 4 }]);
  assert.deepEqual(occurrences('Zo\u00e9 left.', 'Zoe\u0301'), [{ start: 0, end: 3 }]);
});
