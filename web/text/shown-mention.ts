import type { Span } from '../../src/document/span.ts';

/**
 * A mention as it is shown: one that was found, one that a person corrected, one that was rejected, or one of a run that is not done.
 */
export interface ShownMention extends Span {
  /** Different for each mention that is shown of a text. */
  readonly key: string;
  readonly state: 'found' | 'corrected' | 'rejected' | 'provisional';
  /** Missing where nobody has said yet. */
  readonly type?: string | undefined;
  readonly score?: number | undefined;
  /** Why it was rejected, as a sentence. */
  readonly reason?: string | undefined;
}
