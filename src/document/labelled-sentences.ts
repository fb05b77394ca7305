import type { LabelledText } from './labelled.ts';
import { sentences } from './sentences.ts';
import { overlap, type Span } from './span.ts';

/** The sentences of a labelled text, each with its mentions; those that share a mention stay together. */
export function labelledSentences({ text, entities }: LabelledText): readonly LabelledText[] {
  return joined(sentences(text), entities).map(({ start, end }) => ({
    text: text.slice(start, end),
    entities: entities
      .filter((entity) => entity.start >= start && entity.end <= end)
      .map((entity) => ({ ...entity, start: entity.start - start, end: entity.end - start })),
  }));
}

/** Spans of which no two overlap, in order: each sentence with all of its mentions. */
function joined(all: readonly Span[], mentions: readonly Span[]): readonly Span[] {
  const spans: Span[] = [];
  for (const span of [...all, ...mentions].sort((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last !== undefined && overlap(last, span)) spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else spans.push(span);
  }
  return spans;
}
