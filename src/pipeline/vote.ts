import { none } from '../document/entity-type.ts';
import type { Vote } from '../document/mention.ts';

/** One choice of a ballot with what spoke for it. */
export interface Tally {
  readonly choice: string;
  readonly votes: number;
  /** Summed weights of those who chose it. */
  readonly weight: number;
}

/**
 * Counts votes by choice, the winner first: most votes; of equals the greater summed weight; of equals again the choice of the
 * member that comes first in the ensemble.
 * @param votes - in the order of the ensemble.
 * @param weightOf - the weight of a member; 1 for each by default.
 * Deviation: the paper's tie rule is not known.
 */
export function tally(votes: readonly Vote[], weightOf: (modelId: string) => number = () => 1): readonly Tally[] {
  const counts = new Map<string, Tally>();
  for (const { choice, modelId } of votes) {
    const counted = counts.get(choice) ?? { choice, votes: 0, weight: 0 };
    counts.set(choice, { choice, votes: counted.votes + 1, weight: counted.weight + weightOf(modelId) });
  }
  // Array.prototype.sort is stable, so that equals stay in the order of their first vote.
  return [...counts.values()].sort((a, b) => b.votes - a.votes || b.weight - a.weight);
}

/** The type that most voted for after `type`, or `undefined` if nobody chose another type. */
export function runnerUp(votes: readonly Vote[], type: string, weightOf?: (modelId: string) => number): string | undefined {
  return tally(votes, weightOf).find(({ choice }) => choice !== type && choice !== none)?.choice;
}
