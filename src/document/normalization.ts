import { characterKind } from './boundaries.ts';
import type { Span } from './span.ts';

/** A text in a form in which spellings of one string are equal, with the way back to the original. */
export interface NormalizedText {
  readonly text: string;
  /**
   * The span of the original that became `[start, end)` of the normalised text.
   * @returns `undefined` if nothing became exactly that: the span is empty, outside, or holds a part of an expansion, as `1` of `½`.
   */
  original(start: number, end: number): Span | undefined;
}

/** A character with the marks, joiners, and Hangul vowels and finals that compose with it: what can be normalised by itself. */
const composition = /[\s\S](?:[\p{M}\p{Grapheme_Extend}\u1160-\u11ff\ud7b0-\ud7fb]|\u200d)*/uy;

/**
 * Normalises a text for comparison. These are no differences:
 * - compatible characters (NFKC): `é` composed or not, full width or half, `ﬁ` or `fi`;
 * - case, also where it changes the length (`ß`, `SS`) or the dot (`İ`, `ı`, `i`);
 * - the form of quotes (single or double) and of dashes;
 * - invisible characters: joiners, soft hyphens, marks of direction, variation selectors;
 * - white space, line breaks too. It counts, as one space, between two characters of scripts that space words, and not elsewhere:
 *   `Merkel 's` is `Merkel's`, and a line break inside `北京` is nothing.
 *
 * The result has no white space at its ends, and the mapping back is by characters, so a change of length moves no offset.
 */
export function normalize(text: string): NormalizedText {
  const fold = unitFolder();
  // For each code unit: where its unit begins, if it is the first of it; where its unit ends, if it is the last of it; else -1.
  const starts: number[] = [];
  const ends: number[] = [];
  let normalized = '';
  let lastIsSpaced = false;
  let spacePending = false;
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = unitEnd(text, start);
    const folded = fold(text, start, end);
    if (folded.isSpace) spacePending = true;
    if (folded.isSpace || folded.text === '') continue;
    if (spacePending && lastIsSpaced && folded.isSpaced) {
      normalized += ' ';
      starts.push(-1);
      ends.push(-1);
    }
    normalized += folded.text;
    const last = folded.text.length - 1;
    for (let index = 0; index <= last; index++) {
      starts.push(index === 0 ? start : -1);
      ends.push(index === last ? end : -1);
    }
    lastIsSpaced = folded.isSpaced;
    spacePending = false;
  }
  return {
    text: normalized,
    original(from, to) {
      const start = starts[from] ?? -1;
      const end = ends[to - 1] ?? -1;
      return from < to && start !== -1 && end !== -1 ? { start, end } : undefined;
    },
  };
}

function unitEnd(text: string, start: number): number {
  // What follows below U+0300 composes with nothing; `NaN`, at the end of the text, neither.
  if (text.charCodeAt(start) < 0x300 && !(text.charCodeAt(start + 1) >= 0x300)) return start + 1;
  composition.lastIndex = start;
  composition.test(text);
  return composition.lastIndex;
}

interface FoldedUnit {
  /** Empty for an invisible character. */
  readonly text: string;
  readonly isSpace: boolean;
  /** Whether it is of a script that spaces words. */
  readonly isSpaced: boolean;
}

/** Folds the units of one text, each different one only once. */
function unitFolder(): (text: string, start: number, end: number) => FoldedUnit {
  const folded = new Map<string, FoldedUnit>();
  return (text, start, end) => {
    const ascii = end === start + 1 ? asciiFolds[text.charCodeAt(start)] : undefined;
    if (ascii !== undefined) return ascii;
    const unit = text.slice(start, end);
    const known = folded.get(unit);
    if (known !== undefined) return known;
    const fold = foldUnit(unit);
    folded.set(unit, fold);
    return fold;
  };
}

function foldUnit(unit: string): FoldedUnit {
  const text = unit
    // Before NFKC, which makes a space and a mark of some of these.
    .replace(/[‘’‚‛‹›′ʹʼ`´＇]/g, "'")
    .replace(/[“”„‟«»″＂]/g, '"')
    .replace(/\p{Dash}/gu, '-')
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    // Upwards first, for letters whose capital is the same, such as ß and SS, or σ and ς.
    .toUpperCase()
    .toLowerCase()
    // `İ` becomes `i` with a dot above it; Turkish and English agree that it is an i.
    .replace('i\u0307', 'i')
    .normalize('NFKC');
  const kind = characterKind(text);
  return { text, isSpace: text !== '' && text.trim() === '', isSpaced: kind === 'spaced' || kind === 'hangul' };
}

const asciiFolds: readonly FoldedUnit[] = Array.from({ length: 0x80 }, (_, code) => foldUnit(String.fromCharCode(code)));
