import { createHash } from 'node:crypto';
import type { Span } from '../../document/span.ts';
import type { RankedDemonstration } from '../../pool/demonstration.ts';
import { dot, spanMatches, spanSimilarity } from '../../pool/span-similarity.ts';
import { type Candidate, type DemonstrationIndex, embedWithSentence } from './candidates.ts';

/** A text that wants demonstrations. */
interface Query {
  readonly text: string;
  /** For SpanSim. */
  readonly spans: readonly Span[];
}

/**
 * The k best candidates for a text, best first; of equals the earlier one in the pool. A candidate with the very text is left out:
 * it would give the answer away. SpanSim falls back to the similarity of sentences if no span of the text has weight.
 * Deviation: what the paper does in these two cases is not known.
 */
export async function rankDemonstrations(
  index: DemonstrationIndex,
  query: Query,
  k: number,
  signal: AbortSignal,
): Promise<readonly RankedDemonstration[]> {
  const candidates = index.candidates.filter(({ sentence }) => sentence.text.trim() !== query.text.trim());
  if (k === 0 || candidates.length === 0) return [];
  const weights = index.retriever === 'span-similarity' ? index.weigh(query.text, query.spans) : [];
  if (weights.some((weight) => weight > 0)) return bySpans(index, candidates, { ...query, weights, k }, signal);
  if (index.retriever === 'random') {
    return best(candidates, k, ({ sentence }) => uniform(`${index.seed} ${query.text} ${sentence.id} ${sentence.text}`)).map(
      ({ candidate, score }) => ({ sentence: candidate.sentence, score, by: 'random', matches: [] }),
    );
  }
  const [sentenceVector] = await embedWithSentence(query.text, [], index.embedder, signal);
  const ranked = best(candidates, k, (candidate) => dot(sentenceVector, candidate.sentenceVector));
  return ranked.map(({ candidate, score }) => ({ sentence: candidate.sentence, score, by: 'sentence-similarity', matches: [] }));
}

async function bySpans(
  index: DemonstrationIndex,
  candidates: readonly Candidate[],
  { text, spans, weights, k }: Query & { readonly weights: readonly number[]; readonly k: number },
  signal: AbortSignal,
): Promise<readonly RankedDemonstration[]> {
  const [, ...vectors] = await embedWithSentence(text, spans, index.embedder, signal);
  const ranked = best(candidates, k, (candidate) => spanSimilarity({ vectors, weights }, candidate.spanVectors));
  return ranked.map(({ candidate, score }) => ({
    sentence: candidate.sentence,
    score,
    by: 'span-similarity',
    matches: explain(spans, vectors, weights, candidate),
  }));
}

/** A number in [0, 1) that a string always gives, and that looks random from string to string. */
function uniform(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
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
