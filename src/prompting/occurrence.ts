import type { Span } from '../document/span.ts';

/** Context shown on each side of a mention, in UTF-16 code units: the first of these that tells its occurrences apart. */
const reaches = [24, 48, 96, 192];

/**
 * A mention as a prompt names it: its string and, where the string occurs more than once in the text, a context that tells this
 * occurrence from the others, `"Paris" (in "flew to Paris with")`. The context has the string only once. Where no short context
 * is unique, the occurrences are counted: `"la" (occurrence 40 in the text)`. Different spans of one text are named differently.
 * @param show - writes a part of the text into the prompt.
 */
export function nameOccurrence(text: string, span: Span, show: (part: string) => string): string {
  const mention = text.slice(span.start, span.end);
  if (mention === '' || occursOnce(mention, text)) return show(mention);
  for (const reach of reaches) {
    const { start, end } = contextOf(text, span, reach);
    const context = text.slice(start, end);
    if (occursOnce(context, text)) return `${show(mention)} (in ${show(context)})`;
  }
  return `${show(mention)} (occurrence ${countOf(mention, text.slice(0, span.end))} in the text)`;
}

/** The span with at most `reach` code units on each side, up to its string's neighbouring occurrences and without words cut in two. */
function contextOf(text: string, span: Span, reach: number): Span {
  const mention = text.slice(span.start, span.end);
  const previous = text.slice(0, span.end - 1).lastIndexOf(mention);
  const next = text.indexOf(mention, span.start + 1);
  const start = Math.max(span.start - reach, previous === -1 ? 0 : Math.min(previous + mention.length, span.start));
  const end = Math.min(span.end + reach, next === -1 ? text.length : Math.max(next, span.end));
  const before = text.slice(start, span.start);
  const after = text.slice(span.end, end);
  const cutBefore = start > 0 ? (/^(?:\S*\s+|[\udc00-\udfff])/.exec(before)?.[0].length ?? 0) : 0;
  const cutAfter = end < text.length ? (/(?:\s\S*|[\ud800-\udbff])$/.exec(after)?.[0].length ?? 0) : 0;
  return { start: start + cutBefore, end: end - cutAfter };
}

function occursOnce(part: string, text: string): boolean {
  return text.indexOf(part) === text.lastIndexOf(part);
}

/** How often a string, which is not empty, occurs in the text, overlaps included. */
function countOf(part: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count++;
  return count;
}
