import { createHash } from 'node:crypto';
import type { LabelledSentence } from '../document/labelled.ts';
import { NerError } from '../error.ts';
import type { DocumentResult } from './document-result.ts';
import type { Journal } from './journal.ts';
import type { Manifest } from './manifest.ts';
import { type Row, rowOf } from './row.ts';
import { type Material, type Outcome, runSystem, type SystemListener } from './run.ts';
import { fullSystem, type System } from './systems.ts';

/** A finished experiment, as its file has it. */
export interface Experiment {
  readonly manifest: Manifest;
  readonly rows: readonly Row[];
}

/** A row with the results that it sums up. */
export interface FinishedSystem {
  readonly row: Row;
  readonly results: readonly DocumentResult[];
}

/** Hears how an experiment goes on. */
interface ExperimentListener extends SystemListener {
  /** Of each sentence that was worked on; what the journal has is not told again. */
  outcome(outcome: Outcome): void;
}

export interface ExperimentOptions {
  readonly systems: readonly System[];
  readonly journal: Journal;
  readonly seed: number;
  readonly listener: ExperimentListener;
  readonly signal: AbortSignal;
}

/**
 * Runs the systems one after the other on the same material and yields each as soon as it is done. What the journal has is not done
 * again.
 * @throws {NerError} `usage` or `model-unavailable` if a system cannot be set up.
 * @throws `signal.reason` once the signal is aborted; the journal then has all that was done.
 */
export async function* runExperiment(material: Material, options: ExperimentOptions): AsyncGenerator<FinishedSystem, void, undefined> {
  const { systems, journal, seed, listener, signal } = options;
  let full: Row | undefined;
  for (const [index, system] of systems.entries()) {
    const name = systems.length === 1 ? system.name : `system ${index + 1} of ${systems.length}, ${system.name}`;
    const done = new Map(journal.doneBy(system.name));
    const rest = material.data.filter(({ id }) => !done.has(id));
    const named = { ...listener, progress: (line: string) => listener.progress(`${name}: ${line}`) };
    for await (const outcome of runSystem(system, { ...material, data: rest }, named, signal)) {
      const { result } = outcome;
      await journal.append(system.name, result);
      listener.outcome(outcome);
      done.set(result.id, result);
    }
    const results = material.data.flatMap(({ id }) => done.get(id) ?? []);
    const row = rowOf(system.name, material.data, results, full === undefined ? { seed } : { seed, full });
    if (system.name === fullSystem.name) full = row;
    yield { row, results };
  }
}

/**
 * At most `limit` of the sentences, chosen by `seed` alone and in their order.
 * @throws {NerError} `usage` if two sentences have one id, by which results are told apart.
 */
export function sampleSentences(
  sentences: readonly LabelledSentence[],
  limit: number | undefined,
  seed: number,
): readonly LabelledSentence[] {
  const ids = new Set<string>();
  for (const { id } of sentences) {
    if (ids.has(id))
      throw new NerError(`Two sentences of the data are called ${id}; expected ids that tell them apart.`, { code: 'usage' });
    ids.add(id);
  }
  if (limit === undefined || limit >= sentences.length) return sentences;
  const lot = (id: string): string => createHash('sha256').update(`${seed} ${id}`).digest('hex');
  const drawn = sentences.map((sentence) => ({ sentence, lot: lot(sentence.id) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  const chosen = new Set(drawn.slice(0, limit).map(({ sentence }) => sentence));
  return sentences.filter((sentence) => chosen.has(sentence));
}
