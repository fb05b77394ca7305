import { none } from '../document/entity-type.ts';
import type { TypedSpan } from '../document/labelled.ts';
import { bySpan, type Span, sameSpan } from '../document/span.ts';
import { distinctMentions } from './distinct-mentions.ts';
import { boundaryDistance, overlapFinder } from './overlaps.ts';

/** How a predicted span errs: it holds the gold one and more, is a part of it, or leaves some out and adds some. */
type BoundaryError = 'too-long' | 'too-short' | 'crossing';

/** One thing that went wrong. A mention is part of at most one error. */
export type MentionError =
  /** The span is right and the type is not. */
  | { readonly kind: 'wrong-type'; readonly gold: TypedSpan; readonly predicted: TypedSpan }
  /** The type is right and the span is not. */
  | { readonly kind: 'wrong-boundary'; readonly boundary: BoundaryError; readonly gold: TypedSpan; readonly predicted: TypedSpan }
  /** The spans overlap, and neither span nor type is right. */
  | { readonly kind: 'wrong-boundary-and-type'; readonly boundary: BoundaryError; readonly gold: TypedSpan; readonly predicted: TypedSpan }
  | { readonly kind: 'missed'; readonly gold: TypedSpan }
  | { readonly kind: 'spurious'; readonly predicted: TypedSpan };

/** An error as it is counted: each way in which a boundary alone is wrong counts by itself. */
export type ErrorKind = Exclude<MentionError['kind'], 'wrong-boundary'> | `wrong-boundary:${BoundaryError}`;

export function errorKind(error: MentionError): ErrorKind {
  return error.kind === 'wrong-boundary' ? `wrong-boundary:${error.boundary}` : error.kind;
}

/** What a system got right and wrong in one text. */
export interface ErrorAnalysis {
  /** Mentions whose span and type are gold. */
  readonly correct: readonly TypedSpan[];
  /** In order of reading, by the gold mention where there is one. */
  readonly errors: readonly MentionError[];
}

/**
 * Every error of a text once. Both sides are sets of mentions, which may nest. Mentions are paired in this order, each with at most one
 * of the other side, and within a step the pairs of the closest boundaries first:
 * 1. the same span and type: correct;
 * 2. the same span: `wrong-type`;
 * 3. the same type, and an overlap: `wrong-boundary`;
 * 4. an overlap: `wrong-boundary-and-type`;
 * 5. gold mentions that are left are `missed`, predicted ones `spurious`.
 */
export function analyseErrors(gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): ErrorAnalysis {
  const freeGold = new Set(distinctMentions(gold));
  const freePredicted = new Set(distinctMentions(predicted));
  const pairs = overlappingPairs([...freeGold], [...freePredicted]);

  function take(isPair: (pair: Pair) => boolean): readonly Pair[] {
    return pairs.filter((pair) => {
      if (!freeGold.has(pair.gold) || !freePredicted.has(pair.predicted) || !isPair(pair)) return false;
      freeGold.delete(pair.gold);
      freePredicted.delete(pair.predicted);
      return true;
    });
  }

  const correct = take((pair) => sameSpan(pair.gold, pair.predicted) && sameType(pair)).map(({ gold }) => gold);
  const errors: MentionError[] = [
    ...take((pair) => sameSpan(pair.gold, pair.predicted)).map((pair) => ({ kind: 'wrong-type' as const, ...pair })),
    ...take(sameType).map((pair) => ({ kind: 'wrong-boundary' as const, boundary: boundaryError(pair), ...pair })),
    ...take(() => true).map((pair) => ({ kind: 'wrong-boundary-and-type' as const, boundary: boundaryError(pair), ...pair })),
    ...Array.from(freeGold, (gold) => ({ kind: 'missed' as const, gold })),
    ...Array.from(freePredicted, (predicted) => ({ kind: 'spurious' as const, predicted })),
  ];
  return { correct: correct.sort(bySpan), errors: errors.sort((a, b) => bySpan(placeOf(a), placeOf(b))) };
}

/** How often mentions of one type were given another, or `none`. */
export type ConfusionMatrix = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * The confusion matrix of any number of texts: gold types down, predicted types across. Mentions count as the same where their spans are;
 * a mention of either side without such a partner is `none` on the other, so that a wrong boundary is one gold `none` and one
 * predicted `none`. Rows sum to gold mentions, columns to predicted ones, and the diagonal to those that are correct.
 */
export function confusionMatrix(analyses: Iterable<ErrorAnalysis>): ConfusionMatrix {
  const matrix = new Map<string, Map<string, number>>();
  function count(gold: string, predicted: string): void {
    const row = matrix.get(gold) ?? new Map<string, number>();
    matrix.set(gold, row.set(predicted, (row.get(predicted) ?? 0) + 1));
  }
  for (const { correct, errors } of analyses) {
    for (const { type } of correct) count(type, type);
    for (const error of errors) {
      if (error.kind === 'wrong-type') {
        count(error.gold.type, error.predicted.type);
        continue;
      }
      if ('gold' in error) count(error.gold.type, none);
      if ('predicted' in error) count(none, error.predicted.type);
    }
  }
  return matrix;
}

interface Pair {
  readonly gold: TypedSpan;
  readonly predicted: TypedSpan;
}

/** The closest first; of equally close ones in order of reading. */
function overlappingPairs(gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): readonly Pair[] {
  const overlapping = overlapFinder(predicted);
  return gold
    .flatMap((mention) => overlapping(mention).map((other) => ({ gold: mention, predicted: other })))
    .sort((a, b) => boundaryDistance(a.gold, a.predicted) - boundaryDistance(b.gold, b.predicted));
}

function sameType({ gold, predicted }: Pair): boolean {
  return gold.type === predicted.type;
}

function boundaryError({ gold, predicted }: Pair): BoundaryError {
  if (predicted.start <= gold.start && predicted.end >= gold.end) return 'too-long';
  return predicted.start >= gold.start && predicted.end <= gold.end ? 'too-short' : 'crossing';
}

function placeOf(error: MentionError): Span {
  return 'gold' in error ? error.gold : error.predicted;
}
