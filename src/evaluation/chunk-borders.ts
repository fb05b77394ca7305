/** A tag taken apart: `B-person` has the prefix `B` and the type `person`. */
export interface Tag {
  readonly prefix: string;
  /** Empty for a tag without one. */
  readonly type: string;
}

/** What stands before and after a sentence. */
export const outside: Tag = { prefix: 'O', type: '' };

/** A tag as conlleval reads it: its first hyphen parts prefix and type; without a hyphen all of it is prefix. */
export function conllevalTag(tag: string): Tag {
  if (tag === 'O') return outside;
  const hyphen = tag.indexOf('-');
  if (hyphen === -1) return { prefix: tag, type: '' };
  const type = tag.slice(hyphen + 1);
  return { prefix: tag.slice(0, hyphen), type: type === '0' ? '' : type }; // to Perl the string "0" is false, and so no type
}

/** Pairs of prefixes between which a chunk ends, or starts, even if both tags have the same type. */
const endsBetween = new Set(['BB', 'BO', 'IB', 'IO', 'EE', 'EI', 'EO']);
const startsBetween = new Set(['BB', 'IB', 'OB', 'OI', 'EE', 'EI', 'OE']);

/**
 * Whether a chunk ends before `tag` as conlleval has it. IOB1, IOB2, IOE1 and IOE2 are covered, and `[` and `]`, which are chunks of one
 * token; a full stop is outside as `O` is. It knows no `S`: such a chunk ends only where the type changes, and neither does `E` end
 * one before `B`. Tags in IOBES are for the strict scheme.
 * @see Tjong Kim Sang and Buchholz, CoNLL-2000, whose script this is
 */
export function endsChunk(previous: Tag, tag: Tag): boolean {
  const { prefix } = previous;
  if (prefix === 'O') return false;
  return endsBetween.has(prefix + tag.prefix) || (prefix !== '.' && previous.type !== tag.type) || prefix === '[' || prefix === ']';
}

/** Whether a chunk starts with `tag`, as conlleval has it; see {@link endsChunk}. Neither follows from the other. */
export function startsChunk(previous: Tag, tag: Tag): boolean {
  const { prefix } = tag;
  if (prefix === 'O') return false;
  return startsBetween.has(previous.prefix + prefix) || (prefix !== '.' && previous.type !== tag.type) || prefix === '[' || prefix === ']';
}
