import { clusterStarts } from '../../src/document/graphemes.ts';
import type { Span } from '../../src/document/span.ts';

const words = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * A span with one of its borders moved by a word.
 * @param border - which one.
 * @param direction - `out` makes it longer, `in` shorter.
 * @returns the span itself where there is nothing to move over.
 */
export function moveBorder(text: string, span: Span, border: 'start' | 'end', direction: 'in' | 'out'): Span {
  const found = Array.from(words.segment(text)).filter(({ segment }) => segment.trim() !== '');
  const starts = found.map(({ index }) => index);
  const ends = found.map(({ index, segment }) => index + segment.length);
  const moved =
    border === 'start'
      ? {
          start: (direction === 'out' ? starts.findLast((at) => at < span.start) : starts.find((at) => at > span.start)) ?? span.start,
          end: span.end,
        }
      : {
          start: span.start,
          end: (direction === 'out' ? ends.find((at) => at > span.end) : ends.findLast((at) => at < span.end)) ?? span.end,
        };
  return moved.start < moved.end ? moved : { start: span.start, end: span.end };
}

/**
 * The occurrences of words in a text, each where the one before it ended, and none that begins or ends within a character as people see it.
 * @param given - the words; where the text has them in another normal form alone, these are found.
 */
export function occurrences(text: string, given: string): readonly Span[] {
  const spans: Span[] = [];
  if (given === '') return spans;
  const words = [given, given.normalize('NFC'), given.normalize('NFD')].find((form) => text.includes(form)) ?? given;
  const startOf = clusterStarts(text);
  for (let start = text.indexOf(words); start !== -1; start = text.indexOf(words, start + words.length)) {
    const end = start + words.length;
    if (startOf(start) === start && startOf(end) === end) spans.push({ start, end });
  }
  return spans;
}

/** A span without the white space at its ends; `undefined` if nothing is left, or an end is within a character as people see it. */
export function withoutSpace(text: string, { start, end }: Span): Span | undefined {
  const marked = text.slice(start, end);
  const from = start + marked.length - marked.trimStart().length;
  const to = from + marked.trim().length;
  const startOf = clusterStarts(text);
  return from < to && startOf(from) === from && startOf(to) === to ? { start: from, end: to } : undefined;
}
