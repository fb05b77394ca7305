import { Matrix } from 'ml-matrix';
import { none } from '../../document/entity-type.ts';
import type { Vote } from '../../document/mention.ts';
import type { ObservedSentence } from '../observation.ts';
import { maximize, type Slope } from './newton.ts';

/** Below this, how unlikely a member finds a type does not matter any more: nobody is so sure that the others could not be right. */
const leastShare = 0.01;

/** The strength with which members' weights are drawn to equal ones: as if so many spans had been seen besides. */
const prior = 3;

/**
 * How likely a member finds each type, given that the span is of one: natural logarithms, 0 for a member that said nothing.
 * Where only the choice is known, it is taken for certain.
 */
function logShares({ choice, probabilities }: Vote, types: readonly string[]): readonly number[] {
  const ofType = (type: string): number => {
    if (probabilities === undefined) return choice === type ? 1 : 0;
    return (Object.hasOwn(probabilities, type) ? probabilities[type] : undefined) ?? 0;
  };
  const ofTypes = Math.max(leastShare, 1 - ofType(none));
  return types.map((type) => Math.log(Math.max(leastShare, Math.min(1, ofType(type) / ofTypes))));
}

/** Weights of members in a vote on types, by which probabilities are multiplied as powers: a pool of experts (Hinton, 2002). */
export type VoteWeights = ReadonlyMap<string, number>;

/** The type for which the weighted votes speak most; of equals the first in the inventory; `undefined` if no vote is for a type. */
export function chooseType(votes: readonly Vote[], types: readonly string[], weights: VoteWeights): string | undefined {
  const isForType = ({ choice, probabilities }: Vote) => choice !== none || Object.keys(probabilities ?? {}).some((type) => type !== none);
  const useful = votes.filter(isForType);
  if (useful.length === 0) return undefined;
  // Where nobody speaks but those who mislead, they are better than nothing.
  const isTrusted = useful.some(({ modelId }) => (weights.get(modelId) ?? 0) > 0);
  const scores = types.map(() => 0);
  for (const vote of useful) {
    const weight = isTrusted ? (weights.get(vote.modelId) ?? 0) : 1;
    for (const [at, share] of logShares(vote, types).entries()) scores[at] = (scores[at] ?? 0) + weight * share;
  }
  return types[scores.indexOf(Math.max(...scores))];
}

/**
 * The weights with which gold spans get their gold types most surely (conditional logit, drawn to equal weights of 1 in all). A member that
 * would mislead gets 0.
 */
export function fitVoteWeights(sentences: readonly ObservedSentence[], members: readonly string[], types: readonly string[]): VoteWeights {
  const equal = new Float64Array(members.length).fill(1 / Math.max(1, members.length));
  const cases = sentences.flatMap(({ spans }) =>
    spans.flatMap(({ gold, votes }): Choice[] => {
      const right = types.indexOf(gold[0] ?? '');
      if (gold.length !== 1 || right < 0 || types.length < 2) return [];
      const shares = members.map((member) => {
        const vote = votes.find(({ modelId }) => modelId === member);
        return vote === undefined ? types.map(() => 0) : logShares(vote, types);
      });
      return [{ right, shares }];
    }),
  );
  const fitted = maximize(equal, (weights) => slope(cases, weights, equal));
  return new Map(members.map((member, at) => [member, Math.max(0, fitted[at] ?? 0)]));
}

/** What each member, row by row, says for each type, and which is right. */
interface Choice {
  readonly shares: readonly (readonly number[])[];
  readonly right: number;
}

function slope(cases: readonly Choice[], weights: Float64Array, equal: Float64Array): Slope {
  const size = weights.length;
  const gradient = weights.map((weight, at) => -prior * (weight - (equal[at] ?? 0)));
  const bend = Matrix.eye(size, size, prior);
  let value = weights.reduce((sum, weight, at) => sum - (prior * (weight - (equal[at] ?? 0)) ** 2) / 2, 0);
  for (const { shares, right } of cases) {
    const scores = (shares[0] ?? []).map((_, type) =>
      shares.reduce((sum, own, member) => sum + (weights[member] ?? 0) * (own[type] ?? 0), 0),
    );
    const probabilities = softmax(scores);
    value += Math.log(Math.max(Number.MIN_VALUE, probabilities[right] ?? 0));
    const mean = (values: readonly number[]) => values.reduce((sum, value, type) => sum + value * (probabilities[type] ?? 0), 0);
    const means = shares.map(mean);
    for (const [row, own] of shares.entries()) {
      gradient[row] = (gradient[row] ?? 0) + (own[right] ?? 0) - (means[row] ?? 0);
      for (const [column, other] of shares.entries()) {
        const both = mean(own.map((share, type) => share * (other[type] ?? 0)));
        bend.set(row, column, bend.get(row, column) + both - (means[row] ?? 0) * (means[column] ?? 0));
      }
    }
  }
  return { value, gradient, bend };
}

function softmax(scores: readonly number[]): readonly number[] {
  const greatest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - greatest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
