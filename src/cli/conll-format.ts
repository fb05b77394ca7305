import { writeConll } from '../dataset/conll.ts';
import { defaultWriteSettings } from '../dataset/format.ts';
import type { Sample } from '../dataset/sample.ts';
import { sentences } from '../document/sentences.ts';
import { overlap, type Span } from '../document/span.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import { createDataReport } from './data-report.ts';
import type { Format } from './format.ts';

/**
 * CoNLL columns as {@link writeConll} writes them in IOB2, sentence by sentence. Notes at the end say what they have no room for, such as
 * entities inside or across others.
 */
export const conllFormat: Format = async function* (results, { note }) {
  const report = createDataReport({ note }, { skipBad: false });
  yield* writeConll(sentencesOf(results), { ...defaultWriteSettings, report });
  report.end();
};

async function* sentencesOf(results: AsyncIterable<Recognition | FailedRecognition>): AsyncGenerator<Sample, void, undefined> {
  for await (const result of results) {
    if (result.status === 'failed') continue;
    const { id, text, entities } = result;
    for (const sentence of unbrokenSentences(text, entities)) {
      // What of an entity lies outside is white space.
      const within = entities
        .filter((entity) => overlap(entity, sentence))
        .map(({ start, end, type }) => ({
          start: Math.max(0, start - sentence.start),
          end: Math.min(end, sentence.end) - sentence.start,
          type,
        }));
      yield { id, isUnnamed: true, text: text.slice(sentence.start, sentence.end), entities: within };
    }
  }
}

/** The sentences; those that an entity reaches across are one. */
function unbrokenSentences(text: string, entities: readonly Span[]): readonly Span[] {
  const joined: Span[] = [];
  for (const sentence of sentences(text)) {
    const last = joined.at(-1);
    const isCut = last !== undefined && entities.some((entity) => overlap(entity, last) && overlap(entity, sentence));
    if (isCut) joined.splice(-1, 1, { start: last.start, end: sentence.end });
    else joined.push(sentence);
  }
  return joined;
}
