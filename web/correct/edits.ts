import type { TypedSpan } from '../../src/document/labelled.ts';
import { bySpan, type Span, spanKey } from '../../src/document/span.ts';

/** What a person says of a span: its type, or `undefined` that it is no mention. */
export interface Edit extends Span {
  readonly type: string | undefined;
}

/** Corrections of a text, one a span, in the order in which they were made. */
export type Edits = readonly Edit[];

const isOf =
  (span: Span) =>
  (other: Span): boolean =>
    spanKey(span) === spanKey(other);

/**
 * The corrections with another one, which takes the place of that of the same span.
 * @param found - what was found; a correction that says just that is none.
 */
export function withEdit(edits: Edits, edit: Edit, found: readonly TypedSpan[]): Edits {
  const others = edits.filter((other) => !isOf(edit)(other));
  const here = found.filter(isOf(edit));
  const isAsFound = edit.type === undefined ? here.length === 0 : here.length === 1 && here[0]?.type === edit.type;
  return isAsFound ? others : [...others, edit];
}

/** The corrections with a mention's borders moved: what was there is none, and what is there now is. */
export function withMoved(
  edits: Edits,
  { from, to, type }: { readonly from: Span; readonly to: Span; readonly type: string },
  found: readonly TypedSpan[],
): Edits {
  return withEdit(
    withEdit(edits, { start: from.start, end: from.end, type: undefined }, found),
    { start: to.start, end: to.end, type },
    found,
  );
}

/** The mentions of a text as corrected, in order of reading; those that were found keep what else is known of them. */
export function corrected<S extends TypedSpan>(found: readonly S[], edits: Edits): readonly (S | TypedSpan)[] {
  const kept = found.filter((mention) => !edits.some((edit) => isOf(mention)(edit) && edit.type !== mention.type));
  const added = edits.flatMap(({ start, end, type }): TypedSpan[] => {
    if (type === undefined || kept.some((mention) => isOf({ start, end })(mention))) return [];
    return [{ start, end, type }];
  });
  return [...kept, ...added].sort(bySpan);
}

/** Corrections that still change something: others are as was found by now. */
export function pending(edits: Edits, found: readonly TypedSpan[]): Edits {
  return edits.reduce<Edits>((left, edit) => withEdit(left, edit, found), []);
}
