import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { offsetConverter } from './offsets.ts';

const cases: readonly { name: string; text: string; codePoint: number; utf16: number }[] = [
  { name: 'the start of an empty text', text: '', codePoint: 0, utf16: 0 },
  { name: 'plain letters', text: 'Berlin', codePoint: 3, utf16: 3 },
  { name: 'after an emoji', text: '😀 Berlin', codePoint: 2, utf16: 3 },
  { name: 'before an emoji', text: 'a😀', codePoint: 1, utf16: 1 },
  { name: 'the end, after two emoji', text: '😀a😀', codePoint: 3, utf16: 5 },
  { name: 'after a lone surrogate, which is one code point', text: '\ud83dx', codePoint: 1, utf16: 1 },
  { name: 'after a combining mark, which is one code point', text: 'e\u0301x', codePoint: 2, utf16: 2 },
];
for (const { name, text, codePoint, utf16 } of cases) {
  test(`converts ${name}`, () => {
    assert.equal(offsetConverter(text).toUtf16(codePoint), utf16);
    assert.equal(offsetConverter(text).toCodePoint(utf16), codePoint);
  });
}

test('refuses what is no position of the text', () => {
  const converter = offsetConverter('a😀');
  for (const offset of [-1, 3, 0.5, Number.NaN]) assert.throws(() => converter.toUtf16(offset), RangeError, `${offset}`);
  for (const offset of [-1, 4, 0.5, Number.NaN]) assert.throws(() => converter.toCodePoint(offset), RangeError, `${offset}`);
});

test('refuses a position inside a surrogate pair', () => {
  assert.throws(() => offsetConverter('a😀').toCodePoint(2), /surrogate pair/);
});

test('agrees with iteration over the string, there and back', () => {
  const unit = fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('😀', '𝒳', 'a'),
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const converter = offsetConverter(text);
      let utf16 = 0;
      for (const [codePoint, character] of [...text, ''].entries()) {
        assert.equal(converter.toUtf16(codePoint), utf16);
        assert.equal(converter.toCodePoint(utf16), codePoint);
        utf16 += character.length;
      }
    }),
  );
});
