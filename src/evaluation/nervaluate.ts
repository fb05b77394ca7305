import type { TypedSpan } from '../document/labelled.ts';
import { sameSpan } from '../document/span.ts';
import { inOrder, mentionKey } from './distinct-mentions.ts';
import { boundaryDistance, overlapFinder } from './overlaps.ts';
import { type Ratios, ratio } from './scorer.ts';

/** The four ways in which nervaluate compares mentions. */
export const matchSchemes = ['strict', 'exact', 'partial', 'type'] as const;
export type MatchScheme = (typeof matchSchemes)[number];

/** What became of the mentions of both sides; each gold and each predicted mention is counted once. */
export interface MatchCounts {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  /** Gold mentions that no predicted one was matched with. */
  readonly missed: number;
  /** Predicted mentions that no gold one was matched with. */
  readonly spurious: number;
}

/** Counts in each scheme. */
export type SchemeCounts = Readonly<Record<MatchScheme, MatchCounts>>;

const noMatchCounts: MatchCounts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };

type Outcome = 'correct' | 'incorrect' | 'partial';

type OutcomeOf = (gold: TypedSpan, predicted: TypedSpan) => Outcome;

/** What a predicted mention that overlaps a gold one is worth. */
const outcomes: Readonly<Record<MatchScheme, OutcomeOf>> = {
  strict: (gold, predicted) => (sameSpan(gold, predicted) && gold.type === predicted.type ? 'correct' : 'incorrect'),
  exact: (gold, predicted) => (sameSpan(gold, predicted) ? 'correct' : 'incorrect'),
  partial: (gold, predicted) => (sameSpan(gold, predicted) ? 'correct' : 'partial'),
  type: (gold, predicted) => (gold.type === predicted.type ? 'correct' : 'incorrect'),
};

/**
 * Counts of one text in nervaluate's schemes: `strict` asks for the span and the type, `exact` for the span, `partial` for the span or,
 * for half a point, an overlap, `type` for the type and an overlap. Each predicted mention is matched with at most one gold mention:
 * first those with the same span and type, then those with a span that is right in the scheme, then, in order of reading, the others that
 * overlap a gold mention which is still free; a correct match goes before others, and of correct ones the closest boundaries.
 *
 * For mentions that do not overlap on either side these are nervaluate's counts. It takes predicted mentions as they come, so that among
 * nested ones a wrong mention may take the gold mention of a right one; here `strict` finds as many correct as exact comparison does.
 * @see nervaluate 1.0; SemEval 2013, task 9.1
 */
export function matchCounts(gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): SchemeCounts {
  const goldByKey = new Map(gold.map((mention) => [mentionKey(mention), mention]));
  const predictedByKey = new Map(predicted.map((mention) => [mentionKey(mention), mention]));
  let correct = 0;
  for (const key of predictedByKey.keys()) {
    if (!goldByKey.delete(key)) continue;
    predictedByKey.delete(key);
    correct++;
  }
  const rest = { gold: inOrder(goldByKey.values()), predicted: inOrder(predictedByKey.values()) };
  if (rest.gold.length === 0 || rest.predicted.length === 0) {
    const counts = { ...noMatchCounts, correct, missed: rest.gold.length, spurious: rest.predicted.length };
    return { strict: counts, exact: counts, partial: counts, type: counts };
  }
  const ofScheme = (scheme: MatchScheme) =>
    addMatchCounts({ ...noMatchCounts, correct }, matchRest(rest.gold, rest.predicted, outcomes[scheme]));
  return { strict: ofScheme('strict'), exact: ofScheme('exact'), partial: ofScheme('partial'), type: ofScheme('type') };
}

/** Matches what is not wholly right. */
function matchRest(gold: readonly TypedSpan[], predicted: readonly TypedSpan[], outcomeOf: OutcomeOf): MatchCounts {
  const free = new Set(gold);
  const overlapping = overlapFinder(gold);
  const counts: Record<keyof MatchCounts, number> = { ...noMatchCounts };

  function match(mention: TypedSpan, mayMatch: (gold: TypedSpan) => boolean): boolean {
    const candidates = overlapping(mention).filter((candidate) => free.has(candidate) && mayMatch(candidate));
    const [best] = candidates
      .filter((candidate) => outcomeOf(candidate, mention) === 'correct')
      .sort((a, b) => boundaryDistance(a, mention) - boundaryDistance(b, mention));
    const partner = best ?? candidates[0];
    if (partner === undefined) return false;
    free.delete(partner);
    counts[outcomeOf(partner, mention)]++;
    return true;
  }

  const others = predicted.filter(
    (mention) => !match(mention, (candidate) => sameSpan(candidate, mention) && outcomeOf(candidate, mention) === 'correct'),
  );
  const unmatched = others.filter((mention) => !match(mention, () => true));
  return { ...counts, missed: free.size, spurious: unmatched.length };
}

export function addMatchCounts(a: MatchCounts, b: MatchCounts): MatchCounts {
  return {
    correct: a.correct + b.correct,
    incorrect: a.incorrect + b.incorrect,
    partial: a.partial + b.partial,
    missed: a.missed + b.missed,
    spurious: a.spurious + b.spurious,
  };
}

/** Gold mentions: all counts but the spurious ones. */
export function possible({ correct, incorrect, partial, missed }: MatchCounts): number {
  return correct + incorrect + partial + missed;
}

/** Predicted mentions: all counts but the missed ones. */
export function actual({ correct, incorrect, partial, spurious }: MatchCounts): number {
  return correct + incorrect + partial + spurious;
}

/** Precision `(correct + partial / 2) / actual`, recall with `possible` instead, and their harmonic mean; 0 at a zero denominator. */
export function matchRatios(counts: MatchCounts): Ratios {
  const points = counts.correct + counts.partial / 2;
  return {
    precision: ratio(points, actual(counts)),
    recall: ratio(points, possible(counts)),
    f1: ratio(2 * points, actual(counts) + possible(counts)),
  };
}
