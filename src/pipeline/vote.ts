import { none } from '../document/entity-type.ts';
import type { Vote } from '../document/mention.ts';

/** The names of all {@link Voting}. */
export const votings = ['soft', 'hard'] as const;

/**
 * How votes are counted: `hard`, where each counts for its choice alone (the paper's way), or `soft`, where each is shared among the choices
 * by the member's probabilities, as far as these are known.
 */
export type Voting = (typeof votings)[number];

/** What a count depends on besides the votes. */
export interface Counting {
  readonly voting: Voting;
  /** The weight of a member. */
  readonly weightOf: (modelId: string) => number;
}

/** One choice of a ballot with what spoke for it. */
export interface Tally {
  readonly choice: string;
  readonly votes: number;
  /** Summed weights of those who chose it; in a soft vote each by its probability of the choice. */
  readonly weight: number;
}

/**
 * Counts votes by choice, the winner first. Hard: most votes; of equals the greater summed weight. Soft: the greater summed weight, a
 * member's weight being shared by its probabilities. Of equals the choice of the member that comes first in the ensemble.
 * @param votes - in the order of the ensemble.
 * Deviation: the paper's tie rule is not known, and its votes are hard.
 */
export function tally(votes: readonly Vote[], { voting, weightOf }: Counting): readonly Tally[] {
  const counts = new Map<string, Tally>();
  const count = (choice: string, votes: number, weight: number) => {
    const counted = counts.get(choice) ?? { choice, votes: 0, weight: 0 };
    counts.set(choice, { choice, votes: counted.votes + votes, weight: counted.weight + weight });
  };
  for (const { choice, modelId, probabilities } of votes) {
    const isShared = voting === 'soft' && probabilities !== undefined;
    count(choice, 1, weightOf(modelId) * (isShared ? (probabilities[choice] ?? 0) : 1));
    if (!isShared) continue;
    for (const [other, share = 0] of Object.entries(probabilities)) if (other !== choice) count(other, 0, weightOf(modelId) * share);
  }
  // Array.prototype.sort is stable, so that equals stay in the order of their first vote.
  return [...counts.values()].sort((a, b) => (voting === 'soft' ? b.weight - a.weight : b.votes - a.votes || b.weight - a.weight));
}

/** The best type after `type` among those that somebody chose, or `undefined` if nobody chose another. */
export function runnerUp(votes: readonly Vote[], type: string, counting: Counting): string | undefined {
  return tally(votes, counting).find((counted) => counted.votes > 0 && counted.choice !== type && counted.choice !== none)?.choice;
}
