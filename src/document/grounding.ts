import { wordBoundaries } from './boundaries.ts';
import { fuzzyIndex } from './fuzzy.ts';
import type { Alignment } from './mention.ts';
import { normalize } from './normalization.ts';
import { bySpan, type Span, sameSpan } from './span.ts';

/** An occurrence of a reply's string in the text. */
export interface GroundedSpan extends Span {
  /** The string as the model wrote it. */
  readonly reply: string;
  readonly alignment: Alignment;
}

/** Where the strings of a reply are in the text. */
export interface Grounding {
  /** In order of reading, each span once; they may nest and cross. */
  readonly spans: readonly GroundedSpan[];
  /** The strings that are nowhere in the text, as written, each once, in the order of the reply. */
  readonly hallucinated: readonly string[];
}

/** A text prepared for grounding. */
export interface GroundingIndex {
  /** Grounds the strings of one reply; see {@link ground}. */
  ground(replies: readonly string[]): Grounding;
}

/** How good an alignment is; lower is better. */
const rank: Readonly<Record<Alignment, number>> = { exact: 0, normalized: 1, fuzzy: 2 };

/** Prepares a text, since every model of the ensemble replies about the same one. What only bad replies need is made on first use. */
export function groundingIndex(text: string): GroundingIndex {
  const boundaries = wordBoundaries(text);
  const normalized = lazy(() => normalize(text));
  const fuzzy = lazy(() => fuzzyIndex(normalized().text));

  function mention(span: Span | undefined): readonly Span[] {
    return span !== undefined && boundaries.startsAt(span.start) && boundaries.endsAt(span.end) ? [span] : [];
  }
  function literal(string: string): readonly Span[] {
    return occurrences(text, string).flatMap(mention);
  }
  function folded(string: string): readonly Span[] {
    return occurrences(normalized().text, string).flatMap(({ start, end }) => mention(normalized().original(start, end)));
  }
  function misspelt(string: string): readonly Span[] {
    return fuzzy()(string).flatMap(({ start, end }) => mention(normalized().original(start, end)));
  }

  /** Where a string is, by the first way of looking that finds it anywhere. */
  function* attempts(string: string): Generator<{ readonly alignment: Alignment; readonly spans: readonly Span[] }> {
    const bare = undecorated(string);
    yield { alignment: 'exact', spans: literal(string) };
    if (bare !== string) yield { alignment: 'normalized', spans: literal(bare) };
    const [whole, core] = [normalize(string).text, normalize(bare).text];
    yield { alignment: 'normalized', spans: folded(whole) };
    if (core !== whole) yield { alignment: 'normalized', spans: folded(core) };
    yield { alignment: 'fuzzy', spans: misspelt(core) };
  }

  return {
    ground(replies) {
      const spans: GroundedSpan[] = [];
      const hallucinated: string[] = [];
      for (const [string, [reply = string]] of Map.groupBy(replies, (reply) => reply.trim())) {
        if (string === '') continue;
        const found = attempts(string).find((attempt) => attempt.spans.length > 0);
        if (found === undefined) hallucinated.push(reply);
        else for (const span of found.spans) spans.push({ ...span, reply, alignment: found.alignment });
      }
      return { spans: inReadingOrder(spans), hallucinated };
    },
  };
}

/**
 * Finds the mentions that a reply speaks of. A reply is an unordered set of strings, and every occurrence of one of them between word
 * boundaries (see {@link wordBoundaries}) is a mention. Each string, without the white space around it, is looked for
 * 1. as it is: `exact`;
 * 2. without the quotes and brackets around it and the punctuation after it: `normalized`;
 * 3. in either form, whatever its case, composition, quotes, dashes and line breaks, see {@link normalize}: `normalized`;
 * 4. with a misspelling in its long words, see {@link fuzzyIndex}: `fuzzy`;
 *
 * and all its occurrences of the first kind that has any are taken. Blank strings are left out.
 * Where strings meet on one span, the better alignment stays, then the string that came first.
 */
export function ground(text: string, replies: readonly string[]): Grounding {
  return groundingIndex(text).ground(replies);
}

/** All occurrences, those that overlap too. */
function occurrences(text: string, string: string): Span[] {
  const spans: Span[] = [];
  if (string === '') return spans;
  for (let start = text.indexOf(string); start !== -1; start = text.indexOf(string, start + 1)) {
    spans.push({ start, end: start + string.length });
  }
  return spans;
}

/** A string without the quotes, brackets and final punctuation that a model may have set around it. */
function undecorated(string: string): string {
  // The look behind holds the second pattern to one try a run, so that no reply can make it slow.
  return string
    .replace(/^[\s\p{Ps}\p{Pi}\p{Pf}"'`´]+/u, '')
    .replace(/(?<![\s\p{Pe}\p{Pi}\p{Pf}\p{Terminal_Punctuation}…"'`´])[\s\p{Pe}\p{Pi}\p{Pf}\p{Terminal_Punctuation}…"'`´]+$/u, '');
}

function inReadingOrder(spans: readonly GroundedSpan[]): readonly GroundedSpan[] {
  const sorted = spans.toSorted((a, b) => bySpan(a, b) || rank[a.alignment] - rank[b.alignment]);
  return sorted.filter((span, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || !sameSpan(previous, span);
  });
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
