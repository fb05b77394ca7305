/** Half-open `[start, end)`, UTF-16 code units of the document's text: `text.slice(start, end)` is the span. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Whether `a` and `b` cover the same characters. */
export function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}

/** Whether `a` and `b` share a character; spans that only touch do not. */
export function overlap(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Order of reading: by start, and at one start the longer span first, so that a container precedes its contents. */
export function bySpan(a: Span, b: Span): number {
  return a.start - b.start || b.end - a.end;
}

/** A key that is equal exactly for equal spans. */
export function spanKey(span: Span): string {
  return `${span.start}:${span.end}`;
}
