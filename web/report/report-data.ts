import type { EntityType } from '../../src/document/entity-type.ts';
import type { DocumentResult } from '../api/api-types.ts';
import { type Filter, passes } from '../filter/filter.ts';
import { shownMentions } from '../story/shown-mentions.ts';
import type { ShownMention } from '../text/shown-mention.ts';

/** What a report says of itself. */
export interface ReportHead {
  readonly types: readonly EntityType[];
  /** Whether the results tell how they came about. */
  readonly trace: boolean;
}

/** A document of a report, without its trace. */
export interface ReportDocument {
  readonly result: Omit<DocumentResult, 'trace'>;
  readonly mentions: readonly ShownMention[];
  /** What a search looks through, in lower case. */
  readonly words: string;
}

/** Which documents are shown, and what of them. */
export interface View {
  readonly filter: Filter;
  readonly search: string;
  /** Whether documents of which nothing would be marked are left out. */
  readonly onlyMarked: boolean;
}

export function reportDocument(result: Omit<DocumentResult, 'trace'>): ReportDocument {
  return { result, mentions: shownMentions(result.entities ?? []), words: `${result.id}\n${result.text}`.toLowerCase() };
}

/** Whether a document is shown. */
export function isShown({ mentions, words }: ReportDocument, { filter, search, onlyMarked }: View): boolean {
  if (search !== '' && !words.includes(search.toLowerCase())) return false;
  return !onlyMarked || mentions.some((mention) => passes(filter, mention));
}
