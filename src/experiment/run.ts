import type { EntityType } from '../document/entity-type.ts';
import type { LabelledSentence } from '../document/labelled.ts';
import type { NerError } from '../error.ts';
import type { Embedder } from '../model/embedder.ts';
import type { LanguageModel } from '../model/language-model.ts';
import type { RecognizerOptions } from '../pipeline/options.ts';
import type { Preparation } from '../pipeline/preparation.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { type DocumentResult, documentResult } from './document-result.ts';
import type { System } from './systems.ts';

/** What an experiment runs on; the same for all of its systems. */
export interface Material {
  readonly types: readonly EntityType[];
  /** Gold sentences, each with an id of its own. */
  readonly data: readonly LabelledSentence[];
  /** Where demonstrations come from: sentences, or an index of them. */
  readonly pool: Pick<RecognizerOptions, 'pool' | 'index'>;
  /** Compares spans; the default one if it is left out. */
  readonly embedder?: Embedder;
  /** Open models by URI: the members of the full system in order, then others that verify. */
  readonly models: ReadonlyMap<string, LanguageModel>;
  /** The full system. */
  readonly options: Omit<RecognizerOptions, 'types' | 'models' | 'pool' | 'index' | 'embedder' | 'onProgress'> & {
    readonly models: readonly string[];
  };
}

/** What became of one sentence. */
export interface Outcome {
  readonly result: DocumentResult;
  /** Why the sentence failed. */
  readonly error?: NerError;
}

/** Hears how a system goes on. */
export interface SystemListener {
  /** How far it is. */
  progress(line: string): void;
  /** How the preparation of the pool went. */
  prepared(preparation: Preparation): void;
}

/**
 * Runs a system over the sentences and yields what became of each, in their order.
 * @throws {NerError} `usage` or `model-unavailable` if the system cannot be set up.
 * @throws `signal.reason` once the signal is aborted.
 */
export async function* runSystem(
  { variation, byVotes }: System,
  material: Material,
  { progress, prepared }: SystemListener,
  signal: AbortSignal,
): AsyncGenerator<Outcome, void, undefined> {
  const { types, data, pool, embedder, models } = material;
  if (data.length === 0) return;
  const open = <S extends RecognizerOptions['verifier']>(source: S) =>
    typeof source === 'string' ? (models.get(source) ?? source) : source;
  const { calibration, aim, ...others } = material.options;
  const options = { ...(byVotes ? others : material.options), ...variation };
  const verifier = open(options.verifier);
  await using recognizer = await createRecognizer(
    {
      ...options,
      ...pool,
      types,
      ...(embedder === undefined ? {} : { embedder }),
      models: (options.models ?? []).map((model) => open(model) ?? model),
      ...(verifier === undefined ? {} : { verifier }),
      onProgress: (done, total) => progress(`pool ${done} of ${total}`),
    },
    { signal },
  );
  prepared(recognizer.preparation);
  let done = 0;
  for await (const recognition of recognizer.recognizeAll(data, { signal })) {
    progress(`${++done} of ${data.length}`);
    const result = documentResult(recognition);
    yield recognition.status === 'failed' ? { result, error: recognition.error } : { result };
  }
}
