import type { TypedSpan } from '../../src/document/labelled.ts';
import { bySpan, overlap, type Span, sameSpan } from '../../src/document/span.ts';

/** What a person says: instead of a mention that was found there is another one, or none; or there is one where none was found. */
export interface Edit {
  /** One of those that were found; missing where there is one more. */
  readonly from?: TypedSpan | undefined;
  /** Missing where there is none. */
  readonly to?: TypedSpan | undefined;
}

/** Corrections of a text, one a mention, in the order in which they were made. */
export type Edits = readonly Edit[];

/** Whether both are the same span of the same type, or both are missing. */
export function sameMention(a: TypedSpan | undefined, b: TypedSpan | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameSpan(a, b) && a.type === b.type;
}

/**
 * The corrections with another one, which takes the place of one that made what it corrects.
 * @param edit - `from`: a mention as it stands, corrected or not.
 * @param found - what was found; a correction that says just that is none.
 */
export function withEdit(edits: Edits, { from, to }: Edit, found: readonly TypedSpan[]): Edits {
  const before = edits.find((edit) =>
    from === undefined ? edit.to === undefined && sameMention(edit.from, to) : sameMention(edit.to, from),
  );
  const others = edits.filter((edit) => edit !== before);
  const original = before === undefined ? found.find((mention) => sameMention(mention, from)) : before.from;
  return sameMention(original, to) ? others : [...others, { from: original && bare(original), to: to && bare(to) }];
}

/** The mentions of a text as corrected, in order of reading, each once; those that were found keep what else is known of them. */
export function corrected<S extends TypedSpan>(found: readonly S[], edits: Edits): readonly (S | TypedSpan)[] {
  const all: (S | TypedSpan)[] = found.filter((mention) => !edits.some(({ from }) => sameMention(from, mention)));
  for (const { to } of edits) {
    if (to !== undefined && !all.some((mention) => sameMention(mention, to))) all.push(to);
  }
  return all.sort(bySpan);
}

/** Corrections that still change something when something else was found: others are as was found by now. */
export function pending(edits: Edits, found: readonly TypedSpan[]): Edits {
  return edits.flatMap(({ from, to }): Edits => {
    const exact = found.find((mention) => sameMention(mention, from));
    // Where a person said what there is, that holds against whatever is found there.
    const original = exact ?? (to && found.find((mention) => sameSpan(mention, to) || (from !== undefined && sameSpan(mention, from))));
    return sameMention(original, to) ? [] : [{ from: original && bare(original), to }];
  });
}

/** Corrections that make of what was found what is wanted, one a mention. */
export function difference(found: readonly TypedSpan[], wanted: readonly TypedSpan[]): Edits {
  const left = found.filter((mention) => !wanted.some((other) => sameMention(mention, other)));
  const added = wanted.filter((mention) => !found.some((other) => sameMention(mention, other)));
  const isOfAnother = (span: Span): boolean => added.some((mention) => sameSpan(mention, span));
  const made = added.map((to): Edit => {
    const same = left.findIndex((mention) => sameSpan(mention, to));
    const at = same === -1 ? left.findIndex((mention) => overlap(mention, to) && !isOfAnother(mention)) : same;
    const [from] = at === -1 ? [] : left.splice(at, 1);
    return { from: from && bare(from), to: bare(to) };
  });
  return [...made, ...left.map((from) => ({ from: bare(from), to: undefined }))];
}

/** Corrections of before that speak of no span of which others do. */
export function notOverruled(before: Edits, edits: Edits): Edits {
  const spansOf = ({ from, to }: Edit): readonly Span[] => [from ?? [], to ?? []].flat();
  const spans = edits.flatMap(spansOf);
  return before.filter((edit) => !spansOf(edit).some((span) => spans.some((other) => sameSpan(span, other))));
}

function bare({ start, end, type }: TypedSpan): TypedSpan {
  return { start, end, type };
}
