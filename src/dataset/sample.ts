import type { LabelledSentence, TypedSpan } from '../document/labelled.ts';
import { offsetConverter } from '../document/offsets.ts';
import { bySpan, type Span } from '../document/span.ts';

/** A mention of a data set: gold, or predicted with the score that the system gave it. */
export interface SampleEntity extends TypedSpan {
  readonly score?: number;
}

/** What a sample is called. */
export interface SampleName {
  readonly id: string;
  /** Where the data set gives no id, so that `id` says only where the sample is: the name of the file and its place there, `pool.jsonl:3`. */
  readonly isUnnamed?: true;
}

/**
 * The name of a sample.
 * @param place - stands for an id that the data set does not give.
 */
export function sampleName(id: string | undefined, place: string): SampleName {
  return id === undefined ? { id: place, isUnnamed: true } : { id };
}

/** What every format of data sets is read into and written from: a labelled sentence or document. */
export interface Sample extends LabelledSentence, SampleName {
  /** In order of reading; they may nest and cross. */
  readonly entities: readonly SampleEntity[];
  /** The tokens that the data set has, in order, if it has some. An empty one is a token that the data set says to be empty. */
  readonly tokens?: readonly Span[];
}

/** What offsets of a format count. */
export type OffsetUnit = 'utf16' | 'codepoint';

/**
 * The entities of a sample, from offsets that a file gives.
 * @returns in order of reading, offsets in UTF-16 code units.
 * @throws {RangeError} for a span that is empty, is not in the text, or cuts a character.
 */
export function entitiesIn(text: string, entities: readonly SampleEntity[], unit: OffsetUnit): readonly SampleEntity[] {
  const read = entityReader(text, unit);
  return entities.map((entity) => read(entity)).sort(bySpan);
}

/**
 * Converts the entities of a text one by one, as {@link entitiesIn} does; the text is looked through once.
 * @returns a function that throws a `RangeError` for a span that is none.
 */
export function entityReader(text: string, unit: OffsetUnit): (entity: SampleEntity) => SampleEntity {
  const offset = offsetReader(text, unit);
  return (entity) => {
    const { start, end } = entity;
    if (start >= end) throw new RangeError(`An entity starts at ${start} and ends at ${end}; expected a start before the end.`);
    return { ...entity, start: offset(start), end: offset(end) };
  };
}

/**
 * The tokens of a sample, from offsets in code points that a file gives.
 * @throws {RangeError} for a token that is not in the text, or begins before the one before it ends.
 */
export function tokensIn(text: string, tokens: readonly Span[]): readonly Span[] {
  const offset = offsetReader(text, 'codepoint');
  let last = 0;
  return tokens.map(({ start, end }) => {
    if (start < last || end < start) throw new RangeError(`A token starts at ${start} and ends at ${end}; expected tokens in order.`);
    last = end;
    return { start: offset(start), end: offset(end) };
  });
}

function offsetReader(text: string, unit: OffsetUnit): (offset: number) => number {
  const { toUtf16, toCodePoint } = offsetConverter(text);
  if (unit === 'codepoint') return toUtf16;
  return (offset) => {
    toCodePoint(offset); // throws for a position that is none
    return offset;
  };
}

/** Spans of a text with their offsets in code points. */
export function inCodePoints<S extends Span>(text: string, spans: readonly S[]): readonly S[] {
  const { toCodePoint } = offsetConverter(text);
  return spans.map((span) => ({ ...span, start: toCodePoint(span.start), end: toCodePoint(span.end) }));
}

/** Whether two texts are the same but for white space, which formats write differently in the text of a mention. */
export function sameWords(a: string, b: string): boolean {
  return a.replace(/\s+/g, '') === b.replace(/\s+/g, '');
}
