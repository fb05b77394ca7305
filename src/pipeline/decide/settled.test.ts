import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRange } from './settled.ts';

const fates = (count: number, isChanged: (at: number) => boolean) =>
  Array.from({ length: count }, (_, at) => ({ score: at, isChanged: isChanged(at) }));

test('spans are open among those that were changed', () => {
  assert.deepEqual(openRange(fates(300, (at) => at >= 140 && at < 150)), { from: 140, to: 149 });
});

test('one change in a hundred is borne, and none in fewer', () => {
  assert.equal(openRange(fates(400, (at) => at < 300 || at === 350)).to, 300);
  assert.equal(openRange(fates(400, (at) => at < 302)).to, Number.POSITIVE_INFINITY);
});

test('a few spans show nothing', () => {
  assert.deepEqual(openRange(fates(99, () => false)), { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
});

test('where nothing was changed nobody is asked', () => {
  const { from, to } = openRange(fates(100, () => false));
  assert.ok(from >= to);
});
