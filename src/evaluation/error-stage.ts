import type { Rejected, Verified } from '../document/mention.ts';
import { sameSpan } from '../document/span.ts';
import type { MentionError } from './error-analysis.ts';

/** Where in the pipeline an error arose. */
export type ErrorStage =
  /** No model proposed the gold span. */
  | 'never-proposed'
  /** The gold span was proposed, and too few models stood by it, or the vote called it no entity. */
  | 'voted-away'
  /** The vote gave the gold span another type. */
  | 'mistyped'
  /** The vote gave the gold span its type, and the verifier denied it. */
  | 'wrongly-rejected'
  /** The gold span passed with its type, and gave way to a mention that overlaps it. */
  | 'lost-in-overlap'
  /** What is no gold mention passed every stage. */
  | 'wrongly-kept';

/**
 * The stage at which an error arose: for a spurious mention the end, for all others the one at which the gold mention was lost.
 * @param error - of a text; its predicted mentions are the verified ones.
 * @param mentions - all that the pipeline decided on in that text, verified and rejected, with the offsets of the text.
 */
export function stageOfError(error: MentionError, mentions: readonly (Verified | Rejected)[]): ErrorStage {
  if (error.kind === 'spurious') return 'wrongly-kept';
  const { gold } = error;
  const losses = mentions.filter((mention) => sameSpan(mention, gold)).map((mention) => lossOf(mention, gold.type));
  // Where a span was decided on more than once, the decision counts that came closest to keeping it.
  return progress.findLast((stage) => losses.includes(stage)) ?? 'never-proposed';
}

const progress: readonly ErrorStage[] = ['voted-away', 'mistyped', 'wrongly-rejected', 'lost-in-overlap'];

/** What took a mention with the gold span from the result, or made it another. */
function lossOf(mention: Verified | Rejected, goldType: string): ErrorStage {
  const { verdicts, type } = mention;
  if (mention.status === 'rejected') {
    if (mention.stage === 'extract' || mention.stage === 'classify') return 'voted-away';
    if (mention.stage === 'resolve' && type === goldType) return 'lost-in-overlap';
  }
  // Verification may have re-typed a mention; the vote's type is the one that it was asked about first.
  const voted = verdicts[0]?.type ?? type;
  return voted === goldType ? 'wrongly-rejected' : 'mistyped';
}
