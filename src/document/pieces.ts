import { bySpan, type Span } from './span.ts';

/** A part of a text, with the spans in it; or plain text. */
export type Piece<S extends Span> = string | SpanPiece<S>;

/** A span, or a part of one that crosses the end of another, with what is inside. */
interface SpanPiece<S extends Span> {
  readonly span: S;
  /** Whether the span begins here, … */
  readonly isFirst: boolean;
  /** … and ends here. */
  readonly isLast: boolean;
  readonly contents: readonly Piece<S>[];
}

interface Part<S extends Span> extends Span {
  readonly span: S;
}

interface Open<S extends Span> {
  readonly end: number;
  readonly contents: Piece<S>[];
}

/**
 * Cuts a text into pieces in each other: spans that nest stay whole, and one that crosses the end of another goes on behind it.
 * @returns pieces whose plain texts are, one after the other, the text.
 */
export function piecesOf<S extends Span>(text: string, spans: readonly S[]): readonly Piece<S>[] {
  const waiting: Part<S>[] = spans.map((span) => ({ start: span.start, end: span.end, span })).sort(bySpan);
  const root: Open<S> = { end: text.length, contents: [] };
  const open: Open<S>[] = [root];
  let at = 0;
  const plainTo = (end: number): void => {
    if (end > at) (open.at(-1) ?? root).contents.push(text.slice(at, end));
    at = Math.max(at, end);
  };
  const closeTo = (start: number): void => {
    for (let innermost = open.at(-1); open.length > 1 && innermost !== undefined && innermost.end <= start; innermost = open.at(-1)) {
      plainTo(innermost.end);
      open.pop();
    }
  };
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    closeTo(part.start);
    plainTo(part.start);
    const container = open.at(-1) ?? root;
    const end = Math.min(part.end, container.end);
    if (end < part.end && container !== root) insert(waiting, { ...part, start: end });
    const contents: Piece<S>[] = [];
    container.contents.push({ span: part.span, isFirst: part.start === part.span.start, isLast: end === part.span.end, contents });
    open.push({ end, contents });
  }
  closeTo(text.length);
  plainTo(text.length);
  return root.contents;
}

function insert<S extends Span>(waiting: Part<S>[], part: Part<S>): void {
  const at = waiting.findIndex((other) => bySpan(other, part) > 0);
  waiting.splice(at === -1 ? waiting.length : at, 0, part);
}
