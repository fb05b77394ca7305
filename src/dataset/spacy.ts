import { z } from 'zod';
import type { ReadSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import { entitiesIn, inCodePoints, type Sample, sampleName, tokensIn } from './sample.ts';

const spacyRow = z.object({
  id: rowId.exactOptional(),
  text: z.string(),
  spans: z.array(z.object({ start: z.int(), end: z.int(), label: typeName, score: z.number().exactOptional() })).default([]),
  tokens: z.array(z.object({ start: z.int(), end: z.int() })).exactOptional(),
  answer: z.string().exactOptional(),
  accept: z.union([z.boolean(), z.array(z.unknown())]).exactOptional(),
});

const expected = '{"text": …, "spans": [{"start": …, "end": …, "label": …}]}';

/**
 * The rows of spaCy and Prodigy: `{"text", "spans"?: [{"start", "end", "label", "score"?}], "tokens"?: [{"start", "end"}], "answer"?}`, offsets
 * in code points. Rows that the annotator rejected or ignored are left out and reported.
 */
export async function* readSpacy(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const source = { path, expected, badRow: report.badRow };
  yield* samplesOfRows(jsonRows(spacyRow, source), source, ({ name, value }) => {
    const { id, text, spans, tokens, answer = 'accept', accept } = value;
    if (answer !== 'accept' || accept === false) {
      report.count('rows that the annotator did not accept, left out');
      return [];
    }
    const entities = entitiesIn(
      text,
      spans.map(({ label, ...span }) => ({ ...span, type: label })),
      'codepoint',
    );
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
