import type { Mention, Rejected, Verified } from '../document/mention.ts';
import { bySpan, overlap } from '../document/span.ts';
import type { TracedDocument } from './traced-document.ts';

/**
 * Leaves no two verified mentions that overlap: the higher score stays, of equal scores the longer span, of those the earlier one.
 * The others are rejected and keep their place in the trace.
 * Deviation: the paper's data sets are partly nested; `overlaps: 'nested'` leaves this step out.
 */
export function resolveOverlaps(document: TracedDocument<Verified | Rejected>): TracedDocument<Verified | Rejected> {
  const kept: Verified[] = [];
  const beaten = new Map<Mention, Verified>();
  const verified = document.mentions.filter((mention) => mention.status === 'verified');
  for (const mention of verified.sort((a, b) => b.score - a.score || b.end - b.start - (a.end - a.start) || bySpan(a, b))) {
    const winner = kept.find((other) => overlap(mention, other));
    if (winner === undefined) kept.push(mention);
    else beaten.set(mention, winner);
  }
  return {
    ...document,
    mentions: document.mentions.map((mention) => {
      const winner = beaten.get(mention);
      if (winner === undefined || mention.status === 'rejected') return mention;
      const reason = `Overlaps "${document.text.slice(winner.start, winner.end)}" (${winner.type}), which scores higher or is longer.`;
      const { start, end, proposals, type, votes, verdicts } = mention;
      return { status: 'rejected', stage: 'resolve', reason, start, end, proposals, type, votes, verdicts };
    }),
  };
}
