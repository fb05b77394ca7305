import type { TypedSpan } from '../document/labelled.ts';
import { bySpan, spanKey } from '../document/span.ts';

/** A key that is equal exactly for mentions of the same span and type. */
export function mentionKey(mention: TypedSpan): string {
  return `${spanKey(mention)}:${mention.type}`;
}

/** Each mention once, in order of reading; those of one span by type. */
export function distinctMentions(mentions: readonly TypedSpan[]): readonly TypedSpan[] {
  return inOrder(new Map(mentions.map((mention) => [mentionKey(mention), mention])).values());
}

/** In order of reading; those of one span by type. */
export function inOrder(mentions: Iterable<TypedSpan>): readonly TypedSpan[] {
  return [...mentions].sort((a, b) => bySpan(a, b) || (a.type < b.type ? -1 : 1));
}
