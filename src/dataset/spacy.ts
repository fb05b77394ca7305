import { z } from 'zod';
import { sameSpan } from '../document/span.ts';
import type { ReadSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type Sample, type SampleEntity, sampleName, tokensIn } from './sample.ts';

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

/** Rows as {@link readSpacy} reads them, with tokens where the sample has some. */
export async function* writeSpacy(samples: AsyncIterable<Sample>): AsyncGenerator<string, void, undefined> {
  for await (const { id, text, entities, tokens } of samples) {
    const spans = inCodePoints(text, entities).map(({ start, end, type, score }) => ({ start, end, label: type, score }));
    const strings = tokens?.map(({ start, end }) => text.slice(start, end));
    const words = tokens && inCodePoints(text, tokens).map(({ start, end }, index) => ({ text: strings?.[index], start, end, id: index }));
    yield `${JSON.stringify({ id, text, spans, tokens: words })}\n`;
  }
}
