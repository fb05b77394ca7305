import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { bySpan, sameSpan } from '../../src/document/span.ts';
import { corrected, difference, type Edit, type Edits, pending, withEdit } from './edits.ts';

const ada = { start: 0, end: 3, type: 'person', score: 0.9 };
const rome = { start: 8, end: 12, type: 'person', score: 0.4 };
const place = { start: 8, end: 12, type: 'place' };
const found = [ada, rome];
const after = (made: readonly Edit[], given: readonly TypedSpan[] = found): Edits =>
  made.reduce<Edits>((edits, edit) => withEdit(edits, edit, given), []);

test('a mention is added, typed otherwise, or taken away', () => {
  const ship = { start: 4, end: 7, type: 'ship' };
  assert.deepEqual(corrected(found, after([{ from: rome, to: place }, { from: ada }, { to: ship }])), [ship, place]);
});

test('saying what was found is no correction, and takes back one', () => {
  assert.deepEqual(
    after([
      { from: rome, to: place },
      { from: place, to: rome },
    ]),
    [],
  );
  assert.deepEqual(after([{ from: rome }, { to: rome }]), []);
  assert.deepEqual(after([{ to: place }, { from: place }]), []);
});

test('a mention that is moved is one correction, however often it is', () => {
  const [wide, narrow] = [
    { start: 4, end: 12, type: 'person' },
    { start: 7, end: 12, type: 'person' },
  ];
  const edits = after([
    { from: rome, to: wide },
    { from: wide, to: narrow },
  ]);
  assert.deepEqual(edits, [{ from: { start: 8, end: 12, type: 'person' }, to: narrow }]);
  assert.deepEqual(corrected(found, edits), [ada, narrow]);
});

test('of a span with two types, one is corrected and the other stays', () => {
  const both = [rome, place];
  assert.deepEqual(corrected(both, after([{ from: place }], both)), [rome]);
  const ship = { ...place, type: 'ship' };
  assert.deepEqual(corrected(both, after([{ from: place, to: ship }], both)), [rome, ship]);
});

test('a correction that a later run agrees with is none any more; else it holds against what was found', () => {
  const edits = after([{ from: rome, to: place }, { from: ada }]);
  assert.deepEqual(pending(edits, [place]), []);
  assert.equal(pending(edits, found).length, 2);
  assert.deepEqual(corrected([{ ...rome, type: 'ship' }], pending(edits, [{ ...rome, type: 'ship' }])), [place]);
});

test('whatever was corrected in whatever order: the last word holds, and any correction can be undone', () => {
  const span = fc.tuple(fc.nat(5), fc.integer({ min: 1, max: 4 })).map(([start, length]) => ({ start, end: start + length }));
  const said = fc.array(fc.tuple(span, fc.constantFrom('a', 'b', undefined)));
  fc.assert(
    fc.property(said, fc.nat(), (said, undone) => {
      let [edits, now]: [Edits, readonly TypedSpan[]] = [[], found];
      for (const [span, type] of said) {
        const from = now.find((mention) => sameSpan(mention, span));
        const to = type === undefined ? undefined : { ...span, type };
        edits = withEdit(edits, { from, to }, found);
        now = [...now.filter((mention) => mention !== from), ...(to === undefined ? [] : [to])];
        assert.deepEqual(corrected(found, edits).map(bare), now.toSorted(bySpan).map(bare));
      }
      const edit = edits[undone % Math.max(1, edits.length)];
      const left = corrected(
        found,
        edits.filter((other) => other !== edit),
      ).map(bare);
      if (edit?.from !== undefined) assert.ok(left.some((mention) => sameSpan(mention, edit.from as TypedSpan)));
    }),
  );
});

test('a difference makes what is wanted of whatever was found', () => {
  const mention = fc
    .tuple(fc.nat(5), fc.integer({ min: 1, max: 4 }), fc.constantFrom('a', 'b'))
    .map(([start, length, type]) => ({ start, end: start + length, type }));
  const mentions = fc.uniqueArray(mention, { selector: (one) => JSON.stringify(one), maxLength: 6 });
  const inOrder = (all: readonly TypedSpan[]) => all.map((one) => JSON.stringify(bare(one))).sort();
  fc.assert(
    fc.property(mentions, mentions, (found, wanted) => {
      const edits = difference(found, wanted);
      assert.deepEqual(inOrder(corrected(found, edits)), inOrder(wanted));
      const origins = edits.flatMap(({ from }) => (from === undefined ? [] : [JSON.stringify(from)]));
      assert.equal(new Set(origins).size, origins.length);
    }),
  );
  const [wide, narrow] = [
    { start: 4, end: 12, type: 'place' },
    { start: 8, end: 12, type: 'place' },
  ];
  assert.deepEqual(difference([ada, wide], [narrow]), [
    { from: wide, to: narrow },
    { from: bare(ada), to: undefined },
  ]);
});

function bare({ start, end, type }: TypedSpan): TypedSpan {
  return { start, end, type };
}
