import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomIntegers } from './random.ts';

function drawn(seed: number, count: number): readonly number[] {
  const random = randomIntegers(seed);
  return Array.from({ length: count }, random);
}

test('a seed gives the same numbers everywhere and always', () => {
  assert.deepEqual(drawn(1, 3), [2442144158, 3238099751, 3819917871]);
});

test('other seeds give other numbers', () => {
  const firsts = Array.from({ length: 1000 }, (_, seed) => drawn(seed, 1)[0]);
  assert.equal(new Set(firsts).size, 1000);
});

test('numbers are integers of 32 bits, and each bit is as often 0 as 1', () => {
  const count = 20_000;
  const numbers = drawn(7, count);
  assert.ok(numbers.every((number) => Number.isInteger(number) && number >= 0 && number < 2 ** 32));
  for (let bit = 0; bit < 32; bit++) {
    const ones = numbers.filter((number) => (number >>> bit) & 1).length;
    assert.ok(Math.abs(ones / count - 0.5) < 0.02, `bit ${bit}: ${ones} of ${count}`);
  }
});
