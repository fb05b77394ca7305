import type { Verdict, Vote } from '../../document/mention.ts';
import type { Calibration, Evidence, ObservedSpan } from '../observation.ts';
import { fitLogistic, type Outcome, product } from './logistic.ts';

/** Whether members are asked to verify, so that what they say then is evidence too. */
export type Asking = 'verified' | 'unverified';

/** Log-odds that a span is a mention of a type, by all that members said of it. */
export type EvidenceScore = (evidence: Evidence, type: string) => number;

/** Penalty of weights, as if each had been seen to be 0 so often. */
const ridge = 10;
/** Of the constant, which is no evidence. */
const constantRidge = 0.1;
/** No word of a member is taken for surer than this. */
const surest = 0.99;

/**
 * What all evidence is worth together, by logistic regression on spans whose gold types are known.
 * @param typed - the spans with the types that the votes give them; those where that is not what was verified are left out.
 */
export function fitEvidence(
  typed: readonly { readonly span: ObservedSpan; readonly type: string }[],
  inventory: Pick<Calibration, 'members' | 'types'>,
  asking: Asking,
): EvidenceScore {
  const featuresOf = (evidence: Evidence, type: string) =>
    evidenceOf(asking === 'verified' ? evidence : { ...evidence, verdicts: [] }, type, inventory);
  const outcomes = typed.flatMap(({ span, type }): Outcome[] =>
    asking === 'verified' && !isVerifiedAs(span, type) ? [] : [{ features: featuresOf(span, type), isTrue: span.gold.includes(type) }],
  );
  const penalties = featuresOf({ proposals: [], votes: [], verdicts: [] }, '').fill(ridge);
  penalties[0] = constantRidge;
  const weights = fitLogistic(outcomes, penalties);
  return (evidence, type) => product(weights, featuresOf(evidence, type));
}

/** Whether all verifiers were asked about this type, so that their verdicts on it are known. */
export function isVerifiedAs({ verdicts }: Evidence, type: string): boolean {
  return verdicts.every((verdict) => verdict.type === type);
}

/**
 * A constant; of each member how sure it was that the span is a mention, of the type, and at verification, 0 where it said nothing; and
 * which type it is.
 */
function evidenceOf(
  { proposals, votes, verdicts }: Evidence,
  type: string,
  { members, types }: Pick<Calibration, 'members' | 'types'>,
): Float64Array {
  const ofMembers = members.flatMap((member) => {
    const proposal = proposals.find(({ modelId }) => modelId === member);
    const vote = votes.find(({ modelId }) => modelId === member);
    const verdict = verdicts.find((one) => one.modelId === member && one.type === type);
    return [
      proposal === undefined ? 0 : (proposal.probability ?? 1),
      vote === undefined ? 0 : logOdds(shareOf(vote, type)),
      verdict === undefined ? 0 : logOdds(yesOf(verdict)),
    ];
  });
  return Float64Array.of(1, ...ofMembers, ...types.map((other) => (other === type ? 1 : 0)));
}

function shareOf({ choice, probability, probabilities }: Vote, type: string): number {
  if (probabilities !== undefined && Object.hasOwn(probabilities, type)) return probabilities[type] ?? 0;
  return choice === type ? (probability ?? 1) : 0;
}

function yesOf({ accepted, probability }: Verdict): number {
  return probability ?? (accepted ? 1 : 0);
}

function logOdds(probability: number): number {
  const bounded = Math.min(surest, Math.max(1 - surest, probability));
  return Math.log(bounded / (1 - bounded));
}
