import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from './normalization.ts';

const equal: readonly (readonly [name: string, a: string, b: string])[] = [
  ['composed and decomposed letters', 'Café', 'Cafe\u0301'],
  ['composed and decomposed Hangul', '서울', '서울'.normalize('NFD')],
  ['half and full width', 'ABC ガ', 'ＡＢＣ ｶﾞ'],
  ['ligatures', 'office', 'oﬃce'],
  ['case', 'NATO', 'nato'],
  ['a case that changes the length', 'Straße', 'STRASSE'],
  ['the forms of sigma', 'ΟΔΟΣ', 'οδος'],
  ['the dotted capital I', 'İstanbul', 'istanbul'],
  ['the dotless i', 'Diyarbakır', 'Diyarbakir'],
  ['single quotes', "O'Brien", 'O’Brien'],
  ['double quotes', '"x"', '“x”'],
  ['dashes', 'Jong-un', 'Jong–un'],
  ['runs of white space', 'New York', 'New\r\n \u00a0York'],
  ['white space beside punctuation', "Merkel's", "Merkel 's"],
  ['white space in scripts without it', '北京', '北\n京'],
  ['white space at the ends', 'Rome', '\n Rome '],
  ['soft hyphens and marks of direction', 'Berlin', '\u200fBer\u00adlin\u200e'],
  ['variation selectors', '❤', '❤\ufe0f'],
];
for (const [name, a, b] of equal) test(`makes no difference of ${name}`, () => assert.equal(normalize(a).text, normalize(b).text));

const different: readonly (readonly [name: string, a: string, b: string])[] = [
  ['letters with and without marks', 'resume', 'résumé'],
  ['one word and two', 'therapist', 'the rapist'],
  ['single and double quotes', "'x'", '"x"'],
];
for (const [name, a, b] of different) test(`keeps apart ${name}`, () => assert.notEqual(normalize(a).text, normalize(b).text));

const mapped: readonly { name: string; text: string; sought: string; original: string | undefined }[] = [
  { name: 'after a letter that grows', text: 'İİ Rome', sought: 'rome', original: 'Rome' },
  { name: 'with a letter that grows', text: 'die Straße ist', sought: 'strasse', original: 'Straße' },
  { name: 'with a letter that shrinks', text: 'un Cafe\u0301 la', sought: 'café', original: 'Cafe\u0301' },
  { name: 'over a line break', text: 'in New\n  York.', sought: 'new york', original: 'New\n  York' },
  { name: 'without the invisible characters around it', text: '\u200fRome\u200f', sought: 'rome', original: 'Rome' },
  { name: 'not for a part of an expansion', text: 'die Straße', sought: 'stras', original: undefined },
];
for (const { name, text, sought, original } of mapped) {
  test(`maps back ${name}`, () => {
    const normalized = normalize(text);
    const at = normalized.text.indexOf(sought);
    assert.notEqual(at, -1);
    const span = normalized.original(at, at + sought.length);
    assert.equal(span && text.slice(span.start, span.end), original);
  });
}

test('maps nothing back for an empty span or one outside', () => {
  const normalized = normalize('Rome');
  for (const [start, end] of [
    [0, 0],
    [3, 2],
    [0, 5],
    [-1, 2],
    [4, 4],
  ] as const)
    assert.equal(normalized.original(start, end), undefined);
});

test('maps back to spans in bounds that normalise to the same', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('a', 'B', ' ', '\n', '\u0301', 'İ', 'ß', '½', '中', '\u200d', '-', '\ud800'),
  );
  fc.assert(
    fc.property(fc.string({ unit }), fc.nat(), fc.nat(), (text, from, length) => {
      const normalized = normalize(text);
      const start = from % (normalized.text.length + 1);
      const end = start + (length % (normalized.text.length + 1));
      const span = normalized.original(start, end);
      if (span === undefined) return;
      assert.ok(span.start >= 0 && span.start < span.end && span.end <= text.length);
      assert.equal(normalize(text.slice(span.start, span.end)).text, normalized.text.slice(start, end));
    }),
  );
});
