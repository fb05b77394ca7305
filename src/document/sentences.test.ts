import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentences } from './sentences.ts';

// The bars are where sentences part.
const cases: readonly (readonly [name: string, text: string])[] = [
  ['full stops, question and exclamation marks', 'He left.| Why?| Go!| She stayed.'],
  ['a title', 'He met Dr. Smith and Mrs. Jones.| Then he left.'],
  ['initials', 'J. K. Rowling wrote it.| So did I.| You too.'],
  ['dotted letters', 'The U.S. Army, e.g. Berlin, i.e. Rome.| Then no one.'],
  ['a number after an abbreviation', 'See Fig. 3 and No. 5 Downing Street.| The end.'],
  ['the same word without a number', 'He said No.| Then he left.'],
  ['an ordinal', 'Der 1. FC Köln am 3. Oktober.| Das Ende.'],
  ['the number of an item', '1. Berlin is big.| 2. Rome is old.'],
  ['a year at the end', 'It began in 1990.| The end came later.'],
  ['a decimal number', 'It costs 3.5 euros.| Too much.'],
  ['a quoted question', '"Really?" he asked.| "Yes."| She nodded.'],
  ['a name with an exclamation mark', 'Yahoo! is old.| So it is.'],
  ['an ellipsis', 'Well... maybe.| Or...| Not.'],
  ['a line break', 'The end\nof it.| Next\r\none.'],
  ['a line break after a title', 'He met Dr.\nSmith.| Then he left.'],
  ['a blank line', 'A heading\n\n|The text.|\n \t\nMore'],
  ['a blank line of CR LF', 'A heading\r\n\r\n|The text'],
  ['a blank line after a title', 'By the Dr.\n\n|Smith spoke.'],
  ['Chinese', '你好。|我在北京！|他走了。|“再见。”'],
  ['Hindi', 'वह दिल्ली गया।| वह लौट आया।'],
  ['opening brackets at the end', 'It ends so (“'],
  ['nothing', ' \n '],
];
for (const [name, marked] of cases) {
  test(`splits a text with ${name}`, () => {
    const text = marked.replaceAll('|', '');
    assert.deepEqual(
      sentences(text).map(({ start, end }) => text.slice(start, end)),
      marked
        .split('|')
        .map((sentence) => sentence.trim())
        .filter((sentence) => sentence !== ''),
    );
  });
}

test('covers all but white space, in order, trimmed', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', 'A', '.', '?', ' ', '\n', '\r', '(', '“', '。', '\u2029', '\ud83d', '1', 'Dr.'),
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      let covered = 0;
      for (const { start, end } of sentences(text)) {
        assert.ok(covered <= start && start < end);
        assert.equal(text.slice(covered, start).trim(), '');
        assert.equal(text.slice(start, end), text.slice(start, end).trim());
        covered = end;
      }
      assert.equal(text.slice(covered).trim(), '');
    }),
  );
});
