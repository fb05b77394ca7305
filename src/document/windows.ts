import { clusterStarts } from './graphemes.ts';
import { sentences, trimmed } from './sentences.ts';
import type { Span } from './span.ts';

/** How a text is split. */
export interface WindowOptions {
  /** Most UTF-16 code units of a window. */
  readonly limit: number;
  /** Most UTF-16 code units of a window of several sentences. Default: the limit. */
  readonly length?: number;
  /** Sentences at the end of a window with which the next one begins, as far as it has room for another. Default 0. */
  readonly overlap?: number;
}

/** Windows that are smaller have no room for what they could share. */
const leastShared = 100;

/**
 * Splits a text for a model that takes at most `limit` UTF-16 code units at once. As many whole sentences as fit go into each window, in
 * order; nothing but white space lies between two windows. A sentence that is longer than the limit is split at white space, failing
 * that between grapheme clusters, and only a cluster that is itself longer is cut; its windows share a quarter, so that a mention that one of them cuts
 * is whole in another.
 * @returns no window for a blank text.
 * @throws {RangeError} if `limit` is less than 1.
 */
export function windows(text: string, { limit, length = limit, overlap = 0 }: WindowOptions): readonly Span[] {
  if (!(limit >= 1)) throw new RangeError(`A window of ${limit} code units holds nothing; expected a limit of at least 1.`);
  const pieceLimit = limit < leastShared ? limit : Math.ceil(limit / 4);
  const clusterStart = clusterStarts(text);
  const packed: Span[] = [];
  let open: Span[] = [];
  for (const sentence of sentences(text)) {
    const isWhole = sentence.end - sentence.start <= limit;
    const most = isWhole ? Math.min(length, limit) : limit;
    for (const piece of isWhole ? [sentence] : pieces(text, sentence, pieceLimit, clusterStart)) {
      const [first] = open;
      if (first !== undefined && piece.end - first.start > most) {
        packed.push(hull(open));
        const isCut = piece.start > sentence.start && limit >= leastShared;
        const shared = isCut ? Math.max(1, overlap) : overlap;
        open = open.slice(Math.max(0, open.length - shared)).filter(({ start }) => piece.end - start <= most);
      }
      open.push(piece);
    }
  }
  if (open.length > 0) packed.push(hull(open));
  return packed;
}

function hull(spans: readonly Span[]): Span {
  return { start: spans[0]?.start ?? 0, end: spans.at(-1)?.end ?? 0 };
}

function* pieces(text: string, sentence: Span, limit: number, clusterStart: (at: number) => number): Generator<Span> {
  let rest: Span | undefined = sentence;
  while (rest !== undefined && rest.end - rest.start > limit) {
    const cut = lastSpace(text, rest.start, rest.start + limit) ?? lastCluster(text, rest.start, rest.start + limit, clusterStart);
    const piece = trimmed(text, rest.start, cut);
    if (piece !== undefined) yield piece;
    rest = trimmed(text, cut, rest.end);
  }
  if (rest !== undefined) yield rest;
}

/** The last position in `(start, end]` that white space follows. */
function lastSpace(text: string, start: number, end: number): number | undefined {
  for (let at = end; at > start; at--) if (text.charAt(at).trim() === '') return at;
  return undefined;
}

/** The last position in `(start, end]` between two clusters, failing that between two characters, failing that `end`. */
function lastCluster(text: string, start: number, end: number, clusterStart: (at: number) => number): number {
  const cluster = clusterStart(end);
  if (cluster > start) return cluster;
  const splitsPair = end - 1 > start && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return splitsPair ? end - 1 : end;
}
