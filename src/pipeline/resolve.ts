import type { Rejected, Verified } from '../document/mention.ts';
import { bySpan, overlap } from '../document/span.ts';
import type { TracedDocument } from './traced-document.ts';

/**
 * Leaves no two verified mentions that overlap: the higher score stays, of equal scores the longer span, of those the earlier one.
 * The others are rejected and keep their place in the trace.
 * Deviation: the paper's data sets are partly nested; `overlaps: 'nested'` leaves this step out.
 */
export function resolveOverlaps(document: TracedDocument<Verified | Rejected>): TracedDocument<Verified | Rejected> {
  const winners = overlapWinners(document.mentions.filter((mention) => mention.status === 'verified'));
  return {
    ...document,
    mentions: document.mentions.map((mention) => {
      const winner = winners.get(mention);
      return winner === undefined || mention.status === 'rejected' ? mention : rejectedFor(mention, winner, document.text);
    }),
  };
}

/** Those that give way, each with the mention that it gives way to. */
export function overlapWinners(mentions: readonly Verified[]): ReadonlyMap<Rejected | Verified, Verified> {
  const beaten = new Map<Verified, Verified>();
  for (const cluster of overlapping(mentions)) {
    const kept: Verified[] = [];
    for (const mention of cluster.sort((a, b) => b.score - a.score || b.end - b.start - (a.end - a.start) || bySpan(a, b))) {
      const winner = kept.find((other) => overlap(mention, other));
      if (winner === undefined) kept.push(mention);
      else beaten.set(mention, winner);
    }
  }
  return beaten;
}

/** @param text - of which both are spans. */
export function rejectedFor({ start, end, proposals, type, votes, verdicts }: Verified, winner: Verified, text: string): Rejected {
  const reason = `Overlaps "${text.slice(winner.start, winner.end)}" (${winner.type}), which scores higher or is longer.`;
  return { status: 'rejected', stage: 'resolve', reason, start, end, proposals, type, votes, verdicts };
}

/** Mentions in groups that no mention of another group overlaps. */
function overlapping(mentions: readonly Verified[]): Verified[][] {
  const clusters: Verified[][] = [];
  let end = 0;
  for (const mention of mentions.toSorted(bySpan)) {
    const last = clusters.at(-1);
    if (last === undefined || mention.start >= end) clusters.push([mention]);
    else last.push(mention);
    end = Math.max(end, mention.end);
  }
  return clusters;
}
