import { z } from 'zod';
import { offsetConverter } from '../document/offsets.ts';
import type { Span } from '../document/span.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows, typeName } from './json-rows.ts';
import type { Report } from './report.ts';
import { entitiesIn, type Sample, type SampleEntity, sameWords, sampleName } from './sample.ts';

const region = z.object({
  start: z.int(),
  end: z.int(),
  text: z.string().nullish(),
  labels: z.array(typeName).nonempty(),
});
type Region = z.infer<typeof region>;

/** Results of other kinds, such as relations and choices, have another `type`. */
const labelResult = z.object({ type: z.literal('labels'), value: region, score: z.number().nullish() });
type LabelResult = z.infer<typeof labelResult>;
const result = z.union([labelResult, z.object({ type: z.string().refine((type) => type !== 'labels') }).transform(() => undefined)]);
const annotation = z.object({ was_cancelled: z.boolean().nullish(), result: z.array(result) });
/** Some exports have predictions by their number alone. */
const prediction = z.union([annotation, z.number().transform(() => undefined)]);
const task = z.object({
  id: rowId.optional(),
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(annotation).default([]),
  predictions: z.array(prediction).default([]),
});
type Task = z.infer<typeof task>;

const expected = '{"data": {"text": …}, "annotations": [{"result": [{"type": "labels", "value": {"start": …, "end": …, "labels": […]}}]}]}';

/**
 * The tasks of a Label Studio export (JSON, an array). Of several annotations the first that was not cancelled counts, without any the
 * first prediction; this is reported. The text is `data.text`, or the only string in `data`. Offsets are in UTF-16 code units; where a
 * mention's own text shows that they must be code points, as some importers write them, they are read as such and reported.
 */
export async function* readLabelStudio(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const source = { path, expected, badRow: report.badRow };
  yield* samplesOfRows(jsonRows(task, source), source, ({ name, value }) => {
    const text = taskText(value);
    const chosen = chooseAnnotation(value, report);
    if (chosen === undefined) return [];
    const entities = chosen.result.flatMap((found) => {
      if (found !== undefined) return mentionsOf(text, found, report);
      report.count('results that are no labels of a text, left out');
      return [];
    });
    const id = rowId.safeParse(value.data['id']).data ?? value.id;
    return [{ ...sampleName(id, name), text, entities: entitiesIn(text, entities, 'utf16') }];
  });
}

function taskText({ data }: Task): string {
  if (typeof data['text'] === 'string') return data['text'];
  const [text, ...others] = Object.values(data).filter((value) => typeof value === 'string');
  if (text !== undefined && others.length === 0) return text;
  throw new RangeError('Its data have no "text", and not one string in place of it.');
}

/** `undefined` for a task that all annotators cancelled. */
function chooseAnnotation({ annotations, predictions }: Task, report: Report): Pick<Task['annotations'][number], 'result'> | undefined {
  const [first, ...others] = annotations.filter((given) => given.was_cancelled !== true);
  if (others.length > 0) report.count('tasks with several annotations, of which the first is taken');
  if (first !== undefined) return first;
  if (annotations.length > 0) {
    report.count('tasks that the annotators cancelled, left out');
    return undefined;
  }
  const predicted = predictions.find((given) => given !== undefined);
  report.count(predicted === undefined ? 'tasks without an annotation' : 'tasks without an annotation, whose prediction is taken');
  return predicted ?? { result: [] };
}

/** One for each label. */
function mentionsOf(text: string, { value, score }: LabelResult, report: Report): readonly SampleEntity[] {
  const span = isAt(text, value) ? value : asCodePoints(text, value, report);
  return value.labels.map((type) => ({ start: span.start, end: span.end, type, ...(typeof score === 'number' ? { score } : {}) }));
}

function isAt(text: string, { start, end, text: own }: Span & Pick<Region, 'text'>): boolean {
  // Some exports write a line break of a mention's text as a backslash and an n.
  const isSame = (written: string): boolean => sameWords(text.slice(start, end), written);
  return typeof own !== 'string' || isSame(own) || isSame(own.replaceAll('\\n', '\n'));
}

function asCodePoints(text: string, region: Region, report: Report): Span {
  const { toUtf16 } = offsetConverter(text);
  const [start, end] = [toUtf16(region.start), toUtf16(region.end)];
  if (!isAt(text, { start, end, text: region.text })) {
    const found = text.slice(region.start, region.end);
    throw new RangeError(`The mention at ${region.start} to ${region.end} is "${found}", but its own text is "${region.text}".`);
  }
  report.count('mentions with offsets in code points instead of UTF-16 code units, converted');
  return { start, end };
}

/**
 * Tasks for import, an array: the mentions are `predictions` of the model version, with scores where the sample has them; that of a prediction
 * is their mean. The id is `data.id`.
 */
export async function* writeLabelStudio(
  samples: AsyncIterable<Sample>,
  { modelVersion }: WriteSettings,
): AsyncGenerator<string, void, undefined> {
  let before = '[\n';
  for await (const { id, text, entities } of samples) {
    const result = entities.map(({ start, end, type, score }, index) => ({
      id: `m${index + 1}`,
      from_name: 'label',
      to_name: 'text',
      type: 'labels',
      value: { start, end, text: text.slice(start, end), labels: [type] },
      score,
    }));
    const scores = entities.flatMap(({ score }) => score ?? []);
    const score = scores.length === 0 ? undefined : scores.reduce((sum, value) => sum + value) / scores.length;
    yield `${before}${JSON.stringify({ data: { id, text }, predictions: [{ model_version: modelVersion, score, result }] })}`;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
