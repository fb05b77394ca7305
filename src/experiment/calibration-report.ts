import { none } from '../document/entity-type.ts';
import { expectedCalibrationError, type ProbableStatement, type ReliabilityBin, reliability } from '../evaluation/calibration.ts';
import type { Counts } from '../evaluation/scorer.ts';
import { fitDecider } from '../pipeline/decide/decider.ts';
import { assertedType, type Calibration, type ObservedSpan } from '../pipeline/observation.ts';

/** What a member was worth by itself. */
interface MemberReport {
  readonly id: string;
  /** Spans that it proposed and typed, against gold mentions. */
  readonly counts: Counts;
  readonly perType: Readonly<Record<string, Counts>>;
  /** How often it typed gold spans of each type, row by row, as each type or none. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What its verdicts alone would take out: spans that are no mention of the type, and mentions. */
  readonly removed: { readonly errors: number; readonly hits: number };
  /** Share of its verdicts that were right, balanced between what should be accepted and what should not; `undefined` without verdicts of both. */
  readonly verification: number | undefined;
  /** Of its probabilities of types. */
  readonly calibrationError: number;
  /** What its vote on types weighs, relative to the others. */
  readonly voteWeight: number;
}

/** What calibrated decisions are worth on sentences that they were not fitted to. */
export interface EnsembleReport {
  readonly counts: Counts;
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
  /** Least probability of a mention of each type that is given out. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Types whose mentions are not verified, since verdicts tell nothing more about them. */
  readonly unverified: readonly string[];
}

export interface CalibrationReport {
  readonly sentences: number;
  readonly members: readonly MemberReport[];
  readonly ensemble: EnsembleReport;
}

const folds = 5;

export function calibrationReport(calibration: Calibration): CalibrationReport {
  const { members, sentences, types } = calibration;
  const { voteWeights, threshold, verifies } = fitDecider(calibration);
  return {
    sentences: sentences.length,
    members: members.map((id) => memberReport(id, calibration, voteWeights.get(id) ?? 0)),
    ensemble: {
      ...crossFitted(calibration),
      thresholds: Object.fromEntries(types.map((type) => [type, threshold(type)])),
      unverified: types.filter((type) => !verifies(type)),
    },
  };
}

function memberReport(id: string, { types, sentences }: Calibration, voteWeight: number): MemberReport {
  const spans = sentences.flatMap(({ spans }) => spans);
  const asserted = spans.flatMap((span) => {
    const type = assertedType(id, span);
    return type === undefined ? [] : [{ type, isRight: span.gold.includes(type) }];
  });
  const verdicts = verdictsOf(id, spans);
  const gold = sentences.flatMap((sentence) => sentence.gold);
  const countsOf = (type?: string): Counts =>
    countsFrom(
      asserted.filter((one) => one.type === (type ?? one.type)),
      gold.filter((one) => one === (type ?? one)).length,
    );
  const beliefs = spans.flatMap((span): ProbableStatement[] => {
    const vote = span.votes.find(({ modelId }) => modelId === id);
    if (vote === undefined) return [];
    const holds = span.gold.length === 0 ? vote.choice === none : span.gold.includes(vote.choice);
    return [{ probability: vote.probability ?? 1, holds }];
  });
  return {
    id,
    counts: countsOf(),
    perType: Object.fromEntries(types.map((type) => [type, countsOf(type)])),
    confusion: confusionOf(id, types, spans),
    verification: balancedAccuracy(verdicts),
    removed: removedBy(verdicts),
    calibrationError: expectedCalibrationError(beliefs),
    voteWeight,
  };
}

function countsFrom(asserted: readonly { readonly isRight: boolean }[], gold: number): Counts {
  const truePositives = asserted.filter(({ isRight }) => isRight).length;
  return { truePositives, falsePositives: asserted.length - truePositives, falseNegatives: gold - truePositives };
}

function confusionOf(id: string, types: readonly string[], spans: readonly ObservedSpan[]): MemberReport['confusion'] {
  const choices = [...types, none];
  return Object.fromEntries(
    types.map((type) => {
      const chosen = spans.flatMap(({ gold, votes }) =>
        gold.includes(type) ? (votes.find(({ modelId }) => modelId === id)?.choice ?? []) : [],
      );
      return [type, Object.fromEntries(choices.map((choice) => [choice, chosen.filter((one) => one === choice).length]))];
    }),
  );
}

interface OwnVerdict {
  readonly isTrue: boolean;
  readonly saysYes: boolean;
}

function verdictsOf(id: string, spans: readonly ObservedSpan[]): readonly OwnVerdict[] {
  return spans.flatMap(({ gold, verdicts }) =>
    verdicts.flatMap(({ modelId, type, accepted, probability }) =>
      modelId === id ? [{ isTrue: gold.includes(type), saysYes: probability === undefined ? accepted : probability >= 0.5 }] : [],
    ),
  );
}

function removedBy(verdicts: readonly OwnVerdict[]): MemberReport['removed'] {
  const denied = verdicts.filter(({ saysYes }) => !saysYes);
  const hits = denied.filter(({ isTrue }) => isTrue).length;
  return { errors: denied.length - hits, hits };
}

function balancedAccuracy(verdicts: readonly OwnVerdict[]): number | undefined {
  const shareRight = (isTrue: boolean) => {
    const asked = verdicts.filter((verdict) => verdict.isTrue === isTrue);
    return asked.length === 0 ? undefined : asked.filter((verdict) => verdict.saysYes === isTrue).length / asked.length;
  };
  const [yes, no] = [shareRight(true), shareRight(false)];
  return yes === undefined || no === undefined ? undefined : (yes + no) / 2;
}

/**
 * Each fifth of the sentences is decided by what was fitted to the others. Mentions of types or spans that overlap are counted as they are;
 * a pipeline that leaves no overlaps does better.
 */
function crossFitted(calibration: Calibration): Omit<EnsembleReport, 'thresholds' | 'unverified'> {
  const { sentences } = calibration;
  const decided = Array.from({ length: folds }, (_, fold) => {
    const isHeld = (_: unknown, at: number) => at % folds === fold;
    const fitted = fitDecider({ ...calibration, sentences: sentences.filter((sentence, at) => !isHeld(sentence, at)) });
    return sentences.filter(isHeld).flatMap(({ spans }) =>
      spans.flatMap((span) => {
        const type = fitted.choose(span.votes);
        if (type === undefined) return [];
        const probability = fitted.probability(span, type);
        return [{ probability, isRight: span.gold.includes(type), isKept: probability >= fitted.threshold(type) }];
      }),
    );
  }).flat();
  const statements = decided.map(({ probability, isRight }) => ({ probability, holds: isRight }));
  return {
    counts: countsFrom(
      decided.filter(({ isKept }) => isKept),
      sentences.reduce((sum, { gold }) => sum + gold.length, 0),
    ),
    calibrationError: expectedCalibrationError(statements),
    reliability: reliability(statements),
  };
}
