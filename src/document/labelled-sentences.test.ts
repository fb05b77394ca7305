import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { labelledSentences } from './labelled-sentences.ts';

const person = (start: number, end: number) => ({ start, end, type: 'person' });

test('each sentence has its mentions, and those that share one stay together', () => {
  const text = 'Ada slept.  It rained. Bob met\n\nEve. She left.';
  assert.deepEqual(labelledSentences({ text, entities: [person(0, 3), person(23, 35), person(32, 35)] }), [
    { text: 'Ada slept.', entities: [person(0, 3)] },
    { text: 'It rained.', entities: [] },
    { text: 'Bob met\n\nEve.', entities: [person(0, 12), person(9, 12)] },
    { text: 'She left.', entities: [] },
  ]);
});

test('no mention is lost or changed', () => {
  const word = fc.constantFrom('Ada', ' ', 'met', '. ', '\n\n', '🎉', 'I');
  const labelled = fc
    .array(word, { minLength: 1, maxLength: 12 })
    .map((words) => words.join(''))
    .chain((text) => {
      const entity = fc.tuple(fc.nat(text.length), fc.nat(text.length)).filter(([start, end]) => start < end);
      return fc.record({
        text: fc.constant(text),
        entities: fc.array(
          entity.map(([start, end]) => person(start, end)),
          { maxLength: 3 },
        ),
      });
    });
  fc.assert(
    fc.property(labelled, ({ text, entities }) => {
      const words = (given: typeof entities, of: string) => given.map(({ start, end }) => of.slice(start, end));
      const kept = labelledSentences({ text, entities }).flatMap((sentence) =>
        words(
          sentence.entities.map((one) => person(one.start, one.end)),
          sentence.text,
        ),
      );
      assert.deepEqual(kept.sort(), words(entities, text).sort());
    }),
  );
});
