import type { Span } from './span.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

/** A line break with the white space after it. */
const lineBreak = /[\n\r\u2028\u2029]\s*/g;
/** Two line breaks, or a paragraph separator. */
const blankLine = /(?:\r\n|\r(?!\n)|[\n\u2028])\s*[\n\r\u2028]|\u2029/;

/** Abbreviations that a name or another word of the same sentence follows. */
const titles = [
  'Mr|Mrs|Ms|Mx|Dr|Drs|Prof|Hon|Rev|Pres|Gov|Sen|Rep|Gen|Col|Maj|Capt|Lt|Sgt|Cpl|Adm|Cmdr|Msgr|Mme|Mlle|Sr|Sra|Srta|Jr|Hr|Fr',
  'St|Ste|Mt|Ft|Co|Bros|Ph\\.D|vs|cf|al|ca|approx|resp|bzw',
].join('|');
/** Abbreviations that a number of the same sentence follows. */
const counters = 'No|Nos|Nr|Fig|Figs|Eq|Sec|Ch|Vol|Art|pp|p|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec';

/** A title, an initial (not `I`), dotted letters (`U.S.`, `e.g.`), or a number as of a list or an ordinal (`1. FC Köln`), at the end. */
const unfinished = endingIn(String.raw`${titles}|(?!I\.)\p{Lu}|(?:\p{L}\.)+\p{L}|(?<!\S)\p{Nd}{1,2}`);
const uncounted = endingIn(counters);
/** Opening brackets and quotes at the end, which the standard gives to the sentence before them where no space comes between. */
const openings = /(?<![\p{Ps}\p{Pi}])[\p{Ps}\p{Pi}]+$/u;

/**
 * The sentences of a text, in order, without the white space around them; nothing but white space lies between them.
 * They are those of Unicode Standard Annex 29 with these differences: a line break ends a sentence only with a blank line; and
 * abbreviations, initials, dotted letters, ordinals and whatever a lower-case letter follows do not. In doubt two sentences stay
 * together, as `the U.S. The`, since a mention that is cut in two is lost.
 */
export function sentences(text: string): readonly Span[] {
  const unbroken = text.replace(lineBreak, (space) => ' '.repeat(space.length - 1) + (blankLine.test(space) ? '\n' : ' '));
  const spans: Span[] = [];
  let start = 0;
  for (const { segment, index } of segmenter.segment(unbroken)) {
    let end = index + segment.length;
    if (end < text.length && !segment.endsWith('\n')) {
      if (continues(segment, unbroken.slice(end, end + 2))) continue;
      end -= openings.exec(segment)?.[0].length ?? 0;
    }
    const sentence = trimmed(text, start, end);
    if (sentence !== undefined) spans.push(sentence);
    start = end;
  }
  return spans;
}

/** The span without the white space at its ends; `undefined` if nothing is left. */
export function trimmed(text: string, start: number, end: number): Span | undefined {
  const string = text.slice(start, end);
  const length = string.trim().length;
  if (length === 0) return undefined;
  const first = end - string.trimStart().length;
  return { start: first, end: first + length };
}

function continues(segment: string, next: string): boolean {
  return /^\p{Ll}/u.test(next) || unfinished.test(segment) || (/^\p{Nd}/u.test(next) && uncounted.test(segment));
}

function endingIn(abbreviations: string): RegExp {
  return new RegExp(String.raw`(?<![\p{L}\p{N}.])(?:${abbreviations})\.\s*$`, 'u');
}
