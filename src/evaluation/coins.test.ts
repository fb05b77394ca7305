import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomIntegers } from '../random.ts';
import { biasedHeads, heads } from './coins.ts';

/** The probabilities of 0, 1, … heads. */
function binomial(coins: number, probability: number): readonly number[] {
  let shares = [1];
  for (let coin = 0; coin < coins; coin++) {
    const before = shares;
    shares = [...before, 0].map((share, count) => share * (1 - probability) + (before[count - 1] ?? 0) * probability);
  }
  return shares;
}

const cases: readonly { readonly coins: number; readonly part: number; readonly whole: number }[] = [
  { coins: 1, part: 2, whole: 7 },
  { coins: 3, part: 1, whole: 2 },
  { coins: 5, part: 999, whole: 1000 },
  { coins: 40, part: 1, whole: 3 },
  { coins: 70, part: 30_001, whole: 50_000 },
];

describe('numbers of heads have the binomial distribution', () => {
  const draws = 40_000;
  const check = (coins: number, probability: number, draw: () => number) => {
    const counts = new Array<number>(coins + 1).fill(0);
    for (let index = 0; index < draws; index++) {
      const drawn = draw();
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    assert.equal(counts.length, coins + 1);
    for (const [count, share] of binomial(coins, probability).entries()) {
      const tolerance = 5 * Math.sqrt((share * (1 - share)) / draws) + 2 / draws;
      const drawn = (counts[count] ?? 0) / draws;
      assert.ok(Math.abs(drawn - share) <= tolerance, `${count} of ${coins}: ${drawn}, expected about ${share}`);
    }
  };
  for (const { coins, part, whole } of cases) {
    const random = randomIntegers(5);
    test(`of ${coins} with ${part} of ${whole}`, () => check(coins, part / whole, () => biasedHeads(coins, part, whole, random)));
  }
  for (const coins of [1, 31, 32, 33]) {
    const random = randomIntegers(6);
    test(`of ${coins} fair ones`, () => check(coins, 0.5, () => heads(coins, random)));
  }
});

test('what is certain needs no draw', () => {
  const random = () => assert.fail('a number was drawn');
  assert.equal(heads(0, random), 0);
  assert.equal(biasedHeads(0, 1, 2, random), 0);
  assert.equal(biasedHeads(9, 0, 4, random), 0);
  assert.equal(biasedHeads(9, 4, 4, random), 9);
});
