import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted } from './counted.ts';

for (const [count, expected] of [
  [0, '0 calls'],
  [1, '1 call'],
  [2, '2 calls'],
  [12_345, '12,345 calls'],
] as const) {
  test(expected, () => assert.equal(counted(count, 'call'), expected));
}
