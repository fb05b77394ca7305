import type { Span } from '../../document/span.ts';
import type { RankedDemonstration } from '../../pool/demonstration.ts';
import { dot, spanMatches, spanSimilarity } from '../../pool/span-similarity.ts';
import { type Candidate, type DemonstrationIndex, embedWithSentence } from './candidates.ts';

/**
 * The k candidates most like a text, best first, by SpanSim; by the cosine of whole sentences if no span of the text has weight.
 * Of equals the earlier one in the pool. A candidate with the very text is left out: it would give the answer away.
 */
export async function rankDemonstrations(
  index: DemonstrationIndex,
  query: { readonly text: string; readonly spans: readonly Span[] },
  k: number,
  signal: AbortSignal,
): Promise<readonly RankedDemonstration[]> {
  const candidates = index.candidates.filter(({ sentence }) => sentence.text.trim() !== query.text.trim());
  if (k === 0 || candidates.length === 0) return [];
  const [sentenceVector, ...vectors] = await embedWithSentence(query.text, query.spans, index.embedder, signal);
  const weights = index.weigh(query.text, query.spans);
  if (weights.every((weight) => weight === 0)) {
    const ranked = best(candidates, k, (candidate) => dot(sentenceVector, candidate.sentenceVector));
    return ranked.map(({ candidate, score }) => ({ sentence: candidate.sentence, score, by: 'sentence-similarity', matches: [] }));
  }
  const ranked = best(candidates, k, (candidate) => spanSimilarity({ vectors, weights }, candidate.spanVectors));
  return ranked.map(({ candidate, score }) => ({
    sentence: candidate.sentence,
    score,
    by: 'span-similarity',
    matches: explain(query.spans, vectors, weights, candidate),
  }));
}

function best(candidates: readonly Candidate[], k: number, similarity: (candidate: Candidate) => number) {
  return candidates
    .map((candidate) => ({ candidate, score: similarity(candidate) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
}

function explain(spans: readonly Span[], vectors: readonly Float32Array[], weights: readonly number[], candidate: Candidate) {
  return spanMatches(vectors, candidate.spanVectors).flatMap((match) => {
    const [query, found] = [spans[match.query], candidate.spans[match.candidate]];
    return query === undefined || found === undefined
      ? []
      : [{ query, weight: weights[match.query] ?? 0, candidate: found, cosine: match.cosine }];
  });
}
