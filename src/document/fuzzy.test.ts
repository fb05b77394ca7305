import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzyIndex, isMisspelling } from './fuzzy.ts';

const misspellings: readonly (readonly [name: string, a: string, b: string])[] = [
  ['a letter left out', 'barack', 'barak'],
  ['a letter replaced', 'erdogan', 'erdoğan'],
  ['two letters swapped', 'michael', 'micheal'],
  ['a doubled letter halved', 'schwarzenegger', 'schwarzeneger'],
];
for (const [name, a, b] of misspellings) {
  test(`takes for a misspelling: ${name}`, () => {
    assert.equal(isMisspelling(a, b), true);
    assert.equal(isMisspelling(b, a), true);
  });
}

const others: readonly (readonly [name: string, a: string, b: string])[] = [
  ['the same word', 'barack', 'barack'],
  ['a word inside another', 'merkels', 'merkel'],
  ['a word inside another that begins and ends alike', 'aaaaaa', 'aaaaaaa'],
  ['short words', 'john', 'joan'],
  ['another last letter', 'austria', 'austrian'],
  ['another first letter', 'nigeria', 'migeria'],
  ['two edits', 'slovakia', 'slovenia'],
  ['another digit', 'abc1234', 'abc1334'],
  ['another Han character', '第二次世界大战', '第一次世界大战'],
  ['another syllable', '국민건강보험공단', '국민건상보험공단'],
];
for (const [name, a, b] of others) {
  test(`takes for no misspelling: ${name}`, () => {
    assert.equal(isMisspelling(a, b), false);
    assert.equal(isMisspelling(b, a), false);
  });
}

const searches: readonly { name: string; text: string; string: string; found: readonly string[] }[] = [
  { name: 'every place', text: 'barak obama met barrack obama', string: 'barack obama', found: ['barak obama', 'barrack obama'] },
  {
    name: 'a name with more words misspelt',
    text: 'for barak hussain obama today',
    string: 'barack hussein obama',
    found: ['barak hussain obama'],
  },
  { name: 'a hyphen for a space', text: 'the jean-paul of it', string: 'jean paul', found: ['jean-paul'] },
  { name: 'at the ends of the text', text: 'barak', string: 'barack', found: ['barak'] },
  { name: 'not over other punctuation', text: 'berlin.london', string: 'berlin london', found: [] },
  { name: 'not another numeral', text: 'world war ii', string: 'world war i', found: [] },
  { name: 'not another letter that stands alone', text: 'hepatitis c', string: 'hepatitis b', found: [] },
  { name: 'not another number', text: 'boeing 747', string: 'boeing 737', found: [] },
  { name: 'not fewer words', text: 'president obama', string: 'president barack obama', found: [] },
  { name: 'not past the end of the text', text: 'visit barak', string: 'barack obama', found: [] },
  { name: 'not past its start', text: 'obamas visit', string: 'barack obamas', found: [] },
  { name: 'not short strings', text: 'a b', string: 'a-b', found: [] },
  { name: 'not strings with symbols at the end', text: 'objective c', string: 'objective c++', found: [] },
  { name: 'not for an empty string', text: 'obama', string: '', found: [] },
];
for (const { name, text, string, found } of searches) {
  test(`finds ${name}`, () => {
    assert.deepEqual(
      fuzzyIndex(text)(string).map(({ start, end }) => text.slice(start, end)),
      found,
    );
  });
}
