import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wordsOf } from './words.ts';

const cases = [
  { name: 'letters and numbers, in lower case', text: 'Rome’s L-dopa, 5mg!', words: ['rome', 's', 'l', 'dopa', '5mg'] },
  { name: 'marks belong to their letters, composed or not', text: 'Cafe\u0301 हिन्दी', words: ['café', 'हिन्दी'] },
  { name: 'full width is half width', text: 'ＩＢＭ', words: ['ibm'] },
  { name: 'scripts without spaces are parted into words', text: '東京はとても大きい', words: ['東京', 'は', 'とても', '大きい'] },
  { name: 'Hangul is spaced', text: '서울에서 만났다', words: ['서울에서', '만났다'] },
  { name: 'marks, emoji and white space are no words', text: ' … 😀 \n', words: [] },
];

for (const { name, text, words } of cases) {
  test(`words: ${name}`, () =>
    assert.deepEqual(
      wordsOf(text).map(({ word }) => word),
      words,
    ));
}

test('words stand in the text, in order, apart, and without white space', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'É', '\u0301', '東', '京', 'ก', '1', ' ', '.', '😀', '한') }), (text) => {
      let end = 0;
      for (const word of wordsOf(text)) {
        assert.ok(word.start >= end && word.end > word.start);
        assert.match(text.slice(word.start, word.end), /^[\p{L}\p{N}\p{M}]+$/u);
        end = word.end;
      }
      assert.ok(end <= text.length);
    }),
  );
});
