import { basename } from 'node:path';
import type { DatasetFormatName } from '../../dataset/format.ts';
import { readSamples } from '../../dataset/read-samples.ts';
import type { Report } from '../../dataset/report.ts';
import { type Sample, sameWords } from '../../dataset/sample.ts';
import type { TypedSpan } from '../../document/labelled.ts';
import { NerError } from '../../error.ts';
import { counted } from '../counted.ts';

/** A text with what is right in it and what a system found. */
export interface LabelledPair {
  readonly text: string;
  readonly gold: readonly TypedSpan[];
  readonly predicted: readonly TypedSpan[];
}

/** The documents of a file, in its order. */
export interface LabelledFile {
  readonly path: string;
  readonly format: DatasetFormatName;
  readonly samples: readonly Sample[];
}

/** @throws {NerError} `unreadable-input` for a file that cannot be read, or its first bad row. */
export async function readLabelledFile(path: string, format: DatasetFormatName, report: Report): Promise<LabelledFile> {
  return { path, format, samples: await Array.fromAsync(readSamples(path, { from: format, report })) };
}

/**
 * The documents of two files that have the same texts, in the order of the gold ones. They are matched by id, a document without one by its
 * line; if one of the files has no ids, they are matched in order.
 * @throws {NerError} `unreadable-input` that names the ids which are missing, left over or told twice, or the documents whose texts differ.
 */
export function labelledPairs(gold: LabelledFile, predicted: LabelledFile): readonly LabelledPair[] {
  return (haveIds(gold, predicted) ? matchedById(gold, predicted) : matchedInOrder(gold, predicted)).map(([sample, other]) => ({
    text: sample.text,
    gold: sample.entities,
    predicted: other.entities,
  }));
}

type Match = readonly [gold: Sample, predicted: Sample];

function haveIds(gold: LabelledFile, predicted: LabelledFile): boolean {
  const files = [gold, predicted].filter(({ samples }) => samples.some(({ isUnnamed }) => isUnnamed !== true)).length;
  if (files !== 1) return files === 2;
  // Predictions for texts that have no ids may call them by their places in the gold file.
  const goldIds = idsOf(gold);
  return predicted.samples.some(({ id }) => goldIds.has(id));
}

function matchedInOrder(gold: LabelledFile, predicted: LabelledFile): readonly Match[] {
  const matches = gold.samples.flatMap((sample, index): Match[] => {
    const other = predicted.samples[index];
    return other === undefined ? [] : [[sample, other]];
  });
  const rule = 'Since ids are missing, documents are matched in order.';
  for (const [sample, other] of matches) requireSameText({ ...gold, sample }, { ...predicted, sample: other }, rule);
  if (gold.samples.length !== predicted.samples.length) {
    const counts = `${counted(predicted.samples.length, 'document')} and ${described(gold, predicted)} has ${gold.samples.length}`;
    throw unreadable(predicted.path, `${described(predicted, gold)} has ${counts}. ${rule}`);
  }
  return matches;
}

function matchedById(gold: LabelledFile, predicted: LabelledFile): readonly Match[] {
  const [goldById, predictedById] = [byId(gold, predicted), byId(predicted, gold)];
  const [goldName, predictedName] = [described(gold, predicted), described(predicted, gold)];
  const missing = [...goldById.keys()].filter((id) => !predictedById.has(id));
  if (missing.length > 0) {
    throw unreadable(predicted.path, `${predictedName} lacks ${named(missing)} of ${goldName}; expected the same ids in both files.`);
  }
  const extra = [...predictedById.keys()].filter((id) => !goldById.has(id));
  if (extra.length > 0) {
    throw unreadable(predicted.path, `${predictedName} has ${named(extra)}, which ${goldName} lacks; expected the same ids in both files.`);
  }
  return Array.from(goldById, ([id, sample]): Match => {
    const other = predictedById.get(id) ?? sample; // it has the same ids
    requireSameText({ ...gold, sample }, { ...predicted, sample: other });
    return [sample, other];
  });
}

/** Documents without an id are called by their line, unless the other file calls one by that place. */
function byId(file: LabelledFile, other: LabelledFile): ReadonlyMap<string, Sample> {
  const otherIds = idsOf(other);
  const samples = new Map<string, Sample>();
  const repeated = new Set<string>();
  for (const sample of file.samples) {
    const id = sample.isUnnamed === true && !otherIds.has(sample.id) ? `line ${lineOf(file.path, sample)}` : sample.id;
    if (samples.has(id)) repeated.add(id);
    samples.set(id, sample);
  }
  if (repeated.size > 0) {
    throw unreadable(file.path, `${file.path} has ${named([...repeated])} more than once; expected an id of its own for each document.`);
  }
  return samples;
}

type Placed = LabelledFile & { readonly sample: Sample };

function requireSameText(gold: Placed, predicted: Placed, rule?: string): void {
  const [text, other] = [gold.sample.text, predicted.sample.text];
  if (text === other) return;
  const formats = gold.format === predicted.format ? '' : `, in the formats ${predicted.format} and ${gold.format}`;
  const difference = sameWords(text, other)
    ? 'They differ in white space alone: tokens are read with a space between any two. "el4ner convert" writes the gold texts as they are read, and with --detokenize as running text.'
    : 'Predict for the gold texts, which "el4ner convert" writes as they are read.';
  const problem = `${placeOf(predicted)} has another text than ${placeOf(gold)}${formats}; spans count in one text.`;
  throw unreadable(predicted.path, [problem, difference, ...(rule === undefined ? [] : [rule])].join(' '));
}

function placeOf({ path, sample }: Placed): string {
  return sample.isUnnamed === true ? `${path}:${lineOf(path, sample)}` : `${path} (document "${sample.id}")`;
}

/** Of a document that is called by file and line; where a line has several, with the number of the document in it. */
function lineOf(path: string, { id }: Sample): string {
  return id.slice(basename(path).length + 1);
}

/** A file, with its format if that of the other file differs. */
function described({ path, format }: LabelledFile, other: LabelledFile): string {
  return format === other.format ? path : `${path} (${format})`;
}

function idsOf({ samples }: LabelledFile): ReadonlySet<string> {
  return new Set(samples.map(({ id }) => id));
}

const most = 5;

/** The first few of some ids. */
function named(ids: readonly string[]): string {
  const shown = ids.slice(0, most).map((id) => `"${id}"`);
  const others = ids.length > most ? ` and ${ids.length - most} more` : '';
  return `the ${ids.length === 1 ? 'id' : 'ids'} ${shown.join(', ')}${others}`;
}

function unreadable(path: string, message: string): NerError {
  return new NerError(message, { code: 'unreadable-input', path });
}
