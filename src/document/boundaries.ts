import { clusterStarts } from './graphemes.ts';

/**
 * What a character is to the boundaries of words: `gap` is none of a word; `spaced` is of a script that sets words apart,
 * `unspaced` of one that does not (Han, kana, Thai, Lao, Khmer, Myanmar); `hangul` is spaced, but particles follow without a space.
 */
export type CharacterKind = 'gap' | 'spaced' | 'unspaced' | 'hangul';

const wordCharacter = /^[\p{L}\p{N}\p{M}_]/u;
// By extensions, for the sake of characters that scripts share, such as ー; a few letters of Latin are shared with Thai, such as ʼ.
const unspacedScript =
  /^[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]--\p{scx=Latin}]/v;
const hangulScript = /^\p{sc=Hangul}/u;
/** Belongs to what precedes it: a mark, or a format character other than the zero-width space, which does part words (UAX 29, WB4). */
const attached = /^[[\p{M}\p{Cf}]--\u200b]/v;
/** Longest run of attached characters that is looked through. No real text has so many, and hostile text must not cost O(n) a look. */
const longestAttachedRun = 32;

/** The kind of the first character of a string; `gap` for the empty one. */
export function characterKind(character: string): CharacterKind {
  if (!wordCharacter.test(character)) return 'gap';
  if (character.charCodeAt(0) < 0x80) return 'spaced';
  if (unspacedScript.test(character)) return 'unspaced';
  return hangulScript.test(character) ? 'hangul' : 'spaced';
}

/** Where a span of whole words may begin and end; neither cuts a grapheme cluster. */
export interface WordBoundaries {
  startsAt(offset: number): boolean;
  endsAt(offset: number): boolean;
}

/**
 * A boundary lies between two characters unless both are of a word: a letter, a number, or an underscore. So `Rome` is not in `Romeo`,
 * but in `Rome's` and `Rome-based`. Marks and format characters count as what they follow.
 * - Scripts that do not space words have a boundary between any two characters.
 * - A word closes before Hangul, for the particle of `서울에서` is written on to `서울`; it does not open after Hangul.
 */
export function wordBoundaries(text: string): WordBoundaries {
  const clusterStart = clusterStarts(text);
  return {
    startsAt(at) {
      if (clusterStart(at) !== at) return false;
      return parted(kindBefore(text, at), kindAfter(text, at));
    },
    endsAt(at) {
      if (clusterStart(at) !== at) return false;
      const after = kindAfter(text, at);
      return after === 'hangul' || parted(kindBefore(text, at), after);
    },
  };
}

function parted(before: CharacterKind, after: CharacterKind): boolean {
  return before === 'gap' || after === 'gap' || before === 'unspaced' || after === 'unspaced';
}

function kindBefore(text: string, at: number): CharacterKind {
  let end = at;
  for (let run = 0; end > 0 && run < longestAttachedRun; run++) {
    const code = text.codePointAt(end - 2);
    const character = end > 1 && code !== undefined && code > 0xffff ? text.slice(end - 2, end) : text.charAt(end - 1);
    if (!attached.test(character)) return characterKind(character);
    end -= character.length;
  }
  return 'gap';
}

function kindAfter(text: string, at: number): CharacterKind {
  let start = at;
  for (let run = 0; start < text.length && run < longestAttachedRun; run++) {
    const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
    if (!attached.test(character)) return characterKind(character);
    start += character.length;
  }
  return 'gap';
}
