/** The names of all {@link CandidateSpans}. */
export const candidateSpanSources = ['gold', 'models', 'chunks'] as const;

/**
 * Which spans stand for a sentence of the pool in SpanSim: its gold mentions, those that the models pre-extract from it (the paper's way), or
 * its noun chunks. The models are asked for their own alone.
 */
export type CandidateSpans = (typeof candidateSpanSources)[number];

/** Deviation: the paper's models pre-extract them. Gold mentions cost no call and show the types of a text more often (docs/retrieval.md). */
export const usualCandidateSpans: CandidateSpans = 'gold';

/** The names of all {@link QuerySpans}. */
export const querySpanSources = ['models', 'chunks'] as const satisfies readonly CandidateSpans[];

/** Which spans stand for a text that wants demonstrations, likewise; it has no gold mentions. */
export type QuerySpans = (typeof querySpanSources)[number];

/** Texts are read like the pool, so that like is compared with like; where gold stands for the pool, the models come closest to it. */
export function usualQuerySpans(candidateSpans: CandidateSpans): QuerySpans {
  return candidateSpans === 'chunks' ? 'chunks' : 'models';
}
