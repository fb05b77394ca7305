import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { corrected, type Edits, pending, withEdit, withMoved } from './edits.ts';

const ada = { start: 0, end: 3, type: 'person', score: 0.9 };
const rome = { start: 8, end: 12, type: 'person', score: 0.4 };
const found = [ada, rome];

test('a mention is added, typed otherwise, or taken away', () => {
  let edits: Edits = withEdit([], { start: 8, end: 12, type: 'place' }, found);
  edits = withEdit(edits, { start: 0, end: 3, type: undefined }, found);
  edits = withEdit(edits, { start: 4, end: 7, type: 'ship' }, found);
  assert.deepEqual(corrected(found, edits), [
    { start: 4, end: 7, type: 'ship' },
    { start: 8, end: 12, type: 'place' },
  ]);
});

test('saying what was found is no correction, and takes back one', () => {
  const edits = withEdit([], { start: 8, end: 12, type: 'place' }, found);
  assert.deepEqual(withEdit(edits, { start: 8, end: 12, type: 'person' }, found), []);
  assert.deepEqual(withEdit([], { start: 1, end: 2, type: undefined }, found), []);
});

test('what is moved is where it was put, once', () => {
  const edits = withMoved([], { from: rome, to: { start: 4, end: 12 }, type: 'place' }, found);
  const further = withMoved(edits, { from: { start: 4, end: 12 }, to: { start: 7, end: 12 }, type: 'place' }, found);
  assert.deepEqual(corrected(found, further), [ada, { start: 7, end: 12, type: 'place' }]);
});

test('a correction that a later run agrees with is none any more', () => {
  const edits: Edits = [
    { start: 8, end: 12, type: 'place' },
    { start: 0, end: 3, type: undefined },
  ];
  assert.deepEqual(pending(edits, [{ ...rome, type: 'place' }]), []);
  assert.equal(pending(edits, found).length, 2);
});

test('whatever was corrected in whatever order: the last word on each span holds, and no span has two types', () => {
  const span = fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 4 })).map(([start, length]) => ({ start, end: start + length }));
  const type = fc.constantFrom('a', 'b', undefined);
  fc.assert(
    fc.property(fc.array(fc.tuple(span, type)), (said) => {
      const edits = said.reduce<Edits>((edits, [span, type]) => withEdit(edits, { ...span, type }, found), []);
      const now = new Map(corrected(found, edits).map(({ start, end, type }) => [`${start}:${end}`, type]));
      assert.equal(now.size, corrected(found, edits).length);
      for (const [{ start, end }, type] of new Map(
        said.map(([span, type]) => [`${span.start}:${span.end}`, [span, type] as const]),
      ).values()) {
        assert.equal(now.get(`${start}:${end}`), type);
      }
    }),
  );
});
