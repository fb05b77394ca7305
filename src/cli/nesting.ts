import { bySpan, type Span } from '../document/span.ts';

/** A span with those inside it, in order of reading. */
interface Nested<S extends Span> {
  readonly span: S;
  readonly inner: readonly Nested<S>[];
}

/**
 * Arranges spans by what contains what. A span that crosses the end of an earlier one has no place among its contents and is
 * left out; results that list all spans must have them from elsewhere.
 */
function nest<S extends Span>(spans: readonly S[]): readonly Nested<S>[] {
  const roots: Nested<S>[] = [];
  const open: { readonly span: S; readonly inner: Nested<S>[] }[] = [];
  for (const span of spans.toSorted(bySpan)) {
    while ((open.at(-1)?.span.end ?? Number.POSITIVE_INFINITY) <= span.start) open.pop();
    const container = open.at(-1);
    if (container !== undefined && span.end > container.span.end) continue;
    const node = { span, inner: [] };
    (container?.inner ?? roots).push(node);
    open.push(node);
  }
  return roots;
}

/** What a renderer makes of each part of a text. */
export interface NestedRendering<S extends Span> {
  /** Text of no span of its own. */
  plain(text: string): string;
  /** A span, whose contents are rendered already. */
  span(span: S, contents: string): string;
}

/** Renders a text with the spans in it, from the innermost outwards. */
export function renderNested<S extends Span>(text: string, spans: readonly S[], rendering: NestedRendering<S>): string {
  function render(start: number, end: number, nested: readonly Nested<S>[]): string {
    let rendered = '';
    let at = start;
    for (const { span, inner } of nested) {
      rendered += rendering.plain(text.slice(at, span.start)) + rendering.span(span, render(span.start, span.end, inner));
      at = span.end;
    }
    return rendered + rendering.plain(text.slice(at, end));
  }
  return render(0, text.length, nest(spans));
}
