import { z } from 'zod';
import type { ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type Sample } from './sample.ts';

const labelledRow = z.object({
  id: rowId.optional(),
  text: z.string(),
  entities: z.array(z.object({ start: z.int(), end: z.int(), type: typeName, score: z.number().exactOptional() })),
  offsetUnit: z.enum(['utf16', 'codepoint']).default('utf16'),
});

const expected = '{"text": …, "entities": [{"start": …, "end": …, "type": …}]}';

/**
 * The labelled sentences of a JSON Lines file, one a row:
 * `{"id"?, "text", "entities": [{"start", "end", "type", "score"?}], "offsetUnit"?}`; other keys are ignored. Offsets are half-open and
 * count UTF-16 code units, or Unicode code points with `"offsetUnit": "codepoint"`; what comes out counts UTF-16 code units. Without an
 * `id` a sentence is called by file and line, `pool.jsonl:3`.
 * @throws {NerError} `unreadable-input`, as {@link jsonRows} does, and for spans that are empty, outside the text or cut a character.
 */
export async function* readJsonl(path: string, { report }: Partial<ReadSettings> = {}): AsyncGenerator<Sample, void, undefined> {
  const place = { path, expected, badRow: report?.badRow };
  yield* samplesOfRows(jsonRows(labelledRow, place), place, ({ name, value }) => {
    const { id = name, text, entities, offsetUnit } = value;
    return [{ id, text, entities: entitiesIn(text, entities, offsetUnit) }];
  });
}

/** Rows as {@link readJsonl} reads them, in the unit of the settings; each mention with its text. */
export async function* writeJsonl(samples: AsyncIterable<Sample>, { offsetUnit }: WriteSettings): AsyncGenerator<string, void, undefined> {
  for await (const { id, text, entities } of samples) {
    const mentions = entities.map(({ start, end, type, score }) => ({ start, end, text: text.slice(start, end), type, score }));
    const row =
      offsetUnit === 'utf16' ? { id, text, entities: mentions } : { id, text, offsetUnit, entities: inCodePoints(text, mentions) };
    yield `${JSON.stringify(row)}\n`;
  }
}
