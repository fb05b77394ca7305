import type { LabelledSentence } from '../document/labelled.ts';
import { dot } from './span-similarity.ts';

/** What a choice among sentences looks at. */
export interface GainCandidate {
  readonly sentence: LabelledSentence;
  readonly score: number;
  readonly vector?: Float32Array | undefined;
  readonly spanSimilarities?: readonly number[] | undefined;
}

/** What each candidate would add to those that are chosen already. */
export interface Gain<C extends GainCandidate> {
  of(candidate: C): number;
  /** Says that a candidate was chosen. */
  take(candidate: C): void;
  /** Once all are chosen: why a candidate is one of them before better ranked ones, or is not, in words. Without it, rank alone decides. */
  explain?(candidate: C): { readonly taken: string; readonly leftOut: string };
}

/** The score, divided by the highest magnitude among the candidates if that is above 1, so that cosines can be held against it. */
export function scoreGain<C extends GainCandidate>(candidates: readonly C[]): Gain<C> {
  const scale = candidates.reduce((most, { score }) => Math.max(most, Math.abs(score)), 1);
  return { of: ({ score }) => score / scale, take: () => undefined };
}

/**
 * What a candidate adds to Σ w(s)·max cos(s, chosen) / Σ w(s) over the spans s of the query; a set of none counts as -1.
 * @throws {RangeError} where a candidate has not as many span similarities as there are weights.
 * @see Set-BSR, arXiv:2305.14907
 */
export function spanCoverageGain<C extends GainCandidate>(weights: readonly number[]): Gain<C> {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const best = weights.map(() => -1);
  const similarities = ({ spanSimilarities }: C): readonly number[] => {
    if (spanSimilarities?.length === weights.length) return spanSimilarities;
    throw new RangeError(`Expected ${weights.length} span similarities of each sentence, got ${spanSimilarities?.length ?? 'none'}.`);
  };
  const added = new Map<C, number>();
  const gainOf = (candidate: C) => {
    const found = similarities(candidate);
    if (total === 0) return 0;
    return weights.reduce((sum, weight, at) => sum + weight * Math.max(0, (found[at] ?? -1) - (best[at] ?? -1)), 0) / total;
  };
  return {
    of: gainOf,
    take(candidate) {
      added.set(candidate, gainOf(candidate));
      for (const [at, similarity] of similarities(candidate).entries()) best[at] = Math.max(best[at] ?? -1, similarity);
    },
    explain: (candidate) => ({
      taken: `adds ${(added.get(candidate) ?? 0).toFixed(2)} to how well the text's spans are covered`,
      leftOut: `would add ${gainOf(candidate).toFixed(2)} to how well the text's spans are covered`,
    }),
  };
}

/**
 * Maximal marginal relevance: (1 − λ)·relevance − λ·(highest cosine to one chosen). A candidate without a vector is like no other.
 * @param relevance - what a candidate adds without regard to the others.
 * @throws {RangeError} if λ is outside of [0, 1], or the vectors' dimensions differ.
 * @see Carbonell and Goldstein, SIGIR 1998
 */
export function diverseGain<C extends GainCandidate>(candidates: readonly C[], diversity: number, relevance: Gain<C>): Gain<C> {
  if (!(diversity >= 0 && diversity <= 1)) throw new RangeError(`Expected a diversity in [0, 1], got ${diversity}.`);
  const closest = new Map<C, { readonly to: C; readonly cosine: number }>();
  return {
    of: (candidate) => (1 - diversity) * relevance.of(candidate) - diversity * (closest.get(candidate)?.cosine ?? 0),
    take(chosen) {
      relevance.take(chosen);
      if (chosen.vector === undefined) return;
      for (const candidate of candidates) {
        if (candidate.vector === undefined || candidate === chosen) continue;
        const cosine = dot(chosen.vector, candidate.vector);
        if (cosine > (closest.get(candidate)?.cosine ?? Number.NEGATIVE_INFINITY)) closest.set(candidate, { to: chosen, cosine });
      }
    },
    explain(candidate) {
      const found = closest.get(candidate);
      const nearest = found === undefined ? 'no cosine to another' : `cosine ${found.cosine.toFixed(2)} to ${found.to.sentence.id}`;
      const more = relevance.explain?.(candidate);
      if (more === undefined) return { taken: `is less like the others: ${nearest}`, leftOut: `is too like another: ${nearest}` };
      return { taken: `${more.taken}; ${nearest}`, leftOut: `${more.leftOut}; ${nearest}` };
    },
  };
}
