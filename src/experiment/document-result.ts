import type { Rejected, Verified } from '../document/mention.ts';
import { addUsage, noUsage } from '../model/dialogue.ts';
import type { Call } from '../pipeline/ensemble.ts';
import { isDecidedHere } from '../pipeline/merge-windows.ts';
import type { FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Usage } from '../prompting/dialect.ts';

/** A mention of the trace as the analysis of errors wants it; offsets count from the start of the document. */
export type TracedMention = Verified | Rejected;

/** A model that failed on a document, which the others decided without it. */
interface ModelFailure {
  readonly modelId: string;
  readonly reason: string;
}

/** What asking the models about a document came to. */
interface Cost extends Usage {
  readonly calls: number;
  /** Time that the models took, one call after the other. */
  readonly modelMs: number;
  /** Replies that made no sense. */
  readonly malformed: number;
}

/** What one system made of one sentence; JSON-safe, so that a journal can keep it. */
export interface DocumentResult extends Cost {
  readonly id: string;
  readonly mentions: readonly TracedMention[];
  /** Strings that models wrote and that are not in the text; not counted where the sentence failed. */
  readonly hallucinated: number;
  /** Why the sentence failed; its mentions are then none. */
  readonly failure?: string;
  /** The models that failed, each with each of its reasons once; only where there are any. A reply that made no sense is no failure. */
  readonly degraded?: readonly ModelFailure[];
}

/** What counts of a recognition. */
export function documentResult(recognition: Recognition | FailedRecognition): DocumentResult {
  const { id } = recognition;
  if (recognition.status === 'failed') {
    return { id, mentions: [], ...costOf(recognition.attempts), hallucinated: 0, failure: recognition.error.message };
  }
  const { trace } = recognition;
  const calls = trace.flatMap(({ document }) => document.calls);
  const degraded = modelFailures(calls);
  return {
    id,
    mentions: trace.flatMap(({ start, document }) =>
      document.mentions.filter(isDecidedHere).map((mention) => ({ ...mention, start: mention.start + start, end: mention.end + start })),
    ),
    ...costOf(calls),
    hallucinated: trace.reduce((sum, { document }) => sum + document.hallucinations.length, 0),
    ...(degraded.length === 0 ? {} : { degraded }),
  };
}

function costOf(calls: readonly Call[]): Cost {
  return {
    calls: calls.filter(({ kind }) => kind === undefined).length,
    ...calls.map(({ usage }) => usage).reduce(addUsage, noUsage),
    modelMs: calls.reduce((sum, { durationMs }) => sum + durationMs, 0),
    malformed: calls.filter(({ outcome }) => outcome === 'malformed' || outcome === 'refusal' || outcome === 'empty').length,
  };
}

function modelFailures(calls: readonly Call[]): readonly ModelFailure[] {
  const failures = calls.flatMap(({ modelId, outcome, error }) =>
    outcome === 'failed' ? [{ modelId, reason: error?.message ?? 'It failed.' }] : [],
  );
  return [...new Map(failures.map((failure) => [JSON.stringify(failure), failure])).values()];
}
