import { createHash } from 'node:crypto';
import type { Span } from '../../document/span.ts';
import type { Embedder } from '../../model/embedder.ts';
import type { RankedDemonstration, Retriever } from '../../pool/demonstration.ts';
import type { NounChunker } from '../../pool/noun-chunks.ts';
import type { SpanWeigher } from '../../pool/part-of-speech.ts';
import type { PreparedPool } from '../../pool/prepared-pool.ts';
import { bestOf, type RankedSentence } from '../../pool/ranked-sentences.ts';
import { sameDimensions } from '../../pool/same-dimensions.ts';
import { spanMatches } from '../../pool/span-similarity.ts';
import { asCosine } from '../../pool/vector-table.ts';
import type { TextScorer } from './text-scorer.ts';

/** What retrieval compares with and how. */
export interface DemonstrationIndex {
  readonly retriever: Retriever;
  /** Of the random retriever. */
  readonly seed: number;
  readonly pool: PreparedPool;
  readonly embedder: Embedder;
  /** Finds the spans of a text; `undefined` where the models are asked for them. */
  readonly chunk: NounChunker | undefined;
  readonly weigh: SpanWeigher;
  /** Of a retriever by words. */
  readonly scorer: TextScorer | undefined;
}

/** A text that wants demonstrations. */
export interface Query {
  readonly text: string;
  /** For SpanSim. */
  readonly spans: readonly Span[];
}

/** One way to rank a pool for one text. */
export interface Ranker {
  readonly by: Retriever;
  /** Of the query's spans, where they are compared. */
  readonly spanWeights?: readonly number[];
  /** The best sentences, best first; of equals the earlier one in the pool. */
  best(count: number): readonly RankedSentence[];
  explain(place: number): RankedDemonstration['matches'];
}

/**
 * Ranks the pool for a text. SpanSim falls back to the similarity of sentences if no span of the text has weight.
 * Deviation: what the paper does then is not known.
 */
export async function rankerFor(index: DemonstrationIndex, query: Query, signal: AbortSignal): Promise<Ranker> {
  const { retriever, pool, seed } = index;
  const weights = retriever === 'span-similarity' ? index.weigh(query.text, query.spans) : [];
  if (weights.some((weight) => weight > 0)) return bySpans(index, { ...query, weights }, signal);
  if (index.scorer !== undefined) {
    const scores = await index.scorer.scores(query.text, signal);
    return byScore(retriever, pool, (place) => scores[place] ?? 0);
  }
  if (retriever === 'random') {
    const { text } = query;
    return byScore('random', pool, (place) => {
      const { id, text: other } = pool.at(place).sentence;
      return uniform(`${seed} ${text} ${id} ${other}`);
    });
  }
  const [vector = new Float32Array()] = await embedQuery(index, { text: query.text, spans: [] }, signal);
  return byScore('sentence-similarity', pool, (place) => pool.sentenceVectors.dot(place, vector));
}

function byScore(by: Retriever, { size }: PreparedPool, scoreOf: (place: number) => number): Ranker {
  return {
    by,
    best(count) {
      const ranking = bestOf(count);
      for (let place = 0; place < size; place++) ranking.offer(place, scoreOf(place));
      return ranking.take();
    },
    explain: () => [],
  };
}

async function bySpans(
  index: DemonstrationIndex,
  query: Query & { readonly weights: readonly number[] },
  signal: AbortSignal,
): Promise<Ranker> {
  const { pool } = index;
  const { spans, weights } = query;
  const [, ...vectors] = await embedQuery(index, query, signal);
  return {
    by: 'span-similarity',
    spanWeights: weights,
    best: (count) => pool.search.best({ vectors, weights }, count),
    explain(place) {
      const candidates = pool.at(place).spans;
      const first = pool.firstSpans[place] ?? 0;
      const others = candidates.map((_, index) => pool.spanVectors.row(first + index));
      return spanMatches(vectors, others).flatMap((match) => {
        const [query, candidate] = [spans[match.query], candidates[match.candidate]];
        if (query === undefined || candidate === undefined) return [];
        return [{ query, weight: weights[match.query] ?? 0, candidate, cosine: asCosine(match.cosine) }];
      });
    },
  };
}

/** The vectors of a text and, behind it, of its spans, which those of the pool can be held against. */
async function embedQuery(
  { pool, embedder }: DemonstrationIndex,
  { text, spans }: Query,
  signal: AbortSignal,
): Promise<readonly Float32Array[]> {
  return sameDimensions(
    await embedder.embed([text, ...spans.map(({ start, end }) => text.slice(start, end))], signal),
    pool.sentenceVectors.dimensions,
    embedder.id,
  );
}

/** A number in [0, 1) that a string always gives, and that looks random from string to string. */
function uniform(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}
