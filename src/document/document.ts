import type { Mention } from './mention.ts';

/** A text and the mentions in it; `M` says which stages it has been through. A stage returns a new document. */
export interface Document<M extends Mention = Mention> {
  readonly id: string;
  readonly text: string;
  /** In order of reading. */
  readonly mentions: readonly M[];
}
