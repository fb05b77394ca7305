import { createHash } from 'node:crypto';
import type { LabelledSentence } from '../../document/labelled.ts';
import { type VectorTable, vectorTableBuilder } from '../vector-table.ts';
import type { OpenIndex } from './open-index.ts';
import type { StoredSentence } from './sentence-file.ts';
import type { WorkFile } from './work-file.ts';

/** Where what was worked out stands: in the index of before, or in the work file. */
export interface Sources {
  readonly work: WorkFile;
  readonly before: OpenIndex | undefined;
  /** Of sentences in the index of before, by their keys. */
  readonly places: ReadonlyMap<string, number>;
}

/** Equal sentences have equal keys, whatever they are called. */
export function keyOf({ text, entities }: LabelledSentence): string {
  return createHash('sha256')
    .update(JSON.stringify([text, entities.map(({ start, end, type }) => [start, end, type])]))
    .digest('hex');
}

/** What an index is to hold, in the order of the pool. */
export interface Contents {
  readonly sentences: readonly StoredSentence[];
  readonly spanVectors: VectorTable;
  readonly sentenceVectors: VectorTable;
}

/** Gathers what was worked out of each sentence of the pool. */
export function contentsOf(pool: readonly LabelledSentence[], sources: Sources): Contents {
  const dimensions = dimensionsOf(pool, sources) ?? 1; // of an empty pool, since a table has at least one
  const [ofSpans, ofSentences] = [vectorTableBuilder(dimensions), vectorTableBuilder(dimensions)];
  const sentences = pool.map((sentence): StoredSentence => {
    const key = keyOf(sentence);
    const place = sources.places.get(key);
    if (sources.before !== undefined && place !== undefined) {
      const { spans } = sources.before.at(place);
      ofSentences.copy(sources.before.sentenceVectors, place);
      const first = sources.before.firstSpans[place] ?? 0;
      for (let row = first; row < first + spans.length; row++) ofSpans.copy(sources.before.spanVectors, row);
      return { key, sentence, spans };
    }
    const worked = sources.work.read(key);
    const [vector, ...rest] = worked?.vectors ?? [];
    if (worked === undefined || vector === undefined) throw new Error(`The sentence ${sentence.id} was not worked out.`);
    ofSentences.append(vector);
    for (const spanVector of rest) ofSpans.append(spanVector);
    // An unread one has another key, so that the next build tries it again.
    const name = worked.unread === undefined ? key : `${key} unread`;
    return { key: name, sentence, spans: worked.spans };
  });
  return { sentences, spanVectors: ofSpans.finish(), sentenceVectors: ofSentences.finish() };
}

/** Of the vectors that there are; `undefined` if there are none. */
export function dimensionsOf(pool: readonly LabelledSentence[], { work, before }: Sources): number | undefined {
  if (before !== undefined && before.size > 0) return before.sentenceVectors.dimensions;
  for (const sentence of pool) {
    const [vector] = work.read(keyOf(sentence))?.vectors ?? [];
    if (vector !== undefined) return vector.length;
  }
  return undefined;
}
