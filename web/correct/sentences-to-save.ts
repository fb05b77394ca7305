import type { TypedSpan } from '../../src/document/labelled.ts';
import { sentences } from '../../src/document/sentences.ts';
import { overlap, type Span } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';
import type { Edits } from './edits.ts';

/**
 * The sentences of a text that are worth keeping in a pool, each with all its mentions: those with a correction, or all of them.
 * Sentences that share a mention are kept as one.
 * @param mentions - as corrected, in order of reading.
 * @param edits - decide on the sentences; all are kept where there are none.
 */
export function sentencesToSave(text: string, mentions: readonly TypedSpan[], edits: Edits): readonly LabelledBody[] {
  const whole = joined(sentences(text), mentions);
  const chosen =
    edits.length === 0
      ? whole
      : whole.filter((sentence) => edits.some(({ from, to }) => [from, to].some((span) => span && overlap(sentence, span))));
  return chosen.map(({ start, end }) => ({
    text: text.slice(start, end),
    entities: mentions
      .filter((mention) => mention.start >= start && mention.end <= end)
      .map((mention) => ({ start: mention.start - start, end: mention.end - start, type: mention.type })),
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
