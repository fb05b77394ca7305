import { z } from 'zod';
import { bySpan, type Span, sameSpan } from '../document/span.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type Sample, type SampleEntity, sampleName, tokensIn } from './sample.ts';
import { tokensAround, withoutOuterSpace } from './tokens.ts';

const mentions = z.array(
  z
    .object({ start: z.int(), end: z.int(), label: typeName, score: z.number().exactOptional() })
    .transform(({ label, ...span }): SampleEntity => ({ ...span, type: label })),
);
/** Spans of a `Doc` in groups by name. */
const groups = z.record(z.string(), mentions).transform((named) => Object.values(named).flat());

/** Keys of Prodigy, and of a `Doc`. A row that has some of them and no mentions is one without a mention, and not of another format. */
const ownKeys = ['_input_hash', '_task_hash', '_session_id', '_annotator_id', '_view_id', 'answer', 'accept', 'meta', 'tokens'];

const objectRow = z
  .looseObject({
    id: rowId.exactOptional(),
    text: z.string(),
    spans: z.union([mentions, groups]).nullish(),
    ents: mentions.nullish(),
    tokens: z.array(z.object({ start: z.int(), end: z.int() })).exactOptional(),
    answer: z.string().exactOptional(),
    accept: z.union([z.boolean(), z.array(z.unknown())]).exactOptional(),
  })
  .refine(
    (row) => 'spans' in row || 'ents' in row || (!('entities' in row) && ownKeys.some((key) => key in row)),
    'there are no spans and no ents',
  )
  .transform(({ id, text, spans, ents, tokens, answer = 'accept', accept }) => ({
    id,
    text,
    mentions: united(ents ?? [], spans ?? []),
    tokens,
    isAccepted: answer === 'accept' && accept !== false,
  }));

/** What spaCy 2 is trained with. */
const pair = z
  .tuple([z.string(), z.object({ entities: z.array(z.tuple([z.int(), z.int(), typeName])) })])
  .transform(([text, { entities }]) => ({
    id: undefined,
    text,
    mentions: entities.map(([start, end, type]): SampleEntity => ({ start, end, type })),
    tokens: undefined,
    isAccepted: true,
  }));

/** The mentions of both lists, those that are in both once. */
function united(mentions: readonly SampleEntity[], others: readonly SampleEntity[]): readonly SampleEntity[] {
  const isKnown = (other: SampleEntity): boolean => mentions.some((one) => sameSpan(one, other) && one.type === other.type);
  return [...mentions, ...others.filter((other) => !isKnown(other))];
}

const expected = '{"text": …, "spans": [{"start": …, "end": …, "label": …}]}, or "ents" for "spans"';

/**
 * The rows of spaCy and Prodigy, offsets in code points:
 * - `{"text", "spans"?: [{"start", "end", "label", "score"?}], "tokens"?: [{"start", "end"}], "answer"?}`; rows that the annotator rejected or
 *   ignored are left out and reported;
 * - `Doc.to_json()`, whose mentions are `ents`, with those of `spans`, which may be an object of lists;
 * - `[text, {"entities": [[start, end, label]]}]`, as elements of an array.
 */
export async function* readSpacy(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const source = { path, expected, badRow: report.badRow };
  yield* samplesOfRows(jsonRows(z.union([objectRow, pair]), source), source, ({ name, value }) => {
    const { id, text, mentions, tokens, isAccepted } = value;
    if (!isAccepted) {
      report.count('rows that the annotator did not accept, left out');
      return [];
    }
    const entities = entitiesIn(text, mentions, 'codepoint');
    return [{ ...sampleName(id, name), text, entities, ...(tokens === undefined ? {} : { tokens: tokensIn(text, tokens) }) }];
  });
}

/**
 * Documents as `Doc.to_json()` writes them, which `Doc.from_json()` loads: mentions are `ents`; where some nest or cross, `ents` has the outermost,
 * and all are in the group `sc` of `spans`, where spaCy's span categorizer looks for them. No token of spaCy begins or ends in white space, so
 * mentions are written without that at their ends, which is reported.
 */
export async function* writeSpacy(
  samples: AsyncIterable<Sample>,
  { tokenize, report }: WriteSettings,
): AsyncGenerator<string, void, undefined> {
  for await (const sample of samples) {
    const { id, text } = sample;
    const entities = withoutOuterSpace(sample, report);
    const tokens = Array.from(withSpaces(text, tokensAround({ ...sample, entities }, tokenize)));
    const alike = alignedWith(tokens, entities);
    for (let left = alike.length; left < entities.length; left++)
      report.count('mentions that begin or end in white space of spaCy, left out');
    const flat = apart(alike);
    const told = (mentions: readonly SampleEntity[]) =>
      inCodePoints(text, mentions).map(({ start, end, type, score }) => ({ start, end, label: type, kb_id: '', score }));
    const spans = flat.length === alike.length ? undefined : { sc: told(alike) };
    const words = inCodePoints(text, tokens).map(({ start, end }, index) => ({ id: index, start, end }));
    yield `${JSON.stringify({ id, text, ents: told(flat), spans, tokens: words })}\n`;
  }
}

/** Those that lie in no other one; of two that cross, and of several on one place, the first. */
function apart(entities: readonly SampleEntity[]): readonly SampleEntity[] {
  const kept: SampleEntity[] = [];
  for (const entity of entities.toSorted(bySpan)) if (entity.start >= (kept.at(-1)?.end ?? 0)) kept.push(entity);
  return kept;
}

function alignedWith(tokens: readonly Span[], entities: readonly SampleEntity[]): readonly SampleEntity[] {
  const starts = new Set(tokens.map(({ start }) => start));
  const ends = new Set(tokens.map(({ end }) => end));
  return entities.filter(({ start, end }) => starts.has(start) && ends.has(end));
}

/** White space for Python alone: separators of information, and the next line. */
const pythonSpaces = '\u001C\u001D\u001E\u001F\u0085';

function isSpace(word: string): boolean {
  return Array.from(word).every((character) => /\s/.test(character) || pythonSpaces.includes(character));
}

/** The tokens, and those that spaCy makes of white space: of all but one space after each token. */
function* withSpaces(text: string, tokens: readonly Span[]): Generator<Span, void, undefined> {
  let at = 0;
  for (const token of tokens) {
    if (isSpace(text.slice(token.start, token.end))) continue;
    if (at < token.start) yield { start: at, end: token.start };
    yield token;
    at = token.end + (text[token.end] === ' ' ? 1 : 0);
  }
  if (at < text.length) yield { start: at, end: text.length };
}
