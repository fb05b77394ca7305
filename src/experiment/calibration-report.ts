import { none } from '../document/entity-type.ts';
import { fitDecider } from '../pipeline/decider.ts';
import type { Calibration, ObservedSentence, ObservedSpan } from '../pipeline/observation.ts';

/** Counts of mentions, from which precision, recall and F1 follow. */
interface Counts {
  readonly right: number;
  readonly predicted: number;
  readonly gold: number;
}

/** What a member was worth by itself. */
export interface MemberReport {
  readonly id: string;
  /** Spans that it proposed and typed, against gold mentions. */
  readonly counts: Counts;
  readonly perType: Readonly<Record<string, Counts>>;
  /** How often it typed gold spans of each type, row by row, as each type or none. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Share of its verdicts that were right, balanced between what should be accepted and what should not; `undefined` without verdicts of both. */
  readonly verification: number | undefined;
  /** How far its probabilities of types are off on average (expected calibration error, ten bins). */
  readonly calibrationError: number;
  /** What its vote on types weighs, relative to the others. */
  readonly voteWeight: number;
}

/** One of ten equal ranges of probability. */
interface ReliabilityBin {
  readonly mentions: number;
  /** The mean of their probabilities; 0 of none. */
  readonly probability: number;
  /** The share of them that is right; 0 of none. */
  readonly right: number;
}

/** What calibrated decisions are worth on sentences that they were not fitted to. */
export interface EnsembleReport {
  readonly counts: Counts;
  readonly calibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly threshold: number;
}

const folds = 5;

/** What each member by itself is worth. */
export function memberReports(calibration: Calibration): readonly MemberReport[] {
  const { voteWeights } = fitDecider(calibration);
  return calibration.members.map((id) => memberReport(id, calibration, voteWeights.get(id) ?? 0));
}

function memberReport(id: string, { types, sentences }: Calibration, voteWeight: number): MemberReport {
  const spans = sentences.flatMap(({ spans }) => spans);
  const asserted = spans.flatMap((span) => {
    const type = assertedType(id, span);
    return type === undefined ? [] : [{ type, isRight: span.gold.includes(type) }];
  });
  const gold = sentences.flatMap((sentence) => sentence.gold);
  const countsOf = (type?: string): Counts => ({
    right: asserted.filter((one) => one.isRight && one.type === (type ?? one.type)).length,
    predicted: asserted.filter((one) => one.type === (type ?? one.type)).length,
    gold: gold.filter((one) => one === (type ?? one)).length,
  });
  const beliefs = spans.flatMap((span): Belief[] => {
    const vote = span.votes.find(({ modelId }) => modelId === id);
    if (vote === undefined) return [];
    const isRight = span.gold.length === 0 ? vote.choice === none : span.gold.includes(vote.choice);
    return [{ probability: vote.probability ?? 1, isRight }];
  });
  return {
    id,
    counts: countsOf(),
    perType: Object.fromEntries(types.map((type) => [type, countsOf(type)])),
    confusion: confusionOf(id, types, spans),
    verification: balancedAccuracy(id, spans),
    calibrationError: calibrationError(reliabilityOf(beliefs)),
    voteWeight,
  };
}

/** The type as which a member alone would give a span out: it proposed the span, and typed it. */
function assertedType(id: string, { proposals, votes }: ObservedSpan): string | undefined {
  const isProposed = proposals.some(({ modelId }) => modelId === id);
  const choice = votes.find(({ modelId }) => modelId === id)?.choice;
  return isProposed && choice !== none ? choice : undefined;
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

function balancedAccuracy(id: string, spans: readonly ObservedSpan[]): number | undefined {
  const verdicts = spans.flatMap(({ gold, verdicts }) =>
    verdicts.flatMap(({ modelId, type, accepted, probability }) =>
      modelId === id ? [{ isTrue: gold.includes(type), saysYes: probability === undefined ? accepted : probability >= 0.5 }] : [],
    ),
  );
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
export function ensembleReport(calibration: Calibration): EnsembleReport {
  const beliefs: (Belief & { readonly isKept: boolean })[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isHeld = (at: number) => at % folds === fold;
    const fitted = fitDecider({ ...calibration, sentences: calibration.sentences.filter((_, at) => !isHeld(at)) });
    for (const span of calibration.sentences.filter((_, at) => isHeld(at)).flatMap(({ spans }) => spans)) {
      const type = fitted.choose(span.votes);
      if (type === undefined) continue;
      const probability = fitted.probability(span, type);
      beliefs.push({ probability, isRight: span.gold.includes(type), isKept: probability >= fitted.threshold });
    }
  }
  const kept = beliefs.filter(({ isKept }) => isKept);
  const reliability = reliabilityOf(beliefs);
  return {
    counts: { right: kept.filter(({ isRight }) => isRight).length, predicted: kept.length, gold: goldOf(calibration.sentences) },
    calibrationError: calibrationError(reliability),
    reliability,
    threshold: fitDecider(calibration).threshold,
  };
}

function goldOf(sentences: readonly ObservedSentence[]): number {
  return sentences.reduce((sum, { gold }) => sum + gold.length, 0);
}

interface Belief {
  readonly probability: number;
  readonly isRight: boolean;
}

const bins = 10;

function reliabilityOf(beliefs: readonly Belief[]): readonly ReliabilityBin[] {
  const byBin = Map.groupBy(beliefs, ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)));
  return Array.from({ length: bins }, (_, bin): ReliabilityBin => {
    const own = byBin.get(bin) ?? [];
    const mean = (value: (belief: Belief) => number) =>
      own.length === 0 ? 0 : own.reduce((sum, belief) => sum + value(belief), 0) / own.length;
    return { mentions: own.length, probability: mean(({ probability }) => probability), right: mean(({ isRight }) => (isRight ? 1 : 0)) };
  });
}

/** The mean distance of probability and truth, each bin weighing what it holds; 0 without any. */
function calibrationError(reliability: readonly ReliabilityBin[]): number {
  const all = reliability.reduce((sum, { mentions }) => sum + mentions, 0);
  if (all === 0) return 0;
  return reliability.reduce((sum, { mentions, probability, right }) => sum + mentions * Math.abs(probability - right), 0) / all;
}
