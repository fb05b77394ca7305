import { crc32 } from 'node:zlib';
import type { EntityType } from '../document/entity-type.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import type { NerError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { type ObservedSentence, observe } from '../pipeline/observation.ts';
import { openTagger } from '../pipeline/open-tagger.ts';
import type { RecognizerOptions } from '../pipeline/options.ts';
import { silence } from '../pipeline/recognition.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { type PreparedPool, sentencesOf } from '../pool/prepared-pool.ts';
import { unlearnedTagger } from '../pool/tagger/tagger.ts';
import { taggerId, taggerMember } from '../pool/tagger/tagger-member.ts';
import { labelledTypes } from '../pool/tagger/train-tagger.ts';

/** Parts of the pool: the tagger that judges a part has learnt from the others. */
const folds = 5;

export interface CalibrateOptions {
  readonly types: readonly EntityType[];
  readonly index: PreparedPool;
  readonly embedder: Embedder;
  /** Open language models by URI, and the tagger by its name, in the order of the ensemble. */
  readonly members: readonly (LanguageModel | typeof taggerId)[];
  readonly k?: number;
  /** Sentences in work at once. Default 1. */
  readonly workers?: number;
  readonly progress: (line: string) => void;
}

/** A sentence that could not be observed. */
export interface UnobservedSentence {
  readonly id: string;
  readonly error: NerError;
}

/**
 * Asks every member about sentences of the pool that it has not seen there: demonstrations are other sentences, and each sentence is judged
 * by a tagger that learnt from the rest of the pool. Nothing is rejected on the way, so that everything is known of every span.
 * @param sentences - of the pool.
 * @throws what the recognizer throws; `signal.reason` once the signal is aborted.
 */
export async function* calibrate(
  sentences: readonly LabelledSentence[],
  options: CalibrateOptions,
  signal: AbortSignal,
): AsyncGenerator<ObservedSentence | UnobservedSentence, void, undefined> {
  const learns = options.members.includes(taggerId);
  const parts = learns ? Map.groupBy(sentences, partOf) : new Map([[0, sentences]]);
  let done = 0;
  for (const [part, own] of parts) {
    const models = learns ? await withTagger(part, options, signal) : options.members;
    await using recognizer = await createRecognizer({ ...recognizing(options), models }, { signal });
    let place = 0;
    for await (const recognition of recognizer.recognizeAll(own, { signal, workers: options.workers ?? 1 })) {
      options.progress(`${++done} of ${sentences.length} sentences`);
      const { entities = [] } = own[place++] ?? {};
      const error = recognition.status === 'failed' ? recognition.error : silence(recognition);
      if (error !== undefined) yield { id: recognition.id, error };
      else if (recognition.status === 'recognized') yield observe(recognition, entities);
    }
  }
}

/** Texts that differ in case and white space alone are of one part, so that no tagger is asked about a sentence that it has learnt. */
function partOf({ text }: LabelledSentence): number {
  return crc32(text.toLowerCase().replace(/\s+/g, ' ').trim()) % folds;
}

async function withTagger(part: number, { index, types, embedder, members, progress }: CalibrateOptions, signal: AbortSignal) {
  const pool = sentencesOf(index).filter((sentence) => partOf(sentence) !== part);
  const names = types.map(({ name }) => name);
  if (labelledTypes(pool, names).length === 0)
    return members.map((member) => (member === taggerId ? taggerMember(unlearnedTagger) : member));
  const onProgress = (done: number, total: number) =>
    progress(`training a tagger without part ${part + 1} of ${folds}: ${done} of ${total} steps`);
  const tagger = await openTagger({ types, pool, onProgress }, { types, embedder: async () => embedder }, signal);
  return members.map((member) => (member === taggerId ? tagger : member));
}

function recognizing({ types, index, embedder, k }: CalibrateOptions): RecognizerOptions {
  return {
    types,
    index,
    embedder,
    ...(k === undefined ? {} : { k }),
    noneVotes: false,
    verifier: 'all',
    verifyThreshold: 0,
    overlaps: 'nested',
  };
}
