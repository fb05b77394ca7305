/**
 * A reproducible stream of random integers in [0, 2^32): xoshiro128** of Blackman and Vigna, its state made from the seed by a
 * splitmix of 32 bits. One seed gives the same numbers on every machine. Not for secrets.
 * @param seed - its lowest 32 bits count.
 * @see https://prng.di.unimi.it
 */
export function randomIntegers(seed: number): () => number {
  let mixed = seed;
  function scramble(): number {
    mixed = (mixed + 0x9e3779b9) | 0;
    let word = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  }
  // Four different words of a bijection, so that not all of them are 0, which the generator would never leave.
  let [a, b, c, d] = [scramble(), scramble(), scramble(), scramble()];
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotated(d, 11);
    return result;
  };
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
