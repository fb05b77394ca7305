import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LabelledSentence } from '../../document/labelled.ts';
import { scoredGold, strangersNote } from './gold.ts';

const sentence = (...types: readonly string[]): LabelledSentence => ({
  id: 's',
  text: 'Ada',
  entities: types.map((type) => ({ start: 0, end: 3, type })),
});

describe('the gold that is scored', () => {
  test('is of the types that are asked for, and a note counts the rest', () => {
    const { data, notes } = scoredGold([sentence('person', 'law'), sentence('date', 'law')], [{ name: 'person' }]);
    assert.deepEqual(data, [sentence('person'), sentence()]);
    assert.deepEqual(notes, ['Not scored: 3 gold mentions of types that --types does not name: law, date.']);
  });

  test('needs no note where all of it counts', () => {
    assert.deepEqual(scoredGold([sentence('person')], [{ name: 'person' }]), { data: [sentence('person')], notes: [] });
  });

  test('may be none, which is told', () => {
    assert.match(scoredGold([sentence()], [{ name: 'person' }]).notes.join('\n'), /^No sentence that is scored has a gold mention: /);
    assert.equal(scoredGold([sentence('law')], [{ name: 'person' }]).notes.length, 2);
  });
});

describe('pool and data', () => {
  const many = Array.from({ length: 12 }, (_, index) => `t${index}`);
  const cases: Record<string, readonly [pool: readonly string[], data: readonly string[], note: RegExp | undefined]> = {
    'with a type in common': [['person', 'law'], ['law'], undefined],
    'without labels on one side': [[], ['law'], undefined],
    'with none in common': [
      ['PER'],
      ['person', 'law'],
      /^Pool and data have no type in common: PER in the pool, person, law in the data\.$/,
    ],
    'with many types': [many, ['person'], /: t0, .*, t9 and 2 more in the pool/],
  };
  for (const [name, [pool, data, note]] of Object.entries(cases)) {
    test(name, () => {
      const found = strangersNote(pool, data);
      if (note === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', note);
    });
  }
});
