import { z } from 'zod';
import type { ReadSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type Sample, type SampleEntity, sampleName } from './sample.ts';

const span = z.union([
  z.tuple([z.int(), z.int(), typeName]).transform(([start, end, type]) => ({ start, end, type })),
  z
    .object({ start_offset: z.int(), end_offset: z.int(), label: typeName })
    .transform(({ start_offset: start, end_offset: end, label: type }) => ({ start, end, type })),
]);
const spans = z.array(span).optional();
const doccanoRow = z
  .object({ id: rowId.optional(), text: z.string().optional(), data: z.string().optional(), label: spans, labels: spans, entities: spans })
  .transform(({ id, text, data, label, labels, entities }, context) => {
    const [given, found] = [text ?? data, label ?? labels ?? entities];
    if (given !== undefined && found !== undefined) return { id, text: given, entities: found };
    context.addIssue(given === undefined ? 'there is no text' : 'there is no label, labels or entities');
    return z.NEVER;
  });

const expected = '{"text": …, "label": [[start, end, "type"]]}';

/**
 * The rows of doccano, offsets in code points: `{"id"?, "text", "label": [[start, end, type]]}`; `labels` or `entities` may stand for `label`,
 * `data` for `text`, and `{"start_offset", "end_offset", "label"}` for the three. Other keys, such as relations, are ignored.
 */
export async function* readDoccano(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const source = { path, expected, badRow: report.badRow };
  yield* samplesOfRows(jsonRows(doccanoRow, source), source, ({ name, value: { id, text, entities } }) => [
    { ...sampleName(id, name), text, entities: entitiesIn(text, entities, 'codepoint') },
  ]);
}

/** Rows `{"id", "text", "label"}` as {@link readDoccano} reads them. They have no room for scores. */
export async function* writeDoccano(samples: AsyncIterable<Sample>): AsyncGenerator<string, void, undefined> {
  for await (const { id, text, entities } of samples) {
    const label = inCodePoints<SampleEntity>(text, entities).map(({ start, end, type }) => [start, end, type]);
    yield `${JSON.stringify({ id, text, label })}\n`;
  }
}
