import type { EntityType } from '../document/entity-type.ts';
import type { Verdict, Vote } from '../document/mention.ts';
import { usageError } from '../error.ts';
import { fitLogistic, logistic, type Outcome, product } from './logistic.ts';
import type { OpenMembers } from './members.ts';
import type { Calibration, Evidence, ObservedSentence } from './observation.ts';
import type { RecognizerOptions } from './options.ts';
import { chooseType, fitVoteWeights, type VoteWeights } from './vote-weights.ts';

/** Decides by what members' words were worth on sentences whose labels are known. */
export interface Decider {
  readonly voteWeights: VoteWeights;
  /** The type of a span; `undefined` if no vote is for a type. */
  choose(votes: readonly Vote[]): string | undefined;
  /** The probability that a span is a mention of this type. */
  probability(evidence: Evidence, type: string): number;
  /** Least probability at which keeping a mention raises the F1 that is to be expected. */
  readonly threshold: number;
}

/**
 * The decider of a recognizer.
 * @throws {NerError} `usage` if the calibration is of other members or types, or of another way to ask them.
 */
export function deciderFor(
  calibration: Calibration,
  { passes = 'stages', verifier = 'all' }: Pick<RecognizerOptions, 'passes' | 'verifier'>,
  { types, members }: { readonly types: readonly EntityType[]; readonly members: OpenMembers },
): Decider {
  const ids = members.ensemble.members.map(({ model }) => model.id);
  checkAlike('models', calibration.members, ids);
  checkAlike(
    'types',
    calibration.types,
    types.map(({ name }) => name),
  );
  if (passes !== 'stages' || verifier !== 'all')
    throw usageError(
      'A calibration is of the four stages with all members as verifiers; leave out other passes and verifiers, or the calibration.',
    );
  return fitDecider(calibration);
}

function checkAlike(what: string, calibrated: readonly string[], asked: readonly string[]): void {
  if (JSON.stringify(calibrated) === JSON.stringify(asked)) return;
  throw usageError(
    `The calibration is of the ${what} ${calibrated.join(', ')}, and asked for are ${asked.join(', ')}. Ask for the same in the same order, calibrate anew, or leave the calibration out.`,
  );
}

/** Penalty of weights, as if each had been seen to be 0 so often. */
const ridge = 10;
/** Of the constant, which is no evidence. */
const constantRidge = 0.1;

/** No word of a member is taken for surer than this. */
const surest = 0.99;

/**
 * Learns from observed sentences whom to trust: weights of the votes on types, then weights of all evidence for the chosen type, by
 * logistic regression, so that its score is a calibrated probability.
 * Deviation: the paper counts every vote alike and lets one verifier decide.
 */
export function fitDecider({ members, types, sentences }: Calibration): Decider {
  const voteWeights = fitVoteWeights(sentences, members, types);
  const choose = (votes: readonly Vote[]) => chooseType(votes, types, voteWeights);
  const featuresOf = (evidence: Evidence, type: string) => evidenceOf(evidence, type, { members, types });
  const outcomes = sentences.flatMap(({ spans }) =>
    spans.flatMap((span): Outcome[] => {
      const type = choose(span.votes);
      // Where verifiers were asked about another type than the votes now give, their verdicts are not known.
      if (type === undefined || span.verdicts.some((verdict) => verdict.type !== type)) return [];
      return [{ features: featuresOf(span, type), isTrue: span.gold.includes(type) }];
    }),
  );
  const penalties = featuresOf({ proposals: [], votes: [], verdicts: [] }, '').fill(ridge);
  penalties[0] = constantRidge;
  const weights = fitLogistic(outcomes, penalties);
  const probability = (evidence: Evidence, type: string) => logistic(product(weights, featuresOf(evidence, type)));
  return { voteWeights, choose, probability, threshold: bestThreshold(probabilitiesIn(sentences, choose, probability), goldIn(sentences)) };
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

function probabilitiesIn(
  sentences: readonly ObservedSentence[],
  choose: Decider['choose'],
  probability: Decider['probability'],
): readonly number[] {
  return sentences.flatMap(({ spans }) =>
    spans.flatMap((span) => {
      const type = choose(span.votes);
      return type === undefined ? [] : [probability(span, type)];
    }),
  );
}

function goldIn(sentences: readonly ObservedSentence[]): number {
  return sentences.reduce((sum, { gold }) => sum + gold.length, 0);
}

const [lowest, highest] = [0.1, 0.6];

/**
 * Half of the F1 that is reached with it: the point where a mention that is as likely as that neither raises nor lowers the F1 to be
 * expected (Lipton et al., ECML 2014).
 */
function bestThreshold(probabilities: readonly number[], gold: number): number {
  let threshold = 0.4;
  for (let round = 0; round < 20; round++) {
    const kept = probabilities.filter((probability) => probability >= threshold);
    const hits = kept.reduce((sum, probability) => sum + probability, 0);
    threshold = Math.min(highest, Math.max(lowest, hits / Math.max(1, kept.length + gold)));
  }
  return threshold;
}
