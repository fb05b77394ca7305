import type { TypedSpan } from '../../src/document/labelled.ts';
import { sentences } from '../../src/document/sentences.ts';
import { overlap, type Span } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';

/** A sentence of a text, as a pool keeps it. */
export interface TextSentence extends Span {
  readonly labelled: LabelledBody;
}

/**
 * The sentences of a text, each with all its mentions. Sentences that share a mention are one.
 * @param mentions - as corrected, in order of reading.
 */
export function labelledSentences(text: string, mentions: readonly TypedSpan[]): readonly TextSentence[] {
  return joined(sentences(text), mentions).map(({ start, end }) => ({
    start,
    end,
    labelled: {
      text: text.slice(start, end),
      entities: mentions
        .filter((mention) => mention.start >= start && mention.end <= end)
        .map((mention) => ({ start: mention.start - start, end: mention.end - start, type: mention.type })),
    },
  }));
}

/** Sentences, those that share a mention as one; one that holds a mention holds all of it. */
function joined(all: readonly Span[], mentions: readonly Span[]): readonly Span[] {
  const bounds: Span[] = [];
  for (const sentence of all) {
    const last = bounds.at(-1);
    const grown = mentions
      .filter((mention) => overlap(mention, sentence))
      .reduce<Span>((span, { start, end }) => ({ start: Math.min(span.start, start), end: Math.max(span.end, end) }), sentence);
    if (last !== undefined && last.end > grown.start) bounds[bounds.length - 1] = { start: last.start, end: Math.max(last.end, grown.end) };
    else bounds.push(grown);
  }
  return bounds;
}
