import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentencesToSave } from './sentences-to-save.ts';

const text = 'Ada left Rome. It rained.  Bob stayed in Lund! Who knows? Nobody.';
const at = (words: string, type: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length, type });
const mentions = [at('Ada', 'person'), at('Rome', 'place'), at('Bob', 'person'), at('Lund', 'place')];

test('sentences with a correction are kept with all their mentions, others are not', () => {
  assert.deepEqual(sentencesToSave(text, mentions, [{ to: at('Bob', 'person') }]), [
    {
      text: 'Bob stayed in Lund!',
      entities: [
        { start: 0, end: 3, type: 'person' },
        { start: 14, end: 18, type: 'place' },
      ],
    },
  ]);
});

test('a mention that was taken away is a correction of its sentence', () => {
  assert.deepEqual(sentencesToSave(text, [], [{ from: at('rained', 'event') }]), [{ text: 'It rained.', entities: [] }]);
});

test('without corrections all sentences are kept', () => {
  assert.deepEqual(
    sentencesToSave(text, mentions, []).map(({ text }) => text),
    ['Ada left Rome.', 'It rained.', 'Bob stayed in Lund!', 'Who knows?', 'Nobody.'],
  );
});

test('sentences that share a mention are kept as one', () => {
  const across = at('Lund! Who', 'place');
  assert.deepEqual(sentencesToSave(text, [across], [{ to: across }]), [
    { text: 'Bob stayed in Lund! Who knows?', entities: [{ start: 14, end: 23, type: 'place' }] },
  ]);
});
