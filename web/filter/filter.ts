import type { ShownMention } from '../text/shown-mention.ts';

/** Which mentions are shown. */
export interface Filter {
  /** Types that are not. */
  readonly hidden: readonly string[];
  /** Least score of those that have one, in [0, 1]. */
  readonly minScore: number;
  /** Whether those that were rejected are shown, too. */
  readonly rejected: boolean;
}

export const showAll: Filter = { hidden: [], minScore: 0, rejected: false };

/** Whether a mention is shown. One without a score, as a person added it, is shown whatever its least score. */
export function passes({ hidden, minScore, rejected }: Filter, mention: ShownMention): boolean {
  if (mention.state === 'rejected' && !rejected) return false;
  if (mention.type !== undefined && hidden.includes(mention.type)) return false;
  return mention.score === undefined || mention.score >= minScore;
}

/** How many mentions there are of each type, in the order of the inventory and, of those that are not in it, of the text. */
export function countsByType(mentions: readonly ShownMention[], types: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map(types.map((type) => [type, 0]));
  for (const { type, state } of mentions) {
    if (type !== undefined && state !== 'rejected') counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** The filter with a type hidden that was shown, or the other way round. */
export function toggled(filter: Filter, type: string): Filter {
  const hidden = filter.hidden.includes(type) ? filter.hidden.filter((one) => one !== type) : [...filter.hidden, type];
  return { ...filter, hidden };
}
