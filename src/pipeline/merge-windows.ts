import type { Rejected, Verified } from '../document/mention.ts';
import type { Span } from '../document/span.ts';
import type { TracedWindow } from './recognition.ts';
import { overlapWinners, rejectedFor } from './resolve.ts';

type Decided = Verified | Rejected;

/** Whether it is not another window that decides on the place. */
export function isDecidedHere(mention: Decided): boolean {
  return mention.status === 'verified' || mention.stage !== 'merge';
}

/**
 * Makes one answer of windows that share text: on a place that several of them hold, the one decides that sees more of the text on its shorter
 * side, of equals the earlier one. What the others found there is rejected and keeps its place in the trace.
 * @param overlaps - whether mentions that two windows found may overlap; if not, they give way as within a window.
 * @returns the windows in the order of the text.
 */
export function mergeWindows(text: string, trace: readonly TracedWindow[], overlaps: 'flat' | 'nested'): readonly TracedWindow[] {
  const windows = trace.toSorted((a, b) => a.start - b.start);
  const deciderOf = decideByContext(windows.map(({ start, document }) => ({ start, end: start + document.text.length })));
  const merged = windows.map(({ start, document }, index) =>
    document.mentions.map((mention): Decided => {
      const placed = shifted(mention, start);
      return deciderOf(placed, index) === index ? placed : mergedAway(placed);
    }),
  );
  const winners = overlaps === 'flat' ? overlapWinners(merged.flat().filter((mention) => mention.status === 'verified')) : new Map();
  const resolved = (mention: Decided): Decided => {
    const winner = winners.get(mention);
    return winner === undefined || mention.status === 'rejected' ? mention : rejectedFor(mention, winner, text);
  };
  return windows.map(({ start, document }, index) => ({
    start,
    document: { ...document, mentions: merged[index]?.map((mention) => shifted(resolved(mention), -start)) ?? [] },
  }));
}

/** @param windows - in the order of their starts. */
function decideByContext(windows: readonly Span[]): (span: Span, index: number) => number {
  const longest = windows.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  const textEnd = windows.reduce((most, { end }) => Math.max(most, end), 0);
  const textStart = windows[0]?.start ?? 0;

  /** Code units that a window shows on the shorter side of a span; beyond the text there is nothing to see. */
  function context({ start, end }: Span, span: Span): number {
    if (start > span.start || end < span.end) return -1;
    const before = start === textStart ? Number.POSITIVE_INFINITY : span.start - start;
    const behind = end === textEnd ? Number.POSITIVE_INFINITY : end - span.end;
    return Math.min(before, behind);
  }

  return (span, index) => {
    const startOf = (at: number): number => windows[at]?.start ?? Number.POSITIVE_INFINITY;
    let last = index;
    while (startOf(last + 1) <= span.start) last++;
    let best = index;
    let most = -1;
    for (let at = last; at >= 0 && startOf(at) >= span.end - longest; at--) {
      const window = windows[at];
      const seen = window === undefined ? -1 : context(window, span);
      if (seen >= most) [best, most] = [at, seen];
    }
    return best;
  };
}

function shifted<M extends Span>(mention: M, by: number): M {
  return { ...mention, start: mention.start + by, end: mention.end + by };
}

function mergedAway({ start, end, proposals, type, votes, verdicts }: Decided): Rejected {
  const typed = type === undefined ? {} : { type };
  const reason = 'Another window shows more of the text around it, and decides.';
  return { status: 'rejected', stage: 'merge', reason, start, end, proposals, ...typed, votes, verdicts };
}
