import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterStarts } from './graphemes.ts';

const cases: readonly { name: string; text: string; at: number; start: number }[] = [
  { name: 'the end of the text', text: 'ab', at: 2, start: 2 },
  { name: 'between two letters', text: 'ab', at: 1, start: 1 },
  { name: 'before a combining mark', text: 'ae\u0301', at: 2, start: 1 },
  { name: 'inside a surrogate pair', text: 'a😀', at: 2, start: 1 },
  { name: 'inside a ZWJ emoji', text: '👩‍👧x', at: 3, start: 0 },
  { name: 'between two flags', text: '🇩🇪🇫🇷', at: 4, start: 4 },
  { name: 'inside the second flag', text: '🇩🇪🇫🇷', at: 6, start: 4 },
  { name: 'inside a CR LF', text: 'a\r\nb', at: 2, start: 1 },
];
for (const { name, text, at, start } of cases) {
  test(`finds the start of the cluster: ${name}`, () => assert.equal(clusterStarts(text)(at), start));
}

test('agrees with a walk over all clusters', () => {
  const unit = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('e', '\u0301', '\r', '\n', '\u200d', '👩', '🇩', '🇪'),
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const clusterStart = clusterStarts(text);
      for (const { segment, index } of new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text)) {
        for (let at = index; at < index + segment.length; at++) assert.equal(clusterStart(at), index);
      }
    }),
  );
});
