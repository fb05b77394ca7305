/** How many of some fair coins fall on heads: a random bit each. */
export function heads(coins: number, random: () => number): number {
  let sum = 0;
  for (let left = coins; left > 0; left -= 32) sum += ones(left >= 32 ? random() : random() >>> (32 - left));
  return sum;
}

/**
 * How many of some coins fall on heads whose probability of heads is `part / whole`, exactly. Each coin draws a number in [0, 1) digit by
 * digit in base two, and is on heads if that is below the probability; its first digit that differs from the probability's tells, which
 * takes two digits on average, and the digits of all coins are drawn together.
 * @param part - an integer from 0 to `whole`, which is at most 2^52.
 */
export function biasedHeads(coins: number, part: number, whole: number, random: () => number): number {
  if (part === whole) return coins;
  let sum = 0;
  let undecided = coins;
  for (let rest = 2 * part; undecided > 0 && rest > 0; rest *= 2) {
    const drawnOnes = heads(undecided, random);
    if (rest >= whole) {
      rest -= whole;
      sum += undecided - drawnOnes;
      undecided = drawnOnes;
    } else {
      undecided -= drawnOnes;
    }
  }
  return sum;
}

/** The number of ones among the 32 bits of an integer: of pairs, of fours, of bytes, and of all. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
