import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterKind, wordBoundaries } from './boundaries.ts';

// The bar is the offset that is asked about.
const cases: readonly { name: string; text: string; starts: boolean; ends: boolean }[] = [
  { name: 'the start of a text', text: '|Rome', starts: true, ends: true },
  { name: 'the end of a text', text: 'Rome|', starts: true, ends: true },
  { name: 'inside a word', text: 'Rome|o', starts: false, ends: false },
  { name: 'before a space', text: 'Rome| is', starts: true, ends: true },
  { name: 'between letter and digit', text: 'Rome|2', starts: false, ends: false },
  { name: 'before an underscore', text: 'Rome|_map', starts: false, ends: false },
  { name: 'before a possessive', text: 'Merkel|’s', starts: true, ends: true },
  { name: 'before a hyphen', text: 'Paris|-based', starts: true, ends: true },
  { name: 'after an at sign', text: '@|handle', starts: true, ends: true },
  { name: 'after a plus sign', text: 'C++|', starts: true, ends: true },
  { name: 'after an emoji with a variation selector', text: '❤️|Berlin', starts: true, ends: true },
  { name: 'after a letter with a mark', text: 'e\u0301|t', starts: false, ends: false },
  { name: 'before a mark', text: 'e|\u0301 ', starts: false, ends: false },
  { name: 'after a soft hyphen', text: 'Ber\u00ad|lin', starts: false, ends: false },
  { name: 'before a mark of direction that ends a word', text: 'Rome|\u200f ', starts: true, ends: true },
  { name: 'before a zero-width space', text: 'Rome|\u200bis', starts: true, ends: true },
  { name: 'after a zero-width non-joiner', text: 'می\u200c|خواهم', starts: false, ends: false },
  { name: 'between Han characters', text: '北|京', starts: true, ends: true },
  { name: 'between Latin and kana', text: 'Tokyo|は', starts: true, ends: true },
  { name: 'before a long vowel mark', text: 'タワ|ー', starts: true, ends: true },
  { name: 'between Thai letters', text: 'ก|ร', starts: true, ends: true },
  { name: 'before a Thai vowel sign', text: 'ก|ี', starts: false, ends: false },
  { name: 'before a Korean particle', text: '서울|에서', starts: false, ends: true },
  { name: 'between Latin and a Korean particle', text: 'BTS|는', starts: false, ends: true },
  { name: 'between Korean and Latin', text: '삼성|SDS', starts: false, ends: false },
  { name: 'beside a modifier letter that Latin shares with Thai', text: 'Oʼ|Brien', starts: false, ends: false },
];
for (const { name, text, starts, ends } of cases) {
  test(`${starts || ends ? 'a' : 'no'} boundary ${name}`, () => {
    const at = text.indexOf('|');
    const boundaries = wordBoundaries(text.replace('|', ''));
    assert.deepEqual({ starts: boundaries.startsAt(at), ends: boundaries.endsAt(at) }, { starts, ends });
  });
}

test('knows the kinds of characters', () => {
  const characters = ['', ' ', '.', 'a', '_', 'é', '7', '٣', '中', 'あ', 'ー', '한', '😀', '𝒳'];
  const kinds = Object.fromEntries(characters.map((character) => [character, characterKind(character)]));
  assert.deepEqual(kinds, {
    '': 'gap',
    ' ': 'gap',
    '.': 'gap',
    a: 'spaced',
    _: 'spaced',
    é: 'spaced',
    7: 'spaced',
    '٣': 'spaced',
    中: 'unspaced',
    あ: 'unspaced',
    ー: 'unspaced',
    한: 'hangul',
    '😀': 'gap',
    𝒳: 'spaced',
  });
});
