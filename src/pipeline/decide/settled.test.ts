import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openRange } from './settled.ts';

const fates = (count: number, isKept: (at: number) => boolean) =>
  Array.from({ length: count }, (_, at) => ({ score: at, isKept: isKept(at) }));

test('spans are open between those that were always dropped and those that were always kept', () => {
  const { from, to } = openRange(fates(100, (at) => at >= 50 || at === 40));
  assert.deepEqual([from, to], [39, 50]);
});

test('one change in a hundred is borne, and none in fewer', () => {
  assert.equal(openRange(fates(400, (at) => at >= 300 && at !== 350)).to, 300);
  assert.equal(openRange(fates(400, (at) => at >= 350 && at !== 360)).to, 361);
});

test('a few spans show nothing', () => {
  assert.deepEqual(openRange(fates(29, () => true)), { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY });
});
