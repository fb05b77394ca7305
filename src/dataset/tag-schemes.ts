/**
 * How tags mark mentions in a sequence of tokens, with the letters before the type:
 * - `iob1`: `I`, and `B` only for a mention right after another of its type; `iob2`: `B` for every first token, `I` for the others;
 * - `ioe1`: `I`, and `E` only for the end of a mention right before another of its type; `ioe2`: `E` for every last token;
 * - `iobes`: `S` for a mention of one token, else `B`, `I`…, `E`; `bilou` writes `U` and `L` for `S` and `E`, `bmes` writes `M` for `I`;
 * - `io`: the bare type on every token, so that neighbours of one type are one mention.
 */
export type TagScheme = WritableTagScheme | 'io';

/** The schemes that can tell neighbours of one type apart, so that nothing is lost in them. */
export const writableTagSchemes = ['iob2', 'iobes', 'iob1', 'ioe2', 'ioe1', 'bilou', 'bmes'] as const;
export type WritableTagScheme = (typeof writableTagSchemes)[number];

const tagSchemes: readonly TagScheme[] = [...writableTagSchemes, 'io'];

/** A mention in a sequence of tokens: half-open `[start, end)`, indexes of tokens from 0. */
export interface TaggedMention {
  readonly start: number;
  readonly end: number;
  readonly type: string;
}

/** What a tag of a token inside a mention says; letters that mean the same are one. */
interface TagParts {
  readonly letter: 'B' | 'I' | 'E' | 'S';
  readonly type: string;
}

const letters: Readonly<Record<string, TagParts['letter']>> = { B: 'B', I: 'I', M: 'I', E: 'E', L: 'E', S: 'S', U: 'S', W: 'S' };

/**
 * Whether a tag is one: `O`, or a letter of `B I M E L S U W`, a hyphen and a type, which may have hyphens itself. With `io` it is a bare
 * type. Lower-case letters make no tag, because `b-person` might as well be a type.
 */
export function isTag(tag: string, scheme?: TagScheme): boolean {
  return tag === 'O' || partsOf(tag, scheme) !== undefined;
}

function partsOf(tag: string, scheme: TagScheme | undefined): TagParts | undefined {
  if (scheme === 'io') return /^(?!.-)./su.test(tag) && tag !== 'O' ? { letter: 'I', type: tag } : undefined;
  const letter = tag.charAt(1) === '-' && tag.length > 2 ? letters[tag.charAt(0)] : undefined;
  return letter === undefined ? undefined : { letter, type: tag.slice(2) };
}

/**
 * The mentions that the tags of a sentence mark, in order. One decoder reads every scheme but `io`; ill-formed sequences mean what
 * they mean to conlleval: a mention begins at a `B` or `S`, and at any tag after `O`, after an `E` or `S`, or after another type; it goes on
 * until the next begins, or to an `E`, `S` or `O`. What is no tag, see {@link isTag}, counts as `O`.
 * @param scheme - only `io` makes a difference.
 */
export function decodeTags(tags: readonly string[], scheme?: TagScheme): readonly TaggedMention[] {
  const mentions: TaggedMention[] = [];
  let open: TagParts | undefined;
  let start = 0;
  for (const [index, tag] of [...tags, 'O'].entries()) {
    const parts = partsOf(tag, scheme);
    const goesOn =
      open !== undefined &&
      parts?.type === open.type &&
      (parts.letter === 'I' || parts.letter === 'E') &&
      open.letter !== 'E' &&
      open.letter !== 'S';
    if (open !== undefined && !goesOn) mentions.push({ start, end: index, type: open.type });
    if (!goesOn) start = index;
    open = parts;
  }
  return mentions;
}

/** The letters of the only, the first, an inner and the last token of a mention. */
const lettersByPlace: Readonly<Record<WritableTagScheme, readonly [only: string, first: string, inner: string, last: string]>> = {
  iob1: ['I', 'I', 'I', 'I'],
  iob2: ['B', 'B', 'I', 'I'],
  ioe1: ['I', 'I', 'I', 'I'],
  ioe2: ['E', 'I', 'I', 'E'],
  iobes: ['S', 'B', 'I', 'E'],
  bilou: ['U', 'B', 'I', 'L'],
  bmes: ['S', 'B', 'M', 'E'],
};

/**
 * The tags of mentions.
 * @param tokens - how many there are.
 * @param mentions - in order, none of them empty or overlapping another.
 */
export function encodeTags(tokens: number, mentions: readonly TaggedMention[], scheme: TagScheme): readonly string[] {
  const tags = new Array<string>(tokens).fill('O');
  for (const [index, { start, end, type }] of mentions.entries()) {
    if (scheme === 'io') {
      tags.fill(type, start, end);
      continue;
    }
    const [only, first, inner, last] = lettersByPlace[scheme];
    tags.fill(`${inner}-${type}`, start, end);
    tags[start] = `${first}-${type}`;
    tags[end - 1] = `${end - start === 1 ? only : last}-${type}`;
    const [before, after] = [mentions[index - 1], mentions[index + 1]];
    if (scheme === 'iob1' && before?.end === start && before.type === type) tags[start] = `B-${type}`;
    if (scheme === 'ioe1' && after?.start === end && after.type === type) tags[end - 1] = `E-${type}`;
  }
  return tags;
}

/** What tags of a sample of sentences are written in. */
export interface TagSchemeFinding {
  readonly scheme: TagScheme;
  /** Sentences with mentions. */
  readonly tagged: number;
  /** Those of them whose tags are exactly those that the scheme gives to the mentions; the others are ill-formed. */
  readonly wellFormed: number;
}

/**
 * The scheme that explains most of the sentences: that gives back their tags for the mentions that they mark. Among equals the first
 * of {@link writableTagSchemes} counts; without mentions that is `iob2`.
 * @returns `io` only if no tag has a letter before it.
 */
export function detectTagScheme(sentences: Iterable<readonly string[]>): TagSchemeFinding {
  const wellFormed = new Map<TagScheme, number>(tagSchemes.map((scheme) => [scheme, 0]));
  let tagged = 0;
  for (const tags of sentences) {
    if (tags.every((tag) => tag === 'O')) continue;
    tagged++;
    const isBare = tags.every((tag) => isTag(tag, 'io'));
    for (const scheme of tagSchemes) {
      if ((scheme === 'io') !== isBare) continue;
      const again = encodeTags(tags.length, decodeTags(tags, scheme), scheme);
      if (again.every((tag, index) => tag === tags[index])) wellFormed.set(scheme, (wellFormed.get(scheme) ?? 0) + 1);
    }
  }
  const [scheme, count] = [...wellFormed].reduce((best, next) => (next[1] > best[1] ? next : best));
  return { scheme, tagged, wellFormed: count };
}

/** Sentences from which the scheme of the tags is told. */
export const schemeSample = 1000;

/** One line on the scheme of tags, for people. */
export function schemeNote({ scheme, tagged, wellFormed }: TagSchemeFinding): string {
  if (tagged === 0) return `the first ${schemeSample} sentences have no mentions`;
  const illFormed = tagged === wellFormed ? '' : `, of which ${tagged - wellFormed} have ill-formed tags`;
  return `the tags are ${scheme} (by the first ${tagged} sentences with mentions${illFormed})`;
}
