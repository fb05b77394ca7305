import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idfSpanWeigher } from './idf-weights.ts';

const weigh = idfSpanWeigher(['The fever fell.', 'The fever rose, the fever fell.', 'Anna saw the sea.']);

function weightOf(text: string): number | undefined {
  return weigh(`so ${text} now`, [{ start: 3, end: 3 + text.length }])[0];
}

const cases = [
  { name: 'a word of every sentence', text: 'THE', expected: Math.log(2) },
  { name: 'sentences count, not occurrences', text: 'fever', expected: Math.log(1 + 4 / 3) },
  { name: 'a word of one sentence', text: 'Anna', expected: Math.log(3) },
  { name: 'an unseen word', text: 'Berlin', expected: Math.log(5) },
  { name: 'the rarest word counts', text: 'the fever of Berlin', expected: Math.log(5) },
  { name: 'a span without words', text: '…', expected: 0 },
];

for (const { name, text, expected } of cases) {
  test(`idf: ${name}`, () => assert.equal(weightOf(text), expected));
}

test('weights are finite, at least 0, and none is above that of an unseen word', () => {
  const sentence = fc.array(fc.constantFrom('a', 'b', 'c', '東京', '.')).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(sentence), sentence, (texts, words) => {
      const text = `${words} unseen`;
      const spans = Array.from({ length: text.length }, (_, start) => ({ start, end: text.length }));
      const weights = idfSpanWeigher(texts)(text, spans);
      assert.equal(weights.length, spans.length);
      const [highest] = idfSpanWeigher(texts)('unseen', [{ start: 0, end: 6 }]);
      for (const weight of weights) assert.ok(weight >= 0 && weight <= (highest ?? 0));
    }),
  );
});
