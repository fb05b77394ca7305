import type { Usage } from '../prompting/dialect.ts';
import type { Degradation, Disagreement, Entity, FailedRecognition, Recognition, TracedWindow } from './recognition.ts';

/** One document as scripts get it. Its fields and their order are stable. */
export interface Result {
  readonly id: string;
  readonly text: string;
  /** In order of reading; offsets in UTF-16 code units, scores in [0, 1] with four decimals. */
  readonly entities: readonly Entity[];
  /** Only where a member failed or gave no usable reply. */
  readonly degraded?: readonly Degradation[];
  /** Strings that the document has as several types; only where there are any, and they were asked for. */
  readonly disagreements?: readonly Disagreement[];
  /** Only on demand. */
  readonly trace?: { readonly usage: Usage; readonly durationMs: number; readonly windows: readonly TracedWindow[] };
}

/** A document that failed, as scripts get it: it has no entities, and says why. */
export interface FailedResult {
  readonly id: string;
  readonly text: string;
  readonly error: { readonly code: string; readonly message: string };
}

/** The part of a recognition that scripts get, in the order of its fields. */
export function resultOf(recognition: Recognition | FailedRecognition, { trace }: { readonly trace: boolean }): Result | FailedResult {
  if (recognition.status === 'failed') {
    const { id, text, error } = recognition;
    return { id, text, error: { code: error.detail.code, message: error.message } };
  }
  const { id, text, entities, degraded, disagreements = [], usage, durationMs, trace: windows } = recognition;
  return {
    id,
    text,
    entities: entities.map(({ start, end, text, type, score }) => ({ start, end, text, type, score: rounded(score) })),
    ...(degraded.length === 0 ? {} : { degraded }),
    ...(disagreements.length === 0 ? {} : { disagreements }),
    ...(trace ? { trace: { usage, durationMs, windows: windows.map(withoutReplays) } } : {}),
  };
}

/** Whether an answer was kept is of the run, not of the result. */
function withoutReplays({ start, document }: TracedWindow): TracedWindow {
  return { start, document: { ...document, calls: document.calls.map(({ replayed: _, ...call }) => call) } };
}

function rounded(score: number): number {
  return Number(score.toFixed(4));
}
