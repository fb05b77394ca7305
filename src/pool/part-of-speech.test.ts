import assert from 'node:assert/strict';
import { test } from 'node:test';
import { englishSpanWeigher } from './part-of-speech.ts';

const weigh = await englishSpanWeigher({ properNoun: 4, noun: 2, pronoun: 1, other: 0 });

function weightsOf(text: string, ...surfaces: string[]): readonly number[] {
  return weigh(
    text,
    surfaces.map((surface) => ({ start: text.indexOf(surface), end: text.indexOf(surface) + surface.length })),
  );
}

const cases = [
  { name: 'names, verbs and places', text: 'Barack Obama met Angela Merkel in Berlin.', spans: { 'Barack Obama': 4, met: 0, Berlin: 4 } },
  { name: 'pronouns, nouns and adjectives', text: 'He bought a new phone from them.', spans: { He: 1, phone: 2, new: 0 } },
  { name: 'the head stands before the preposition', text: 'She works for the Bank of America today.', spans: { 'Bank of America': 4 } },
  { name: 'other scripts weigh as nouns', text: 'We met in 東京 and Москва.', spans: { 東京: 2, Москва: 2 } },
];

for (const { name, text, spans } of cases) {
  test(`part of speech: ${name}`, () => assert.deepEqual(weightsOf(text, ...Object.keys(spans)), Object.values(spans)));
}

test('a span of nothing that the tagger knows weighs as other', () => {
  assert.deepEqual(weigh('  ', [{ start: 0, end: 2 }]), [0]);
  assert.deepEqual(weigh('no spans', []), []);
});

test('weighers may be made as often as wanted', async () => {
  for (let count = 0; count < 12; count++) await englishSpanWeigher();
  assert.deepEqual((await englishSpanWeigher())('Berlin is cold.', [{ start: 0, end: 6 }]), [4]);
});
