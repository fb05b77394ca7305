import type { Degradation, Entity, Recognition, TracedWindow } from '../pipeline/recognition.ts';
import type { Usage } from '../prompting/dialect.ts';

/** One document as scripts get it. Its fields and their order are stable. */
export interface Result {
  readonly id: string;
  readonly text: string;
  /** In order of reading; offsets in UTF-16 code units, scores in [0, 1] with four decimals. */
  readonly entities: readonly Entity[];
  /** Only where a member failed or gave no usable reply. */
  readonly degraded?: readonly Degradation[];
  /** Only on demand. */
  readonly trace?: { readonly usage: Usage; readonly durationMs: number; readonly windows: readonly TracedWindow[] };
}

/** The part of a recognition that scripts get, in the order of its fields. */
export function resultOf(recognition: Recognition, { trace }: { readonly trace: boolean }): Result {
  const { id, text, entities, degraded, usage, durationMs, trace: windows } = recognition;
  return {
    id,
    text,
    entities: entities.map(({ start, end, text, type, score }) => ({ start, end, text, type, score: rounded(score) })),
    ...(degraded.length === 0 ? {} : { degraded }),
    ...(trace ? { trace: { usage, durationMs, windows } } : {}),
  };
}

function rounded(score: number): number {
  return Number(score.toFixed(4));
}
