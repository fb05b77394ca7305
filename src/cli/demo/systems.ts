import { addCounts, type Counts, noCounts, strictCounts } from '../../evaluation/scorer.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import type { RecognizerOptions } from '../../pipeline/options.ts';
import type { Recognition } from '../../pipeline/recognition.ts';
import { createRecognizer } from '../../pipeline/recognizer.ts';
import { taggerId } from '../../pool/tagger/tagger-member.ts';
import type { Domain } from './corpus.ts';

/** One way to set up the pipeline, to be compared with others. */
export interface System {
  readonly name: string;
  readonly options: Pick<RecognizerOptions, 'models' | 'verifier'>;
}

/** What a system did on the test sentences of one or more domains. */
export interface Outcome {
  readonly counts: Counts;
  readonly calls: number;
  /** Time that the models took for these calls, in seconds; calls to different models may have run at once. */
  readonly modelSeconds: number;
}

export const noOutcome: Outcome = { counts: noCounts, calls: 0, modelSeconds: 0 };

/** Each member alone: systems that share no model, so that they can run at once. */
export function membersAlone(models: readonly LanguageModel[]): readonly System[] {
  return models.map((model) => ({ name: `${model.id} alone`, options: { models: [model], verifier: 'nobody' } }));
}

/** The ensemble's vote without verification. */
export function voteOfAll(models: readonly LanguageModel[]): System {
  return { name: 'vote of all', options: { models, verifier: 'nobody' } };
}

export function wholePipeline(models: readonly LanguageModel[]): System {
  return { name: 'whole pipeline', options: { models } };
}

/** As it is where no models are named. */
export function withTagger(models: readonly LanguageModel[]): System {
  return { name: `with ${taggerId}`, options: { models: [...models, taggerId] } };
}

/** What a system made of the test sentences of a domain, with the domain's pool. */
export interface Run {
  readonly recognitions: readonly Recognition[];
  /** The preparation of the pool included. */
  readonly outcome: Outcome;
}

export async function runSystem(system: System, domain: Domain, signal: AbortSignal): Promise<Run> {
  const { types, pool, test } = domain;
  await using recognizer = await createRecognizer({ types, pool, ...system.options }, { signal });
  const { calls, modelMs } = recognizer.preparation;
  const recognitions: Recognition[] = [];
  let outcome: Outcome = { ...noOutcome, calls, modelSeconds: modelMs / 1000 };
  for await (const recognition of recognizer.recognizeAll(test, { signal })) {
    if (recognition.status === 'failed') throw recognition.error;
    recognitions.push(recognition);
    outcome = addOutcome(outcome, scored(recognition, domain));
  }
  return { recognitions, outcome };
}

export function addOutcome(a: Outcome, b: Outcome): Outcome {
  return { counts: addCounts(a.counts, b.counts), calls: a.calls + b.calls, modelSeconds: a.modelSeconds + b.modelSeconds };
}

function scored(recognition: Recognition, domain: Domain): Outcome {
  const gold = domain.test.find(({ id }) => id === recognition.id);
  const calls = recognition.trace.flatMap(({ document }) => document.calls).filter(({ kind }) => kind === undefined);
  return {
    counts: strictCounts(gold?.entities ?? [], recognition.entities),
    calls: calls.length,
    modelSeconds: calls.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000,
  };
}
