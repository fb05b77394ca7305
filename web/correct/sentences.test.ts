import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelledSentences } from './sentences.ts';

const text = 'Ada left Rome. It rained.  Bob stayed in Lund! Who knows? Nobody.';
const at = (words: string, type: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length, type });
const mentions = [at('Ada', 'person'), at('Rome', 'place'), at('Bob', 'person'), at('Lund', 'place')];

test('each sentence of a text has all its mentions, with offsets in the sentence', () => {
  const all = labelledSentences(text, mentions);
  assert.deepEqual(
    all.map(({ labelled }) => labelled.text),
    ['Ada left Rome.', 'It rained.', 'Bob stayed in Lund!', 'Who knows?', 'Nobody.'],
  );
  assert.deepEqual(all[2], {
    start: 27,
    end: 46,
    labelled: {
      text: 'Bob stayed in Lund!',
      entities: [
        { start: 0, end: 3, type: 'person' },
        { start: 14, end: 18, type: 'place' },
      ],
    },
  });
});

test('sentences that share a mention are one', () => {
  const [, , shared] = labelledSentences(text, [at('Lund! Who', 'place')]);
  assert.deepEqual(shared?.labelled, { text: 'Bob stayed in Lund! Who knows?', entities: [{ start: 14, end: 23, type: 'place' }] });
});
