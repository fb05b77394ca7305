import { z } from 'zod';
import { rowId, typeName } from './json-rows.ts';
import { isObject, type JsonObject } from './json-shapes.ts';

const region = z.object({
  start: z.int(),
  end: z.int(),
  text: z.string().nullish(),
  labels: z.array(typeName).nonempty(),
});
/** A place in a text with its labels. Whether offsets are in UTF-16 code units or code points its own text tells. */
export type Region = z.infer<typeof region>;

const labelResult = z.object({ type: z.literal('labels'), value: region, score: z.number().nullish() });
export type LabelResult = z.infer<typeof labelResult>;

const noLabels = z.object({ labels: z.array(z.unknown()).length(0).nullish() });
const result = z.union([
  labelResult,
  z.object({ type: z.literal('labels'), value: noLabels }).transform(() => 'unlabelled' as const),
  // Such as relations, choices, and labels of a hypertext.
  z.object({ type: z.string().refine((type) => type !== 'labels') }).transform(() => 'other' as const),
]);
const annotation = z.object({ was_cancelled: z.boolean().nullish(), result: z.array(result) });
/** Some exports have predictions by their number alone. */
const prediction = z.union([annotation, z.number().transform(() => undefined)]);

/** A task of the JSON export, or of JSON-MIN, which becomes one. */
export const task = z.preprocess(
  (row) => (isObject(row) && isMinimal(row) ? asTask(row) : row),
  z.object({
    id: rowId.optional(),
    data: z.record(z.string(), z.unknown()),
    annotations: z.array(annotation).default([]),
    predictions: z.array(prediction).default([]),
  }),
);
export type Task = z.infer<typeof task>;

/** What JSON-MIN puts beside the data of a task and the results of its annotation. */
const bookkeeping = ['id', 'annotator', 'annotation_id', 'created_at', 'updated_at', 'lead_time'];

function isMinimal(row: JsonObject): boolean {
  const hasLabels = (value: unknown): boolean => areRegions(value) && value.some((region) => labelsKey(region) !== undefined);
  return !('data' in row) && ('annotation_id' in row || Object.values(row).some(hasLabels));
}

function areRegions(value: unknown): value is readonly JsonObject[] {
  return Array.isArray(value) && value.length > 0 && value.every((one) => isObject(one) && 'start' in one && 'end' in one);
}

function asTask(row: JsonObject): unknown {
  const entries = Object.entries(row).filter(([key]) => !bookkeeping.includes(key));
  const data = Object.fromEntries(entries.filter(([, value]) => !areRegions(value)));
  // The kind of a result is the key of its labels.
  const result = entries.flatMap(([, value]) =>
    areRegions(value) ? value.map((region) => ({ type: labelsKey(region) ?? 'labels', value: region })) : [],
  );
  return { id: row['id'], data, annotations: [{ result }] };
}

/** For example `labels` or `hypertextlabels`. */
function labelsKey(region: JsonObject): string | undefined {
  return Object.keys(region).find((key) => key.endsWith('labels'));
}
