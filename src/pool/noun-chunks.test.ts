import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wordBoundaries } from '../document/boundaries.ts';
import { nounChunker } from './noun-chunks.ts';

const chunks = await nounChunker();

const cases = [
  { name: 'noun phrases, without the determiner', text: 'The old man saw a rusty red boat.', spans: ['old man', 'rusty red boat'] },
  { name: 'names and pronouns', text: 'Barack Obama met her in New York.', spans: ['Barack Obama', 'her', 'New York'] },
  {
    name: 'a possessive pronoun is a determiner, a relative one is nothing',
    text: 'He who met her wife saw his dog.',
    spans: ['He', 'wife', 'dog'],
  },
  { name: 'a phrase goes on over the possessive of a name', text: "She has Parkinson's disease.", spans: ['She', "Parkinson's disease"] },
  { name: 'also in text in tokens', text: "She has Parkinson ' s disease .", spans: ['She', "Parkinson ' s disease"] },
  { name: 'the possessive of another noun ends it', text: 'We saw the duke’s castle.', spans: ['We', 'duke', 'castle'] },
  {
    name: 'names end where other nouns begin, and back',
    text: 'A Pepsi truck hit my wife Anna.',
    spans: ['Pepsi', 'truck', 'wife', 'Anna'],
  },
  {
    name: 'names are joined',
    text: 'She left the Bank of America for Johnson & Johnson.',
    spans: ['She', 'Bank of America', 'Johnson & Johnson'],
  },
  { name: 'joints that join no names', text: 'The king of spades saw a lion in its den.', spans: ['king', 'spades', 'lion', 'den'] },
  { name: 'capitalised words of any kind', text: 'They watched Finding Nemo and Frozen.', spans: ['They', 'Finding Nemo', 'Frozen'] },
  { name: 'hashtags and handles stand alone', text: 'Love #SXSW with @anna_b in Austin', spans: ['Love', '#SXSW', '@anna_b', 'Austin'] },
  { name: 'numbers only as parts of phrases', text: 'He took 10 mg aspirin in 2012.', spans: ['He', '10 mg aspirin'] },
  {
    name: 'compounds',
    text: 'We measured IL-2 and TNF-α in a sample of alpha-synuclein.',
    spans: ['We', 'IL-2', 'TNF-α', 'sample', 'alpha-synuclein'],
  },
  { name: 'words that belong to no phrase', text: "They don't go, and can't run.", spans: ['They'] },
  { name: 'days are no names', text: 'See the Rangers tonight', spans: ['Rangers'] },
  { name: 'capitals that are no pronouns', text: 'He joined the US Army.', spans: ['He', 'US Army'] },
  { name: 'a phrase ends with its line', text: 'Bank\nAmerica', spans: ['Bank', 'America'] },
  {
    name: 'other scripts: words, capitalised ones together',
    text: 'Анна Иванова живёт в Москве.',
    spans: ['Анна Иванова', 'живёт', 'Москве'],
  },
  { name: 'scripts without spaces: words without particles', text: '東京は大阪より大きい', spans: ['東京', '大阪', '大きい'] },
  { name: 'scripts side by side', text: 'We met in 東京 near Tokyo Tower.', spans: ['We', '東京', 'Tokyo Tower'] },
  { name: 'nothing', text: ' … 😀 ', spans: [] },
];

for (const { name, text, spans } of cases) {
  test(`noun chunks: ${name}`, () =>
    assert.deepEqual(
      chunks(text).map(({ start, end }) => text.slice(start, end)),
      spans,
    ));
}

const pieces = [
  'the ',
  'Bank',
  ' of ',
  'America',
  "'s ",
  "n't",
  '-',
  ' ',
  '\n',
  '#tag',
  '@',
  'Anna_B',
  '東京',
  'は',
  'Москва',
  'β',
  'e\u0301',
  '😀',
  '10',
  'mg',
  '&',
  'her ',
  'http://a.b',
  '.',
  '\u200d',
  'can',
  '’',
  's',
];

test('chunks lie in the text at boundaries of words, in order, apart, and without white space at their ends', () => {
  const text = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      const { startsAt, endsAt } = wordBoundaries(text);
      let last = 0;
      for (const { start, end } of chunks(text)) {
        assert.ok(last <= start && start < end && end <= text.length);
        assert.ok(startsAt(start) && endsAt(end));
        assert.equal(text.slice(start, end).trim(), text.slice(start, end));
        last = end;
      }
    }),
    { numRuns: 500 },
  );
});
