/** The names of all {@link CandidateSpans}. */
export const candidateSpanSources = ['models', 'gold', 'chunks'] as const;

/**
 * Which spans stand for a sentence of the pool in SpanSim: those that the models pre-extract from it (the paper's way), its gold mentions,
 * or its noun chunks, which ask no model.
 */
export type CandidateSpans = (typeof candidateSpanSources)[number];

/** The names of all {@link QuerySpans}. */
export const querySpanSources = ['models', 'chunks'] as const satisfies readonly CandidateSpans[];

/** Which spans stand for a text that wants demonstrations, likewise; it has no gold mentions. */
export type QuerySpans = (typeof querySpanSources)[number];

/** Texts are read like the pool, so that like is compared with like; where gold stands for the pool, the models come closest to it. */
export function usualQuerySpans(candidateSpans: CandidateSpans): QuerySpans {
  return candidateSpans === 'chunks' ? 'chunks' : 'models';
}
