import { overlap, type Span } from '../document/span.ts';

/**
 * Finds which of some spans share a character, or token, with a given one; in the order of `spans`.
 * @param spans - in order of reading; they may nest.
 */
export function overlapFinder<S extends Span>(spans: readonly S[]): (span: Span) => readonly S[] {
  /** The furthest end of the spans up to each; it never falls, so that all before the first that reaches a span can be passed over. */
  const reach: number[] = [];
  for (const { end } of spans) reach.push(Math.max(end, reach.at(-1) ?? 0));
  return (span) => {
    const found: S[] = [];
    for (let index = firstAbove(reach, span.start); index < spans.length; index++) {
      const candidate = spans[index];
      if (candidate === undefined || candidate.start >= span.end) break;
      if (overlap(candidate, span)) found.push(candidate);
    }
    return found;
  };
}

/** How far two spans are from having the same boundaries: the distance of their starts and that of their ends. */
export function boundaryDistance(a: Span, b: Span): number {
  return Math.abs(a.start - b.start) + Math.abs(a.end - b.end);
}

/** The index of the first value above `limit` in values that never fall; their number if there is none. */
function firstAbove(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}
