import type { TypedSpan } from '../document/labelled.ts';
import { conllevalTag, endsChunk, outside, startsChunk, type Tag } from './chunk-borders.ts';

/** How tags become mentions: leniently, or strictly, where whatever is no complete mention of the scheme is none. */
export type TagScheme = 'conlleval' | StrictScheme;
export type StrictScheme = 'iob2' | 'iobes';

const prefixes: Readonly<Record<StrictScheme, string>> = { iob2: 'BIO', iobes: 'BIOES' };

/** Whether a tag belongs to a scheme: it begins with one of its letters. For conlleval every tag does. */
export function isTagOf(scheme: TagScheme, tag: string): boolean {
  return scheme === 'conlleval' || (tag !== '' && prefixes[scheme].includes(tag.charAt(0)));
}

/**
 * The mentions that tags stand for, in order; their offsets count tokens.
 * - `conlleval`: every chunk that conlleval sees, see {@link endsChunk}. For tags in IOB1 and IOB2 this is seqeval's default too.
 * - `iob2`: `B` and the `I` of the same type that follow it. An `I` elsewhere is nothing.
 * - `iobes`: `S`; or `B`, any number of `I` and `E`, all of the same type. Whatever is unfinished is nothing.
 *
 * The type of a tag is what follows its first letter, in the strict schemes without hyphens at either end, and `_` if nothing is left.
 * @throws {RangeError} for a tag that is none of a strict scheme; see {@link isTagOf}.
 * @see seqeval 1.2, whose `mode="strict"` the strict schemes follow
 */
export function taggedSpans(tags: readonly string[], scheme: TagScheme): readonly TypedSpan[] {
  switch (scheme) {
    case 'conlleval':
      return chunks(tags.map(conllevalTag));
    case 'iob2':
      return iob2Spans(tags.map((tag) => strictTag(tag, scheme)));
    case 'iobes':
      return iobesSpans(tags.map((tag) => strictTag(tag, scheme)));
    default:
      return scheme satisfies never;
  }
}

function strictTag(tag: string, scheme: StrictScheme): Tag {
  if (tag === 'O') return outside; // as most are; nobody asks for the type of one
  if (!isTagOf(scheme, tag)) {
    throw new RangeError(`"${tag}" is no tag of ${scheme}; expected one that begins with ${[...prefixes[scheme]].join(', ')}.`);
  }
  return { prefix: tag.charAt(0), type: tag.slice(1).replace(/^-+|-+$/g, '') || '_' };
}

function chunks(tags: readonly Tag[]): readonly TypedSpan[] {
  const spans: TypedSpan[] = [];
  let open: { readonly start: number; readonly type: string } | undefined;
  let previous = outside;
  for (const [index, tag] of [...tags, outside].entries()) {
    const starts = startsChunk(previous, tag);
    if (open !== undefined && (starts || endsChunk(previous, tag) || index === tags.length)) {
      spans.push({ start: open.start, end: index, type: open.type });
      open = undefined;
    }
    if (starts) open = { start: index, type: tag.type };
    previous = tag;
  }
  return spans;
}

function iob2Spans(tags: readonly Tag[]): readonly TypedSpan[] {
  const spans: TypedSpan[] = [];
  let open: { readonly start: number; readonly type: string } | undefined;
  for (const [index, { prefix, type }] of [...tags, outside].entries()) {
    if (prefix === 'I' && open?.type === type) continue;
    if (open !== undefined) spans.push({ start: open.start, end: index, type: open.type });
    open = prefix === 'B' ? { start: index, type } : undefined;
  }
  return spans;
}

function iobesSpans(tags: readonly Tag[]): readonly TypedSpan[] {
  const spans: TypedSpan[] = [];
  let open: { readonly start: number; readonly type: string } | undefined;
  for (const [index, { prefix, type }] of tags.entries()) {
    if (prefix === 'I' && open?.type === type) continue;
    if (prefix === 'E' && open?.type === type) spans.push({ start: open.start, end: index + 1, type });
    if (prefix === 'S') spans.push({ start: index, end: index + 1, type });
    open = prefix === 'B' ? { start: index, type } : undefined;
  }
  return spans;
}
