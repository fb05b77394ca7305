import type { EntityType } from '../../document/entity-type.ts';
import type { Vote } from '../../document/mention.ts';
import { usageError } from '../../error.ts';
import type { OpenMembers } from '../members.ts';
import type { Calibration, Evidence, ObservedSentence, ObservedSpan } from '../observation.ts';
import type { RecognizerOptions } from '../options.ts';
import { type EvidenceScore, fitEvidence, isVerifiedAs } from './evidence.ts';
import { fitLogistic, logistic } from './logistic.ts';
import { openRange } from './settled.ts';
import { type Aim, thresholds } from './threshold.ts';
import { chooseType, fitVoteWeights, type VoteWeights } from './vote-weights.ts';

/** Decides by what members' words were worth on sentences whose labels are known. */
export interface Decider {
  readonly voteWeights: VoteWeights;
  /** The type of a span; `undefined` if no vote is for a type. */
  choose(votes: readonly Vote[]): string | undefined;
  /** Whether verifying mentions of this type tells more than is known without. */
  verifies(type: string): boolean;
  /** Whether verifiers are to be asked about a span: not where they could hardly change anything any more. */
  isOpen(evidence: Evidence, type: string): boolean;
  /** The probability that a span is a mention of this type. */
  probability(evidence: Evidence, type: string): number;
  /** Least probability of a mention of this type that is given out. */
  threshold(type: string): number;
}

/**
 * The decider of a recognizer.
 * @throws {NerError} `usage` if the calibration is of other members or types, or of another way to ask them.
 */
export function deciderFor(
  calibration: Calibration,
  {
    passes = 'stages',
    verifier = 'all',
    combination = 'union',
    reflection = false,
    onReject = 'drop',
    aim,
  }: Pick<RecognizerOptions, 'passes' | 'verifier' | 'combination' | 'reflection' | 'onReject' | 'aim'>,
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
  if (combination !== 'union' || reflection || onReject !== 'drop')
    throw usageError(
      'A calibration is of the union of what the members find, each span typed once; leave out other combinations, reflection and retyping, or the calibration.',
    );
  return fitDecider(calibration, aim);
}

function checkAlike(what: string, calibrated: readonly string[], asked: readonly string[]): void {
  if (JSON.stringify(calibrated) === JSON.stringify(asked)) return;
  throw usageError(
    `The calibration is of the ${what} ${calibrated.join(', ')}, and asked for are ${asked.join(', ')}. Ask for the same in the same order, calibrate anew, or leave the calibration out.`,
  );
}

/**
 * Learns from observed sentences whom to trust: weights of the votes on types; weights of all evidence for the chosen type, by logistic
 * regression, with verdicts and without; from fifths of the sentences that were not fitted to, about which types and spans the verdicts are
 * worth asking for, how probabilities are to be corrected (Platt scaling), and the thresholds.
 * Deviation: the paper counts every vote alike and lets one verifier decide, on all mentions.
 */
export function fitDecider(calibration: Calibration, aim: Aim = 'f1'): Decider {
  const held = heldOut(calibration);
  const { voteWeights, choose, verified, unverified } = fit(calibration);
  const idle = idleTypes(held);
  const verifies = (type: string) => !idle.has(type);
  const isHeard = ({ type, isKnown }: Held) => isKnown && verifies(type);
  const correct = correction(
    held.filter(({ isKnown }) => isKnown).map((one) => ({ ...one, score: isHeard(one) ? one.verified : one.unverified })),
  );
  const probabilityOf = (one: Held) => correct(isHeard(one) ? one.verified : one.unverified);
  const least = thresholds(outlooks(calibration, held, probabilityOf), aim);
  const isKept = (type: string, score: number) => correct(score) >= (least.get(type) ?? 1);
  const open = openRange(
    held.filter(isHeard).map(({ type, verified, unverified }) => ({
      score: unverified,
      isChanged: isKept(type, verified) !== isKept(type, unverified),
    })),
  );
  return {
    voteWeights,
    choose,
    verifies,
    isOpen(evidence, type) {
      const score = unverified(evidence, type);
      return verifies(type) && score > open.from && score < open.to;
    },
    probability: (evidence, type) => correct((verifies(type) && isAsked(evidence, type) ? verified : unverified)(evidence, type)),
    threshold: (type) => least.get(type) ?? 1,
  };
}

function isAsked({ verdicts }: Evidence, type: string): boolean {
  return verdicts.some((verdict) => verdict.type === type);
}

interface Fitted {
  readonly voteWeights: VoteWeights;
  readonly choose: Decider['choose'];
  readonly verified: EvidenceScore;
  readonly unverified: EvidenceScore;
}

function fit(calibration: Calibration): Fitted {
  const { members, types, sentences } = calibration;
  const voteWeights = fitVoteWeights(sentences, members, types);
  const choose = (votes: readonly Vote[]) => chooseType(votes, types, voteWeights);
  const typed = typedSpans(sentences, choose);
  return {
    voteWeights,
    choose,
    verified: fitEvidence(typed, calibration, 'verified'),
    unverified: fitEvidence(typed, calibration, 'unverified'),
  };
}

function typedSpans(sentences: readonly ObservedSentence[], choose: Decider['choose']) {
  return sentences.flatMap(({ spans }) =>
    spans.flatMap((span): { readonly span: ObservedSpan; readonly type: string }[] => {
      const type = choose(span.votes);
      return type === undefined ? [] : [{ span, type }];
    }),
  );
}

/** A span as what was fitted to other sentences decides about it. */
interface Held {
  readonly type: string;
  readonly isTrue: boolean;
  /** Whether the verdicts are on this type. */
  readonly isKnown: boolean;
  /** Log-odds by all evidence, and without verdicts. */
  readonly verified: number;
  readonly unverified: number;
}

const folds = 5;

function heldOut(calibration: Calibration): readonly Held[] {
  const { sentences } = calibration;
  return Array.from({ length: folds }, (_, fold) => {
    const isHeld = (_: unknown, at: number) => at % folds === fold;
    const { choose, verified, unverified } = fit({ ...calibration, sentences: sentences.filter((one, at) => !isHeld(one, at)) });
    return typedSpans(sentences.filter(isHeld), choose).map(({ span, type }) => ({
      type,
      isTrue: span.gold.includes(type),
      isKnown: isVerifiedAs(span, type),
      verified: verified(span, type),
      unverified: unverified(span, type),
    }));
  }).flat();
}

/** Types whose mentions are told from others as well without verdicts: by the likelihood of what is true of them. */
function idleTypes(held: readonly Held[]): ReadonlySet<string> {
  const gains = new Map<string, number>();
  for (const { type, isTrue, verified, unverified } of held.filter((one) => one.isKnown)) {
    const gain = logLikelihood(verified, isTrue) - logLikelihood(unverified, isTrue);
    gains.set(type, (gains.get(type) ?? 0) + gain);
  }
  return new Set([...gains].flatMap(([type, gain]) => (gain > 0 ? [] : [type])));
}

function logLikelihood(score: number, isTrue: boolean): number {
  return -Math.log1p(Math.exp(isTrue ? -score : score));
}

/** How strongly the correction is drawn to none, as if scores were seen to be right so often. */
const correctionRidge = 2;

/**
 * Log-odds into probabilities that hold on sentences that were not fitted to.
 * @see Platt, Probabilistic Outputs for Support Vector Machines, 1999
 */
function correction(held: readonly { readonly score: number; readonly isTrue: boolean }[]): (score: number) => number {
  const fitted = (scale: number) =>
    fitLogistic(
      held.map(({ score, isTrue }) => ({ features: Float64Array.of(1, scale * score), isTrue })),
      Float64Array.of(correctionRidge, correctionRidge),
      Float64Array.of(0, 1),
    );
  const [shift = 0, slope = 1] = fitted(1);
  // More evidence never speaks against a mention, whatever few sentences say: then it says nothing.
  if (slope < 0) {
    const [share = 0] = fitted(0);
    return () => logistic(share);
  }
  return (score) => logistic(shift + slope * score);
}

function outlooks({ types, sentences }: Calibration, held: readonly Held[], probabilityOf: (one: Held) => number) {
  const gold = sentences.flatMap((sentence) => sentence.gold);
  return new Map(
    types.map((type) => [
      type,
      {
        probabilities: held.filter((one) => one.type === type).map(probabilityOf),
        gold: gold.filter((one) => one === type).length,
      },
    ]),
  );
}
