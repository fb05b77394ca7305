import { z } from 'zod';
import type { Span } from '../document/span.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type OffsetUnit, type Sample, sampleName } from './sample.ts';

const labelledRow = z.object({
  id: rowId.optional(),
  text: z.string(),
  entities: z.array(
    z.object({ start: z.int(), end: z.int(), text: z.string().nullish(), type: typeName, score: z.number().exactOptional() }),
  ),
  offsetUnit: z.enum(['utf16', 'codepoint']).default('utf16'),
});
type LabelledRow = z.infer<typeof labelledRow>;

const expected = '{"text": …, "entities": [{"start": …, "end": …, "type": …}]}';

/**
 * The labelled sentences of a JSON Lines file, one a row:
 * `{"id"?, "text", "entities": [{"start", "end", "text"?, "type", "score"?}], "offsetUnit"?}`; other keys are ignored. Offsets are half-open
 * and count UTF-16 code units, or Unicode code points with `"offsetUnit": "codepoint"`; what comes out counts UTF-16 code units. Without
 * an `id` a sentence is called by file and line, `pool.jsonl:3`.
 * @throws {NerError} `unreadable-input`, for rows that are no JSON, and for spans that are empty, outside the text, cut a character or do
 * not hold the `text` of their entity.
 */
export async function* readJsonl(path: string, { report }: Partial<ReadSettings> = {}): AsyncGenerator<Sample, void, undefined> {
  const place = { path, expected, badRow: report?.badRow };
  yield* samplesOfRows(jsonRows(labelledRow, place), place, ({ name, value }) => {
    const { id, text, offsetUnit } = value;
    requireOwnTexts(value);
    const entities = value.entities.map(({ text: _, ...entity }) => entity);
    return [{ ...sampleName(id, name), text, entities: entitiesIn(text, entities, offsetUnit) }];
  });
}

/** @throws {RangeError} for an entity whose text is not that of its span; the message says if it is with offsets in the other unit. */
function requireOwnTexts({ text, entities, offsetUnit }: LabelledRow): void {
  let characters: readonly string[] | undefined;
  const cut = (unit: OffsetUnit, { start, end }: Span): string => {
    if (unit === 'utf16') return text.slice(start, end);
    characters ??= Array.from(text);
    return characters.slice(start, end).join('');
  };
  for (const { text: own, ...span } of entities) {
    if (typeof own !== 'string') continue;
    const found = cut(offsetUnit, span);
    if (found === own) continue;
    const problem = `The entity from ${span.start} to ${span.end} should be "${own}", but these offsets cut out "${found}".`;
    const other = offsetUnit === 'utf16' ? 'codepoint' : 'utf16';
    throw new RangeError(cut(other, span) === own ? `${problem} ${unitAdvice[other]}` : problem);
  }
}

/** Said where offsets would fit in a unit. */
const unitAdvice: Readonly<Record<OffsetUnit, string>> = {
  codepoint: 'They fit if they count code points, which "offsetUnit": "codepoint" in the row says.',
  utf16: 'They fit if they count UTF-16 code units, as rows without "offsetUnit" do.',
};

/** Rows as {@link readJsonl} reads them, in the unit of the settings; each mention with its text. */
export async function* writeJsonl(samples: AsyncIterable<Sample>, { offsetUnit }: WriteSettings): AsyncGenerator<string, void, undefined> {
  for await (const { id, text, entities } of samples) {
    const mentions = entities.map(({ start, end, type, score }) => ({ start, end, text: text.slice(start, end), type, score }));
    const row =
      offsetUnit === 'utf16' ? { id, text, entities: mentions } : { id, text, offsetUnit, entities: inCodePoints(text, mentions) };
    yield `${JSON.stringify(row)}\n`;
  }
}
