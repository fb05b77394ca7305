import type { Token } from 'node-llama-cpp';
import type { Decoder, Ranking } from './branching-sequence.ts';

/** One of several token sequences, and how probable each was among them. */
export interface Chosen {
  readonly index: number;
  /**
   * Of each choice, in [0, 1]; they sum to 1. Choices that share a token share its probability evenly if it was not taken, since only
   * what was taken is looked into.
   */
  readonly probabilities: readonly number[];
}

/** What is to be chosen from. */
interface Question {
  /** No choice may be the beginning of another; end each with the token that follows it. */
  readonly choices: readonly (readonly Token[])[];
  /** Factors of the choices' odds, one a choice; default 1 each. A factor counts where its choice parts from all others. */
  readonly odds?: readonly number[];
}

/**
 * The most probable of several closed answers, walked down as a tree: at each fork the fork's tokens share the probability
 * anew, and the likeliest is taken.
 * @param pending - tokens to be fed before the first choice.
 * @returns the choice; its tokens have been fed but for those since the last fork, which are left in `pending`.
 */
export async function choose(
  decoder: Decoder,
  pending: readonly Token[],
  { choices, odds = [] }: Question,
): Promise<Chosen & { readonly pending: readonly Token[] }> {
  let open = choices.map((_, index) => index);
  const probabilities = choices.map(() => 0);
  let reached = 1;
  let unfed = [...pending];
  for (let depth = 0; ; depth++) {
    const forks = new Map<Token, number[]>();
    for (const index of open) {
      const token = choices[index]?.[depth];
      if (token !== undefined) forks.set(token, [...(forks.get(token) ?? []), index]);
    }
    const [first] = forks;
    if (first === undefined) break;
    if (forks.size === 1) {
      unfed = [...unfed, first[0]];
      continue;
    }
    const shares = sharesOf(forks, await ranked(decoder, unfed, forks), odds);
    const taken = shares.reduce((a, b) => (b.share > a.share ? b : a));
    for (const { share, indices } of shares) for (const index of indices) probabilities[index] = (reached * share) / indices.length;
    reached *= taken.share;
    unfed = [taken.token];
    open = taken.indices;
  }
  const [index] = open;
  if (index === undefined) throw new RangeError('There is nothing to choose from.');
  probabilities[index] = reached;
  return { index, probabilities, pending: unfed };
}

/** A ranking that has every fork. */
async function ranked(decoder: Decoder, unfed: readonly Token[], forks: ReadonlyMap<Token, unknown>): Promise<Ranking> {
  const likeliest = await decoder.likeliest(unfed);
  return [...forks.keys()].every((token) => likeliest.has(token)) ? likeliest : decoder.all();
}

interface Share {
  readonly token: Token;
  readonly indices: number[];
  /** Of the probability of all forks, in [0, 1]. */
  readonly share: number;
}

function sharesOf(forks: ReadonlyMap<Token, number[]>, ranking: Ranking, odds: readonly number[]): readonly Share[] {
  const factor = ([index = 0, ...others]: readonly number[]) => (others.length === 0 ? (odds[index] ?? 1) : 1);
  const weighed = [...forks].map(([token, indices]) => ({ token, indices, weight: (ranking.get(token) ?? 0) * factor(indices) }));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  return weighed.map(({ weight, ...fork }) => ({ ...fork, share: total > 0 ? weight / total : 1 / weighed.length }));
}
