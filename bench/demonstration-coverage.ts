import type { LabelledSentence } from '../src/document/labelled.ts';
import type { Material } from '../src/experiment/run.ts';
import { noUsage } from '../src/model/dialogue.ts';
import type { Answer, LanguageModel } from '../src/model/language-model.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';
import { wordsOf } from '../src/pool/words.ts';
import type { Task, TaskKind } from '../src/prompting/task.ts';

/** How many gold mentions the demonstrations of their sentences prepare for. */
export interface Coverage {
  readonly mentions: number;
  /** Those whose type a mention of a demonstration has. */
  readonly typeShown: number;
  /** Those whose last word, in lower case, is a word of a demonstration's mention. */
  readonly headShown: number;
}

/**
 * Chooses demonstrations for each sentence of the data and counts what they cover. Of the models only what retrieval asks is asked.
 * @param retrieval - how they are chosen, in place of the material's options.
 * @throws {NerError} if a sentence fails.
 */
export async function coverageOf(
  { data, types, pool, models, options }: Material,
  retrieval: Pick<RecognizerOptions, 'retriever' | 'candidateSpans' | 'embedder'>,
): Promise<Coverage> {
  const members = Array.from(models.values(), retrievalOnly);
  await using recognizer = await createRecognizer({ ...options, ...pool, ...retrieval, types, models: members });
  const gold = data.values();
  let total: Coverage = { mentions: 0, typeShown: 0, headShown: 0 };
  for await (const recognition of recognizer.recognizeAll(data)) {
    if (recognition.status === 'failed') throw recognition.error;
    const demonstrations = recognition.trace.flatMap(({ document }) => document.retrieval.demonstrations.map(({ sentence }) => sentence));
    total = added(total, coverageBy(demonstrations, gold.next().value));
  }
  return total;
}

/** The model as long as it has no demonstrations; then all is decided that is looked at, and it finds nothing. */
function retrievalOnly(model: LanguageModel): LanguageModel {
  const nothing = { ok: true, data: [], exchanges: [], usage: noUsage, durationMs: 0, cutOff: false, droppedDemonstrations: 0 } as const;
  return {
    ...model,
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      return task.demonstrations.length === 0 ? model.answer<K>(task, signal) : (nothing as Answer<K>); // the data of every task are an array
    },
  };
}

function coverageBy(demonstrations: readonly LabelledSentence[], sentence: LabelledSentence | undefined): Coverage {
  if (sentence === undefined) throw new Error('There are more results than sentences.');
  const shown = demonstrations.flatMap(({ text, entities }) =>
    entities.map(({ start, end, type }) => ({ type, words: wordsOf(text.slice(start, end)).map(({ word }) => word) })),
  );
  const types = new Set(shown.map(({ type }) => type));
  const words = new Set(shown.flatMap((mention) => mention.words));
  const heads = sentence.entities.map(({ start, end }) => wordsOf(sentence.text.slice(start, end)).at(-1)?.word);
  return {
    mentions: heads.length,
    typeShown: sentence.entities.filter(({ type }) => types.has(type)).length,
    headShown: heads.filter((head) => head !== undefined && words.has(head)).length,
  };
}

function added(a: Coverage, b: Coverage): Coverage {
  return { mentions: a.mentions + b.mentions, typeShown: a.typeShown + b.typeShown, headShown: a.headShown + b.headShown };
}
