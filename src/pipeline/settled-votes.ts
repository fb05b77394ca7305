import { none } from '../document/entity-type.ts';
import type { Verdict, Vote } from '../document/mention.ts';
import { overlap, type Span } from '../document/span.ts';
import { type Member, totalWeight } from './ensemble.ts';
import { type Counting, tally } from './vote.ts';

/** Sums of weights are compared with this margin, since they are not exact. */
const margin = 1e-9;

/** Whether one choice leads by more than the members of `rest` have to give. */
export function isVoteSettled(
  votes: readonly Vote[],
  rest: readonly Member[],
  { counting, noneVotes }: { readonly counting: Counting; readonly noneVotes: boolean },
): boolean {
  const [first, second] = tally(votes, counting).filter(({ choice }) => noneVotes || choice !== none);
  if (first === undefined) return false;
  if (counting.voting === 'hard') return first.votes - (second?.votes ?? 0) > rest.length;
  return first.weight - (second?.weight ?? 0) > totalWeight(rest) + margin;
}

/** Whether the verifiers of `rest` can neither save nor sink the mention; see `judgeByVotes`. */
export function areVerdictsSettled(
  verdicts: readonly Verdict[],
  rest: readonly Member[],
  { counting: { voting, weightOf: weight }, threshold }: { readonly counting: Counting; readonly threshold: number },
): boolean {
  if (verdicts.length === 0) return false;
  if (voting === 'hard') {
    const lead = verdicts.reduce((sum, { accepted }) => sum + (accepted ? 1 : -1), 0);
    return lead >= rest.length || lead + rest.length < 0;
  }
  const yes = verdicts.reduce((sum, { modelId, accepted, probability }) => sum + weight(modelId) * (probability ?? (accepted ? 1 : 0)), 0);
  const least = threshold * (verdicts.reduce((sum, { modelId }) => sum + weight(modelId), 0) + totalWeight(rest));
  return yes >= least + margin || yes + totalWeight(rest) < least - margin;
}

/** Those of the spans that overlap another: which of them stays is decided by scores, to which every word counts. */
export function overlapping<S extends Span>(spans: readonly S[]): ReadonlySet<S> {
  return new Set(spans.filter((span) => spans.some((other) => other !== span && overlap(span, other))));
}
