import { characterKind } from './boundaries.ts';
import type { Span } from './span.ts';

/**
 * Length in UTF-16 code units from which a word may have an edit, so that it is at least 5/6 right.
 * It keeps `Rome` and `Roma`, `Iran` and `Iraq`, `John` and `Joan` apart.
 */
const shortestEditable = 6;

/** Length in UTF-16 code units up to which a string is looked for; no mention is so long, and no reply may make the search slow. */
const longestSought = 200;

interface Word extends Span {
  readonly text: string;
}

/**
 * Prepares a normalised text for finding strings that are slightly misspelt. A string is found where the text has as many words that
 * are, one by one, the same or {@link isMisspelling | misspelt}, with the same characters between them (a hyphen is as good as a space).
 * Strings of fewer than 6 or more than 200 code units, or with something else than a word at an end (`C++`), are found nowhere.
 * @returns a function from a normalised string to spans of the normalised text, in order.
 */
export function fuzzyIndex(text: string): (string: string) => readonly Span[] {
  const words = wordsOf(text);
  const positions = Map.groupBy(words.keys(), (position) => endsOf(words[position]));
  return (string) => {
    if (string.length < shortestEditable || string.length > longestSought) return [];
    const sought = wordsOf(string);
    if (sought[0]?.start !== 0 || sought.at(-1)?.end !== string.length) return [];
    const anchor = sought.reduce((longest, word, index) => (length(word) > length(sought[longest]) ? index : longest), 0);
    return (positions.get(endsOf(sought[anchor])) ?? []).flatMap((position) => {
      const first = position - anchor;
      const found = words.slice(Math.max(first, 0), first + sought.length);
      const [opening, closing] = [found[0], found.at(-1)];
      if (opening === undefined || closing === undefined || found.length !== sought.length) return [];
      const close = sought.every((word, index) => isClose(word.text, found[index]?.text ?? ''));
      const joined = sought.every((_, index) => index === 0 || gap(string, sought, index) === gap(text, found, index));
      return close && joined ? [{ start: opening.start, end: closing.end }] : [];
    });
  };
}

/**
 * Whether two different words may be spellings of one: the longer has six letters or more, and one letter is left out, put in, replaced,
 * or swapped with its neighbour, though neither the first nor the last one. So inflected and derived words are not taken for each other
 * (`Austria`, `Austrian`), nor a word for one that contains it.
 */
export function isMisspelling(a: string, b: string): boolean {
  if (Math.max(a.length, b.length) < shortestEditable || Math.abs(a.length - b.length) > 1) return false;
  if (a.at(0) !== b.at(0) || a.at(-1) !== b.at(-1) || a.includes(b) || b.includes(a)) return false;
  const shorter = Math.min(a.length, b.length);
  let prefix = 0;
  while (prefix < shorter && a[prefix] === b[prefix]) prefix++;
  let suffix = 0;
  while (suffix < shorter - prefix && a.at(-1 - suffix) === b.at(-1 - suffix)) suffix++;
  const [restA, restB] = [a.slice(prefix, a.length - suffix), b.slice(prefix, b.length - suffix)];
  const oneEdit = restA.length <= 1 && restB.length <= 1;
  const swap = restA.length === 2 && restB.length === 2 && restA[0] === restB[1] && restA[1] === restB[0];
  return (oneEdit || swap) && isAlphabetic(a) && isAlphabetic(b);
}

/** A digit (`Boeing 737`), or a character that is a word or a syllable (`第一次世界大战`), makes another name and no misspelling. */
function isAlphabetic(word: string): boolean {
  return /^[\p{L}\p{M}]+$/u.test(word) && Array.from(word).every((letter) => characterKind(letter) === 'spaced');
}

function isClose(a: string, b: string): boolean {
  return a === b || isMisspelling(a, b);
}

function wordsOf(text: string): readonly Word[] {
  return Array.from(text.matchAll(/[\p{L}\p{M}\p{N}_]+/gu), ({ 0: word, index }) => wordAt(index, word));
}

function wordAt(start: number, text: string): Word {
  return { text, start, end: start + text.length };
}

/** Words of which one is a misspelling of the other have this in common. */
function endsOf(word: Word | undefined): string {
  return word === undefined ? '' : `${word.text.at(0)}${word.text.at(-1)}`;
}

function length(word: Word | undefined): number {
  return word?.text.length ?? 0;
}

/** What stands before a word that is not the first. */
function gap(text: string, words: readonly Word[], index: number): string {
  return text.slice(words[index - 1]?.end, words[index]?.start).replace('-', ' ');
}
