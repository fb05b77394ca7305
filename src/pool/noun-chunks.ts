import { type WordBoundaries, wordBoundaries } from '../document/boundaries.ts';
import { overlap, type Span } from '../document/span.ts';
import { englishTagger, type Tagger } from './part-of-speech.ts';
import { wordsOf } from './words.ts';

/**
 * Name and version of the rules below. Every change of what they find, also by another tagger, makes it another: spans of a pool and of a text
 * are comparable only if the same rules found them.
 */
export const nounChunkerId = 'noun-chunks@1';

/** Gives the spans of a text that may be mentions, in order of reading; none overlaps another. */
export type NounChunker = (text: string) => readonly Span[];

/**
 * What a word is to a phrase. `opening` is a noun or a name, which the capital of a sentence's first word does not tell; `within` stands
 * inside a phrase and neither begins nor ends one; `alone` is a span by itself; `none` ends a phrase.
 */
type Role = 'name' | 'noun' | 'opening' | 'modifier' | 'within' | 'alone' | 'none';

interface TaggedWord extends Span {
  readonly text: string;
  /** A tag of Universal Dependencies, or `foreign` for what the tagger could not read. */
  readonly tag: string;
}

/** Letters of scripts that the tagger cannot read. */
const foreignLetters = /[\p{L}--[\p{scx=Latin}\p{sc=Greek}\p{sc=Common}]]|\p{sc=Greek}{2}/v;
/** A part of names such as TNF-α. */
const greekLetter = /^\p{sc=Greek}$/u;
const hyphen = /^[-‐‑–]$/;
/** Hyphens of a compound that are looked at, so that hostile text takes linear time. */
const longestCompound = 8;
const tagOrHandle = /^[#@][\p{L}\p{N}_]/u;
const capitalised = /^\p{Lu}/u;
const sentenceEnd = /^[.!?…:;"“”]+$/;
const day = /^(?:today|tonight|tonite|tomorrow|yesterday)$/i;
const nameJoint = /^(?:of|&|de|del|della|di|da|du|des|van|von|der|den|la|le|el|al|bin|ibn)$/;
const personalPronoun =
  /^(?:i|me|myself|mine|you|yourself|yourselves|yours|he|him|himself|she|her|herself|hers|it|itself|we|us|ourselves|ours|they|them|themselves|theirs)$/i;
/** Too little to be a name: a single character, or hiragana alone, which is grammar more often than not. */
const foreignParticle = /^(?:.|\p{sc=Hiragana}+)$/u;
/** Parts of speech that are no names however they are written. */
const closedClasses: ReadonlySet<string> = new Set(['DET', 'PRON', 'ADP', 'CCONJ', 'SCONJ', 'PART', 'AUX', 'PUNCT', 'SYM']);

/**
 * Finds candidate spans without a model call, by the parts of speech of English:
 * - noun phrases without their determiner: adjectives, numbers, nouns and names, the last a noun or a name. A phrase goes on over the
 *   `'s` of a name (`Parkinson's disease`), and ends where names turn into other nouns or back (`Pepsi | truck`, `wife | Anna`);
 * - capitalised words inside a sentence, whatever their part of speech, and names joined as in `Bank of America`;
 * - personal pronouns, hashtags and @-mentions, each by itself.
 *
 * What the tagger cannot read, such as other scripts, is words by `Intl.Segmenter`, capitalised ones in a row together.
 * Deviation: in the paper the models pre-extract the spans.
 */
export async function nounChunker(): Promise<NounChunker> {
  const tag = await englishTagger();
  return (text) => {
    const boundaries = wordBoundaries(text);
    const words = withCompounds(taggedWords(text, tag, boundaries), text);
    return phrasesOf(text, words).filter(({ start, end }) => boundaries.startsAt(start) && boundaries.endsAt(end));
  };
}

/** The tagger's tokens, put together where it cut within a word (`do` and `n't`), and the words that it could not read. */
function taggedWords(text: string, tag: Tagger, boundaries: WordBoundaries): readonly TaggedWord[] {
  const words: TaggedWord[] = [];
  for (const { start, end, tag: partOfSpeech } of tag(text)) {
    const last = words.at(-1);
    const isCut = last?.end === start && !boundaries.startsAt(start);
    if (isCut) words.pop();
    const from = isCut ? last.start : start;
    const isLetter = greekLetter.test(text.slice(start, end));
    words.push({ start: from, end, text: text.slice(from, end), tag: isLetter ? 'NOUN' : partOfSpeech });
  }
  const read = words.filter((word) => !foreignLetters.test(word.text));
  return inOrder(read, wordsOf(text)).map((word) =>
    'tag' in word ? word : { ...word, text: text.slice(word.start, word.end), tag: 'foreign' },
  );
}

/** The first ones, and of the others those that overlap none of them, by start; both are in order. */
function inOrder<A extends Span, B extends Span>(first: readonly A[], others: readonly B[]): readonly (A | B)[] {
  const merged: (A | B)[] = [];
  let at = 0;
  for (const other of others) {
    for (let next = first[at]; next !== undefined && next.start < other.end; next = first[++at]) merged.push(next);
    const last = merged.at(-1);
    if (last === undefined || !overlap(last, other)) merged.push(other);
  }
  return [...merged, ...first.slice(at)];
}

/** Joins words by hyphens without white space if the last is a noun, a name or a number: `IL-2`, but not `drug-induced`. */
function withCompounds(words: readonly TaggedWord[], text: string): readonly TaggedWord[] {
  const joined: TaggedWord[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    let last = word;
    let lastAt = at;
    for (let next = at + 2; isWord(word) && next <= at + 2 * longestCompound; next += 2) {
      const [mark, part] = [words[next - 1], words[next]];
      if (mark === undefined || part === undefined || !hyphen.test(mark.text) || mark.start !== last.end || part.start !== mark.end) break;
      last = part;
      lastAt = next;
    }
    const isNominal = last.tag === 'NOUN' || last.tag === 'PROPN' || last.tag === 'NUM';
    if (lastAt === at || !isNominal) joined.push(word);
    else {
      const tag = last.tag === 'NUM' ? 'PROPN' : last.tag;
      joined.push({ start: word.start, end: last.end, text: text.slice(word.start, last.end), tag });
      at = lastAt;
    }
  }
  return joined;
}

function isWord({ text }: TaggedWord): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** One pass, so that a text without an end of phrases takes linear time. */
function phrasesOf(text: string, words: readonly TaggedWord[]): readonly Span[] {
  const roles = rolesOf(words);
  const phrases: Span[] = [];
  let start = -1;
  let end = -1;
  const close = () => {
    if (end >= 0) phrases.push({ start, end });
    start = -1;
    end = -1;
  };
  for (const [at, word] of words.entries()) {
    const role = roles[at] ?? 'none';
    const gap = text.slice(words[at - 1]?.end ?? 0, word.start);
    if (role === 'none' || role === 'alone' || turns(roles[at - 1], role) || /[\n\r]/.test(gap)) close();
    if (role === 'alone') phrases.push({ start: word.start, end: word.end });
    if (start < 0 && (role === 'modifier' || isNominal(role))) start = word.start;
    if (isNominal(role)) end = word.end;
  }
  close();
  return phrases;
}

function isNominal(role: Role | undefined): boolean {
  return role === 'name' || role === 'noun' || role === 'opening';
}

/** Whether names turn into other nouns, or back. */
function turns(before: Role | undefined, role: Role): boolean {
  return (before === 'name' && role === 'noun') || (before === 'noun' && role === 'name');
}

function rolesOf(words: readonly TaggedWord[]): readonly Role[] {
  const isShouted = words.filter(({ text }) => capitalised.test(text)).length * 3 > words.filter(isWord).length * 2;
  const roles = words.map((word, at): Role => {
    const before = words[at - 1];
    const isFirst = before === undefined || sentenceEnd.test(before.text);
    return wordRole(word, isFirst, isShouted);
  });
  return words.map((_, at) => {
    const role = roles[at] ?? 'none';
    if (isPossessive(words, at)) return isName(roles[at - 1]) || isPossessive(words, at - 1) ? 'within' : 'none';
    const joins = isJoint(words, at) && [-1, 1].every((step) => isName(besideJoints(words, roles, at, step)));
    if (joins) return 'within';
    const isDeterminer = words[at]?.text.toLowerCase() === 'her' && (roles[at + 1] === 'modifier' || isNominal(roles[at + 1]));
    return isDeterminer ? 'none' : role;
  });
}

function wordRole(word: TaggedWord, isFirst: boolean, isShouted: boolean): Role {
  const { text, tag } = word;
  if (tagOrHandle.test(text) || isPronoun(text)) return 'alone';
  if (!isWord(word) || day.test(text)) return 'none';
  const isCapitalised = capitalised.test(text);
  if (tag === 'foreign') return foreignRole(text, isCapitalised);
  if (tag === 'PROPN' || tag === 'NOUN') {
    if (isFirst && /^\p{Lu}[\p{Ll}'’-]*$/u.test(text)) return 'opening';
    return tag === 'PROPN' || isCapitalised ? 'name' : 'noun';
  }
  if (isCapitalised && !isFirst && !isShouted && !closedClasses.has(tag)) return 'name';
  return tag === 'ADJ' || tag === 'NUM' ? 'modifier' : 'none';
}

/** `US` and `IT` are none. */
function isPronoun(text: string): boolean {
  return personalPronoun.test(text) && (text.length === 1 || text !== text.toUpperCase());
}

function foreignRole(text: string, isCapitalised: boolean): Role {
  if (foreignParticle.test(text)) return 'none';
  return isCapitalised ? 'name' : 'alone';
}

function isName(role: Role | undefined): boolean {
  return role === 'name' || role === 'opening';
}

/** Whether it is `'s`, or one of `'` and `s` apart. */
function isPossessive(words: readonly TaggedWord[], at: number): boolean {
  const [before = '', text = '', after = ''] = [words[at - 1]?.text, words[at]?.text, words[at + 1]?.text];
  if (/^['’]s$/i.test(text)) return words[at]?.tag === 'PART';
  return (/^['’]$/.test(text) && after === 's') || (text === 's' && /^['’]$/.test(before));
}

/** Whether it is a word that joins names, or the `the` of `Lord of the Rings`. */
function isJoint(words: readonly TaggedWord[], at: number): boolean {
  const text = words[at]?.text ?? '';
  return nameJoint.test(text) || (text === 'the' && words[at - 1]?.text === 'of');
}

/** What stands before or behind up to three joints in a row. */
function besideJoints(words: readonly TaggedWord[], roles: readonly Role[], at: number, step: number): Role | undefined {
  const beside = [1, 2, 3].map((distance) => at + step * distance).find((place) => !isJoint(words, place));
  return beside === undefined ? undefined : roles[beside];
}
