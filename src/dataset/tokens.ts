import { trimmed } from '../document/sentences.ts';
import { bySpan, type Span, sameSpan } from '../document/span.ts';
import type { WriteSettings } from './format.ts';
import type { Report } from './report.ts';
import type { Sample, SampleEntity } from './sample.ts';
import type { TaggedMention } from './tag-schemes.ts';

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** How a text becomes tokens: words and marks by Unicode Standard Annex 29, or what lies between white space. */
type Tokenizer = (text: string) => Iterable<{ readonly segment: string; readonly index: number }>;

const tokenizers: Readonly<Record<WriteSettings['tokenize'], Tokenizer>> = {
  words: (text) => words.segment(text),
  spaces: (text) => [{ segment: text, index: 0 }],
};

/** The tokens of a part of a text; white space parts them and is in none of them. */
function* tokensIn(text: string, { start, end }: Span, tokenizer: Tokenizer): Generator<Span, void, undefined> {
  for (const { segment, index } of tokenizer(text.slice(start, end))) {
    for (const { 0: token, index: within } of segment.matchAll(/\S+/g)) {
      const at = start + index + within;
      yield { start: at, end: at + token.length };
    }
  }
}

/** The tokens of a text: those that the sample has, and others for what lies between them. */
function* tokensOf({ text, tokens: given = [] }: Sample, tokenizer: Tokenizer): Generator<Span, void, undefined> {
  let at = 0;
  for (const token of given) {
    yield* tokensIn(text, { start: at, end: token.start }, tokenizer);
    yield token;
    at = token.end;
  }
  yield* tokensIn(text, { start: at, end: text.length }, tokenizer);
}

/** The tokens, in pieces where a border lies within. */
function cutAt(borders: ReadonlySet<number>, tokens: Iterable<Span>): readonly Span[] {
  return Array.from(tokens).flatMap((token) => {
    const pieces: Span[] = [];
    let { start } = token;
    for (let at = start + 1; at < token.end; at++) {
      if (!borders.has(at)) continue;
      pieces.push({ start, end: at });
      start = at;
    }
    return [...pieces, { start, end: token.end }];
  });
}

/** The tokens of a text, those that the sample has and others where it has none, cut where an entity begins or ends. */
export function tokensAround(sample: Sample, tokenize: WriteSettings['tokenize']): readonly Span[] {
  const borders = new Set(sample.entities.flatMap(({ start, end }) => [start, end]));
  return cutAt(borders, tokensOf(sample, tokenizers[tokenize]));
}

/** A text as a sequence of tokens, for formats that know no other. */
export interface Tokenized {
  readonly tokens: readonly Span[];
  /** In the order of the entities. */
  readonly mentions: readonly TaggedMention[];
}

/**
 * Puts the entities of a sample in terms of its tokens: those that it has, and others where it has none, cut where an entity begins or
 * ends. Reports what is lost in that: entities of white space alone, white space at the ends of others, and white space of texts that are
 * not their tokens with single spaces between them.
 * @param overlaps - `flat` keeps of entities that nest the outermost, of those that cross the first, and reports the others, those of
 * them that are told twice as such.
 */
export function tokenized(
  sample: Sample,
  overlaps: 'flat' | 'nested',
  { tokenize, report }: Pick<WriteSettings, 'tokenize' | 'report'>,
): Tokenized {
  const { text } = sample;
  const entities = withoutOuterSpace(sample, report);
  const kept = overlaps === 'flat' ? outermost(entities, report) : entities;
  const tokens = tokensAround({ ...sample, entities: kept }, tokenize);
  const mentions = kept.map(({ start, end, type }) => ({ start: firstFrom(tokens, start), end: firstFrom(tokens, end), type }));
  if (tokens.map(({ start, end }) => text.slice(start, end)).join(' ') !== text) report.count('texts whose white space is not kept');
  return { tokens, mentions };
}

/** The entities of a sample without white space at their ends; those of nothing else are left out. Reports both. */
export function withoutOuterSpace({ text, entities }: Sample, report: Report): readonly SampleEntity[] {
  return entities.flatMap((entity) => {
    const span = trimmed(text, entity.start, entity.end);
    if (span === undefined) {
      report.count('mentions of nothing but white space, left out');
      return [];
    }
    if (!sameSpan(span, entity)) report.count('mentions without the white space at their ends');
    return [{ ...entity, ...span }];
  });
}

function outermost(entities: readonly SampleEntity[], report: Report): readonly SampleEntity[] {
  const kept: SampleEntity[] = [];
  for (const entity of entities.toSorted(bySpan)) {
    const last = kept.at(-1);
    if (last === undefined || entity.start >= last.end) kept.push(entity);
    else if (sameSpan(entity, last) && entity.type === last.type) report.count('mentions told twice, written once');
    else report.count('mentions inside or across others, left out');
  }
  return kept;
}

/** The index of the first token that starts at an offset or later. */
function firstFrom(tokens: readonly Span[], offset: number): number {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tokens[middle]?.start ?? 0) >= offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
