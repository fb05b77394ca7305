import type { LabelledText } from '../../document/labelled.ts';
import type { Extracted } from '../../document/mention.ts';
import type { Span } from '../../document/span.ts';
import type { Embedder } from '../../model/embedder.ts';
import { dot } from '../../pool/span-similarity.ts';
import { wordsOf } from '../../pool/words.ts';

/** Words on each side of a span that are its context. */
const contextWords = 5;

/**
 * Of spans that too few members proposed, those whose context is like that of others: at least as like the nearest of the trusted contexts
 * as these are, in the middle, like each other. Trusted are the spans of the majority and the mentions of the demonstrations; where there are
 * fewer than two, nothing tells what is like them.
 * @see MARY, Findings of ACL 2026. Deviation: its bound is not known; and demonstrations, whose mentions are known, are trusted too.
 */
export async function rescued(
  text: string,
  {
    doubted,
    trusted,
    demonstrations,
  }: {
    readonly doubted: readonly Extracted[];
    readonly trusted: readonly Span[];
    readonly demonstrations: readonly LabelledText[];
  },
  embedder: Embedder,
  signal: AbortSignal,
): Promise<ReadonlySet<Extracted>> {
  const known = [
    ...trusted.map((span) => contextOf(text, span)),
    ...demonstrations.flatMap((sentence) => sentence.entities.map((span) => contextOf(sentence.text, span))),
  ].filter((context) => context !== '');
  if (doubted.length === 0 || known.length < 2) return new Set();
  const vectors = await embedder.embed([...known, ...doubted.map((span) => contextOf(text, span))], signal);
  const references = vectors.slice(0, known.length);
  const nearest = (vector: Float32Array, own?: number) =>
    references.reduce((most, other, at) => (at === own ? most : Math.max(most, dot(vector, other))), -1);
  const bound = median(references.map((vector, at) => nearest(vector, at)));
  const isLike = (span: Extracted, vector: Float32Array = new Float32Array()) => contextOf(text, span) !== '' && nearest(vector) >= bound;
  return new Set(doubted.filter((span, at) => isLike(span, vectors[known.length + at])));
}

/** The words around a span, without those of the span. */
function contextOf(text: string, { start, end }: Span): string {
  const words = wordsOf(text);
  const before = words.filter((word) => word.end <= start).slice(-contextWords);
  const after = words.filter((word) => word.start >= end).slice(0, contextWords);
  return [...before, ...after].map(({ word }) => word).join(' ');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
