import type { DatasetFormatName } from './format.ts';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a row can be. */
export type JsonRowValue = JsonObject | readonly unknown[];

/**
 * Whether a JSON value looks like a row of a format: by its keys, and by the first of its mentions, tokens or tags, not by whether all is
 * well with it. A value may look like several formats.
 */
export const jsonShapes: ReadonlyMap<DatasetFormatName, (row: JsonRowValue) => boolean> = new Map([
  ['jsonl', ofObject(isOurs)],
  ['spacy', (row: JsonRowValue) => (isObject(row) ? isSpacy(row) : isTrainingPair(row))],
  ['doccano', ofObject(isDoccano)],
  ['label-studio', ofObject(isLabelStudio)],
  ['hf', ofObject(isHf)],
  ['nested-json', ofObject(isNestedJson)],
]);

function ofObject(looksLike: (row: JsonObject) => boolean): (row: JsonRowValue) => boolean {
  return (row) => isObject(row) && looksLike(row);
}

function isOurs({ text, entities }: JsonObject): boolean {
  return isString(text) && begins(entities, isObjectWith('start', 'end', 'type'));
}

function isSpacy({ text, spans, ents, tokens, answer }: JsonObject): boolean {
  const hasMentions = [spans, ents].some((list) => begins(list, isObjectWith('start', 'label')));
  return isString(text) && (hasMentions || begins(tokens, isObjectWith('start')) || isString(answer));
}

/** What spaCy 2 is trained with. */
function isTrainingPair([text, annotations]: readonly unknown[]): boolean {
  return isString(text) && isObject(annotations) && Array.isArray(annotations['entities']);
}

function isDoccano({ text, data, label, labels, entities }: JsonObject): boolean {
  const isMarked = [label, labels, entities].some((list) => begins(list, isDoccanoSpan));
  return (isString(text) || isString(data)) && isMarked;
}

/** A task, or one of JSON-MIN, which has no `data` but regions of its own. */
function isLabelStudio(row: JsonObject): boolean {
  const isRegion = isObjectWith('start', 'end', 'labels');
  return isObject(row['data']) || 'annotation_id' in row || Object.values(row).some((list) => Array.isArray(list) && isRegion(list[0]));
}

function isHf(row: JsonObject): boolean {
  return (
    'features' in row || (begins(row['tokens'], isString) && ['ner_tags', 'tags', 'labels'].some((key) => begins(row[key], isTagName)))
  );
}

function isNestedJson({ tokens, sentence, sentences, entities, ner }: JsonObject): boolean {
  const hasTokens = begins(tokens, isString) || begins(sentence, isString) || isString(sentence) || begins(sentences, Array.isArray);
  return hasTokens && (begins(entities, isObjectWith('start', 'end')) || begins(ner, isIndexed));
}

function isIndexed(mention: unknown): boolean {
  return Array.isArray(mention) || isObjectWith('index')(mention);
}

function isDoccanoSpan(span: unknown): boolean {
  return Array.isArray(span) || isObjectWith('start_offset')(span);
}

function isTagName(tag: unknown): boolean {
  return isString(tag) || typeof tag === 'number';
}

/** Whether a value is a list that is empty, or whose first element passes. */
function begins(list: unknown, passes: (first: unknown) => boolean): boolean {
  return Array.isArray(list) && (list.length === 0 || passes(list[0]));
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** Whether a JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObjectWith(...keys: readonly string[]): (value: unknown) => boolean {
  return (value) => isObject(value) && keys.every((key) => key in value);
}
