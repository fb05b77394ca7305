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

/** What a tag of a token inside a mention consists of: `B-person`, `B` where a data set has but one type, or `person` in the scheme `io`. */
export type TagForm = 'letter-and-type' | 'letter' | 'type';

/** The type of mentions whose tags say none. */
const untyped = '_';

/**
 * Whether a tag is one: `O`, or a letter of `B I M E L S U W`, a hyphen and a type, which may have hyphens itself; in the other forms the
 * letter or the type alone. Lower-case letters make no tag, because `b-person` might as well be a type.
 */
export function isTag(tag: string, form: TagForm = 'letter-and-type'): boolean {
  return tag === 'O' || partsOf(tag, form) !== undefined;
}

function partsOf(tag: string, form: TagForm): TagParts | undefined {
  if (form === 'type') return /^(?!.-)./su.test(tag) && tag !== 'O' ? { letter: 'I', type: tag } : undefined;
  const letter = letters[tag.charAt(0)];
  if (letter === undefined) return undefined;
  if (form === 'letter') return tag.length === 1 ? { letter, type: untyped } : undefined;
  return tag.charAt(1) === '-' && tag.length > 2 ? { letter, type: tag.slice(2) } : undefined;
}

/** What a tag has to be, in words, where those of a data set have this form. */
export const expectedTags: Readonly<Record<TagForm, string>> = {
  'letter-and-type': 'O, or a letter and a type such as B-person',
  letter: 'O, or a letter without a type, like the tags before',
  type: 'a type without a letter before it, like the tags before',
};

/**
 * Whether tags are letters without types: all are `O` or a letter, and one of them surely begins a mention. Letters like `I` alone might be
 * types as well.
 */
export function areUntyped(tags: Iterable<string>): boolean {
  let begins = false;
  for (const tag of tags) {
    if (!isTag(tag, 'letter')) return false;
    begins ||= tag === 'B' || tag === 'S' || tag === 'U';
  }
  return begins;
}

/**
 * The mentions that the tags of a sentence mark, in order. One decoder reads every scheme; ill-formed sequences mean what they mean
 * to conlleval: a mention begins at a `B` or `S`, and at any tag after `O`, after an `E` or `S`, or after another type; it goes on until the
 * next begins, or to an `E`, `S` or `O`. What is no tag, see {@link isTag}, counts as `O`.
 */
export function decodeTags(tags: readonly string[], form: TagForm = 'letter-and-type'): readonly TaggedMention[] {
  const mentions: TaggedMention[] = [];
  let open: TagParts | undefined;
  let start = 0;
  for (const [index, tag] of [...tags, 'O'].entries()) {
    const parts = partsOf(tag, form);
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
  readonly form: TagForm;
  /** Sentences that were looked at. */
  readonly sentences: number;
  /** Those of them with mentions. */
  readonly tagged: number;
  /** Those of them whose tags are exactly those that the scheme gives to the mentions; the others are ill-formed. */
  readonly wellFormed: number;
  /** Tags other than `O`. */
  readonly tags: number;
  /** Those of them that the scheme gives to the mentions. */
  readonly fitting: number;
}

/**
 * The scheme that explains most of the sentences: that gives back their tags for the mentions that they mark. Among equals the first
 * of {@link writableTagSchemes} counts; without mentions that is `iob2`. Where none explains a sentence, it is the one that gives back most tags.
 * @returns `io` only if it explains a sentence: none of its tags has a letter before it, and not all are letters.
 */
export function detectTagScheme(sample: Iterable<readonly string[]>): TagSchemeFinding {
  const sentences = Array.from(sample);
  const tagged = sentences.filter((tags) => tags.some((tag) => tag !== 'O'));
  const isUntyped = areUntyped(tagged.flat());
  const inside = tagged.flat().filter((tag) => tag !== 'O').length;
  const counts = tagSchemes.map((scheme) => {
    const form = scheme === 'io' ? 'type' : isUntyped ? 'letter' : 'letter-and-type';
    const strange = tagged.map((tags) => strangeTags(tags, scheme, form));
    const fitting = inside - strange.reduce((sum, count) => sum + count, 0);
    return { scheme, form, wellFormed: strange.filter((count) => count === 0).length, fitting } as const;
  });
  const explaining = counts.filter(({ form }) => !isUntyped || form === 'letter').reduce((a, b) => (b.wellFormed > a.wellFormed ? b : a));
  const nearest = counts.filter(({ form }) => form !== 'type').reduce((a, b) => (b.fitting > a.fitting ? b : a));
  const best = explaining.wellFormed > 0 ? explaining : nearest;
  return { ...best, sentences: sentences.length, tagged: tagged.length, tags: inside };
}

/** How many tags are not those that the scheme gives to the mentions that they mark. */
function strangeTags(tags: readonly string[], scheme: TagScheme, form: TagForm): number {
  const again = encodeTags(tags.length, decodeTags(tags, form), scheme);
  const isStrange = (tag: string, index: number) => again[index] !== (form === 'letter' && tag !== 'O' ? `${tag}-${untyped}` : tag);
  return tags.filter(isStrange).length;
}

/** Sentences from which the scheme of the tags is told. */
export const schemeSample = 1000;

/** One line on the scheme of tags, for people. A scheme that explains fewer than half of the sentences is but the nearest one. */
export function schemeNote({ scheme, form, sentences, tagged, wellFormed, tags, fitting }: TagSchemeFinding): string {
  if (tagged === 0) return `no mentions in the first ${several(sentences)}`;
  const types = form === 'letter' ? ` without types, so that every mention has the type ${untyped}` : '';
  const isPart = wellFormed > 0 && wellFormed < tagged;
  const sample = `by the first ${several(tagged)} with mentions${isPart ? `, of which ${tagged - wellFormed} have ill-formed tags` : ''}`;
  if (2 * wellFormed >= tagged) return `the tags are ${scheme}${types} (${sample})`;
  const nearest = fitting === 0 ? '' : `; nearest is ${scheme}, with ${fitting} of ${tags} tags`;
  return `the tags fit no ${isPart ? 'single ' : ''}scheme and are read leniently${types && `,${types}`} (${sample}${nearest})`;
}

function several(sentences: number): string {
  return sentences === 1 ? 'sentence' : `${sentences} sentences`;
}
