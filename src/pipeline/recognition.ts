import type { Rejected, Verified } from '../document/mention.ts';
import type { Span } from '../document/span.ts';
import { NerError } from '../error.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Call } from './ensemble.ts';
import type { TracedDocument } from './traced-document.ts';

/** One entity of the result. */
export interface Entity<T extends string = string> extends Span {
  /** `text.slice(start, end)` of the document. */
  readonly text: string;
  readonly type: T;
  /** In [0, 1]; see `mentionScore`. */
  readonly score: number;
}

/** A member that did not take part in a decision, or not fully, and why. */
export interface Degradation {
  readonly modelId: string;
  readonly stage: string;
  readonly reason: string;
}

/** One window of a document with every decision about it; its offsets count from `start`. */
export interface TracedWindow {
  /** Where the window begins in the document, in UTF-16 code units. */
  readonly start: number;
  readonly document: TracedDocument<Verified | Rejected>;
}

/** A string that a document has as several types. */
export interface Disagreement {
  /** With single spaces for all white space. */
  readonly text: string;
  /** Mentions of each type, as they were before any was outvoted; most first. */
  readonly types: Readonly<Record<string, number>>;
}

/** A text with its entities, and how they came about. */
export interface Recognition<T extends string = string> {
  readonly status: 'recognized';
  readonly id: string;
  readonly text: string;
  /** In order of reading. */
  readonly entities: readonly Entity<T>[];
  /** Members that failed or gave no usable or no whole reply; empty if all took part in everything. */
  readonly degraded: readonly Degradation[];
  /** In order of reading; only if they were asked for by `documentAgreement`. */
  readonly disagreements?: readonly Disagreement[];
  readonly calls: number;
  readonly usage: Usage;
  readonly durationMs: number;
  /** A text that fits the models has one window; those of a longer one may share sentences. */
  readonly trace: readonly TracedWindow[];
}

/** A text that could not be recognized; the others of the same run are not touched by it. */
export interface FailedRecognition {
  readonly status: 'failed';
  readonly id: string;
  readonly text: string;
  readonly error: NerError;
  /** Every call about it until it failed, in the order in which rounds of asking ended. */
  readonly attempts: readonly Call[];
}

/** The members that did not answer some of these calls, or not to the end. */
export function degradations(calls: readonly Call[]): Degradation[] {
  return calls.flatMap(({ modelId, stage, outcome, error, cutOff }) => {
    if (outcome !== 'answered') return [{ modelId, stage, reason: error?.message ?? `Its reply was of no use: ${outcome}.` }];
    return cutOff ? [{ modelId, stage, reason: 'Its reply was cut off at the token limit; what came before is used.' }] : [];
  });
}

/** The failure of a member that could not answer, if there is one: what it thinks is not known, and it is to be asked again. */
export function silence({ trace }: Recognition): NerError | undefined {
  const failed = trace.flatMap(({ document }) => document.calls).find(({ outcome }) => outcome === 'failed');
  if (failed === undefined) return undefined;
  const { modelId, error } = failed;
  return new NerError(error?.message ?? `${modelId} did not answer.`, { code: 'model-failed', modelId });
}
