import type { Span } from '../document/span.ts';
import type { ReadSettings, WriteSettings } from './format.ts';
import { jsonRows, rowId, samplesOfRows } from './json-rows.ts';
import { type LabelResult, type Region, type Task, task } from './label-studio-task.ts';
import type { Report } from './report.ts';
import { entitiesIn, type OffsetUnit, type Sample, type SampleEntity, sameWords, sampleName } from './sample.ts';

const expected = '{"data": {"text": …}, "annotations": [{"result": [{"type": "labels", "value": {"start": …, "end": …, "labels": […]}}]}]}';

/**
 * The tasks of a Label Studio export (JSON or JSON-MIN, an array). Of several annotations the first that was not cancelled counts, without any
 * the first prediction; this is reported. The text is `data.text`, or the only string in `data`, unless the mentions' own texts fit another one.
 * Offsets are in UTF-16 code units; where a mention's own text shows that they must be code points, as some importers write them, they are read
 * as such and reported. Regions without a label and results that are no labels of a text are left out and reported.
 */
export async function* readLabelStudio(path: string, { report }: ReadSettings): AsyncGenerator<Sample, void, undefined> {
  const source = { path, expected, badRow: report.badRow };
  yield* samplesOfRows(jsonRows(task, source), source, ({ name, value }) => {
    const chosen = chooseAnnotation(value, report);
    if (chosen === undefined) return [];
    const labelled = chosen.result.flatMap((found) => {
      if (typeof found !== 'string') return [found];
      report.count(leftOut[found]);
      return [];
    });
    const text = taskText(
      value,
      labelled.map((found) => found.value),
    );
    const entities = labelled.flatMap((found) => mentionsOf(text, found, report));
    const id = rowId.safeParse(value.data['id']).data ?? value.id;
    return [{ ...sampleName(id, name), text, entities: entitiesIn(text, entities, 'utf16') }];
  });
}

const leftOut = {
  unlabelled: 'regions without a label, left out',
  other: 'results that are no labels of a text, left out',
} as const;

/** @throws {RangeError} if it is not clear which of the data is the text. */
function taskText({ data }: Task, regions: readonly Region[]): string {
  const strings = Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [{ key, value }] : []));
  const telling = regions.filter(({ text }) => typeof text === 'string');
  const fitting = strings.filter(({ value }) => telling.length > 0 && telling.every((region) => placeIn(value, region) !== undefined));
  const candidates = fitting.length > 0 ? fitting : strings;
  const usual = candidates.find(({ key }) => key === 'text');
  const [text, ...others] = usual === undefined ? candidates : [usual];
  if (text !== undefined && others.every(({ value }) => value === text.value)) return text.value;
  const keys = candidates.map(({ key }) => `"${key}"`).join(', ');
  throw new RangeError(
    text === undefined
      ? 'Its data have no string that could be the text.'
      : `Its data have no "text", and ${keys} might be it, as far as the mentions' own texts tell.`,
  );
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
  const span = placeIn(text, value);
  if (span === undefined) {
    const found = text.slice(value.start, value.end);
    throw new RangeError(`The mention at ${value.start} to ${value.end} is "${found}", but its own text is "${value.text}".`);
  }
  if (span.unit === 'codepoint') report.count('mentions with offsets in code points instead of UTF-16 code units, converted');
  return value.labels.map((type) => ({ start: span.start, end: span.end, type, ...(typeof score === 'number' ? { score } : {}) }));
}

/** Where a region is in a text, offsets in UTF-16 code units, and in what it gives them; nowhere if its own text is at neither place. */
function placeIn(text: string, region: Region): (Span & { readonly unit: OffsetUnit }) | undefined {
  const { start, end, text: own } = region;
  if (isAt(text, { start, end }, own)) return { start, end, unit: 'utf16' };
  const characters = Array.from(text);
  const before = characters.slice(0, start).join('').length;
  const span = { start: before, end: before + characters.slice(start, end).join('').length };
  return isAt(text, span, own) ? { ...span, unit: 'codepoint' } : undefined;
}

function isAt(text: string, { start, end }: Span, own: Region['text']): boolean {
  // Some exports write a line break of a mention's text as a backslash and an n.
  const isSame = (written: string): boolean => sameWords(text.slice(start, end), written);
  return typeof own !== 'string' || isSame(own) || isSame(own.replaceAll('\\n', '\n'));
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
