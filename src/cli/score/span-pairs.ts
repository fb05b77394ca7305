import { basename } from 'node:path';
import { type ReadSamplesOptions, readSamples } from '../../dataset/read-samples.ts';
import type { LabelledSentence, TypedSpan } from '../../document/labelled.ts';
import { NerError } from '../../error.ts';

/** A text with what is right in it and what a system found. */
export interface LabelledPair {
  readonly text: string;
  readonly gold: readonly TypedSpan[];
  readonly predicted: readonly TypedSpan[];
}

/**
 * The documents of two data sets that have the same ids, in the order of the gold ones. Documents without an id go by their line.
 * @throws {NerError} `unreadable-input` that names the ids which are missing, left over or told twice, or whose texts differ.
 */
export async function labelledPairs(gold: string, predicted: string, options: ReadSamplesOptions): Promise<readonly LabelledPair[]> {
  const [goldById, predictedById] = [await byId(gold, options), await byId(predicted, options)];
  const missing = [...goldById.keys()].filter((id) => !predictedById.has(id));
  if (missing.length > 0) throw unreadable(predicted, `lacks ${named(missing)} of ${gold}; expected the same ids in both files`);
  const extra = [...predictedById.keys()].filter((id) => !goldById.has(id));
  if (extra.length > 0) throw unreadable(predicted, `has ${named(extra)}, which ${gold} lacks; expected the same ids in both files`);
  return Array.from(goldById, ([id, { text, entities }]) => {
    const other = predictedById.get(id);
    if (other?.text !== text) throw unreadable(predicted, `has another text for ${named([id])} than ${gold}; offsets count in one text`);
    return { text, gold: entities, predicted: other.entities };
  });
}

async function byId(path: string, options: ReadSamplesOptions): Promise<ReadonlyMap<string, LabelledSentence>> {
  const sentences = new Map<string, LabelledSentence>();
  const repeated = new Set<string>();
  const fileName = `${basename(path)}:`;
  for await (const sentence of readSamples(path, options)) {
    const id = sentence.id.startsWith(fileName) ? `line ${sentence.id.slice(fileName.length)}` : sentence.id;
    if (sentences.has(id)) repeated.add(id);
    sentences.set(id, sentence);
  }
  if (repeated.size > 0) throw unreadable(path, `has ${named([...repeated])} more than once; expected an id of its own for each document`);
  return sentences;
}

const most = 5;

/** The first few of some ids. */
function named(ids: readonly string[]): string {
  const shown = ids.slice(0, most).map((id) => `"${id}"`);
  const others = ids.length > most ? ` and ${ids.length - most} more` : '';
  return `the ${ids.length === 1 ? 'id' : 'ids'} ${shown.join(', ')}${others}`;
}

function unreadable(path: string, what: string): NerError {
  return new NerError(`${path} ${what}.`, { code: 'unreadable-input', path });
}
