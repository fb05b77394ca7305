import { hashOf, modelIdentity } from '../../experiment/manifest.ts';
import type { Corpus } from '../../jobs/corpus.ts';
import type { RunIdentity } from '../../jobs/run-journal.ts';
import { modelId } from '../../model/open.ts';
import { sentencesOf } from '../../pool/prepared-pool.ts';
import type { OpenedRecognizer, RecognizerFlags, RecognizerSource } from '../open-recognizer.ts';
import { packageVersion } from '../version.ts';

interface Told extends Pick<OpenedRecognizer, 'models' | 'calibration'> {
  readonly source: RecognizerSource;
  readonly options: RecognizerFlags;
}

/** All that decides what is found in a text. How long to wait, how much a document may take, how many at once and where answers are kept do not. */
export async function pipelineIdentity({ source, models, calibration, options: given }: Told): Promise<PipelineIdentity> {
  const { guard: _, timeout: __, documentTimeout: ___, documentTokens: ____, cache: _____, ...deciding } = given;
  const { pool: ______, types: _______, models: members, verifier, ...options } = deciding;
  const { pool, index, types, embedder } = source;
  return {
    version: await packageVersion(),
    models: await Promise.all(models.map(modelIdentity)),
    pool: hashOf(index === undefined ? (pool ?? []) : sentencesOf(index)),
    index: index?.manifest ?? null,
    embedder: embedder.id,
    types: hashOf(types),
    calibration: calibration === undefined ? null : hashOf(calibration),
    options: { ...options, models: members?.map(modelId), verifier: verifier === undefined ? undefined : modelId(verifier) },
  };
}

interface PipelineIdentity extends RunIdentity {
  readonly options: Readonly<Record<string, unknown>>;
}

/** All that decides what the files of a run are. */
export function runIdentity(
  corpus: Pick<Corpus, 'sha256' | 'format'>,
  pipeline: PipelineIdentity,
  options: { readonly trace: boolean },
): RunIdentity {
  return { ...pipeline, corpus: corpus.sha256, format: corpus.format, options: { ...pipeline.options, ...options } };
}
