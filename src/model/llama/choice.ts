import type { Token } from 'node-llama-cpp';
import type { Decoder, Ranking } from './branching-sequence.ts';

/** One of several token sequences, and how probable it was among them. */
export interface Chosen {
  readonly index: number;
  /** In [0, 1]; the probabilities of all choices sum to 1. */
  readonly probability: number;
}

/**
 * The most probable of several closed answers, walked down as a tree: at each fork the fork's tokens share the probability
 * anew, and the likeliest is taken. No choice may be the beginning of another; end each with the token that follows it.
 * @param pending - tokens to be fed before the first choice.
 * @returns the choice; its tokens have been fed but for those since the last fork, which are left in `pending`.
 */
export async function choose(
  decoder: Decoder,
  pending: readonly Token[],
  choices: readonly (readonly Token[])[],
): Promise<Chosen & { readonly pending: readonly Token[] }> {
  let open = choices.map((_, index) => index);
  let probability = 1;
  let unfed = [...pending];
  for (let depth = 0; ; depth++) {
    const forks = new Map<Token, number[]>();
    for (const index of open) {
      const token = choices[index]?.[depth];
      if (token !== undefined) forks.set(token, [...(forks.get(token) ?? []), index]);
    }
    const [first] = forks;
    if (first === undefined) break;
    const [taken, share] = forks.size === 1 ? [first[0], 1] : likeliest(await ranked(decoder, unfed, forks), forks);
    unfed = forks.size === 1 ? [...unfed, taken] : [taken];
    probability *= share;
    open = forks.get(taken) ?? [];
  }
  const [index] = open;
  if (index === undefined) throw new RangeError('There is nothing to choose from.');
  return { index, probability, pending: unfed };
}

/** A ranking that has every fork. */
async function ranked(decoder: Decoder, unfed: readonly Token[], forks: ReadonlyMap<Token, unknown>): Promise<Ranking> {
  const likeliest = await decoder.likeliest(unfed);
  return [...forks.keys()].every((token) => likeliest.has(token)) ? likeliest : decoder.all();
}

/** The fork with the highest probability, the earlier choice at equality, and its share of all forks' probability. */
function likeliest(ranking: Ranking, forks: ReadonlyMap<Token, readonly number[]>): [Token, number] {
  const ranked = [...forks.keys()].map((token): [Token, number] => [token, ranking.get(token) ?? 0]);
  const total = ranked.reduce((sum, [, probability]) => sum + probability, 0);
  const best = ranked.reduce((a, b) => (b[1] > a[1] ? b : a));
  return [best[0], total > 0 ? best[1] / total : 1 / ranked.length];
}
