import { characterKind } from '../document/boundaries.ts';
import type { Span } from '../document/span.ts';

/** A word of a text, and the form in which it is compared. */
export interface Word extends Span {
  /** In lower case and in the normal form NFKC. */
  readonly word: string;
}

const run = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
/** Scripts that do not space words begin with Thai. */
const beyondSpacedScripts = /[^\0-\u0dff]/;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * The words of a text in order of reading: runs of letters, their marks, and numbers, so that `Rome's` is two and `L-dopa` is two. A run
 * in a script that does not space words (Han, kana, Thai, …) is parted by `Intl.Segmenter`, whose dictionary comes with Node.
 */
export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const { 0: found, index } of text.matchAll(run)) {
    if (!isUnspaced(found)) {
      words.push(wordAt(found, index));
      continue;
    }
    for (const { segment, index: within, isWordLike } of segmenter.segment(found)) {
      if (isWordLike) words.push(wordAt(segment, index + within));
    }
  }
  return words;
}

function wordAt(found: string, start: number): Word {
  return { start, end: start + found.length, word: found.normalize('NFKC').toLowerCase() };
}

function isUnspaced(found: string): boolean {
  return beyondSpacedScripts.test(found) && Array.from(found).some((character) => characterKind(character) === 'unspaced');
}
