import type { SpanTable } from './sentence-scorer.ts';
import type { WeightedSpans } from './span-similarity.ts';
import { cosineError, type NearestRows } from './vector-graph.ts';

/** The sentences that have a span near to one of a query's. */
export interface CandidateSentences {
  /** In no order. */
  readonly sentences: readonly number[];
  /**
   * What the SpanSim of a candidate cannot exceed, if the graph missed nothing: a span of the query that found no span of the sentence is at
   * most as near to it as the farthest that it found. Known until the next query.
   */
  bound(sentence: number): number;
}

/**
 * Finds candidates by a graph.
 * @returns a function of a query and of how many of the nearest vectors are looked up for each of its spans of weight.
 */
export function candidateFinder(
  { firstSpans }: SpanTable,
  graph: NearestRows,
): (query: WeightedSpans, neighbours: number) => CandidateSentences {
  const owners = ownersOf(firstSpans);
  const bounds = raisedBounds(firstSpans.length - 1);
  return ({ vectors, weights }, neighbours) => {
    bounds.clear();
    const weighty = vectors.flatMap((vector, index) => {
      const weight = weights[index] ?? 0;
      return weight > 0 && !isZero(vector) ? [{ vector, weight }] : [];
    });
    const found = graph.nearest(
      weighty.map(({ vector }) => vector),
      neighbours,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let lowest = 0;
    for (const [index, { weight }] of weighty.entries()) {
      const near = found[index] ?? [];
      // A zero vector, which no graph has, has a cosine of 0.
      const floor = Math.max(0, near.at(-1)?.cosine ?? 0);
      lowest += weight * floor;
      bounds.nextSpan();
      for (const { cosine, rows } of near) {
        for (const row of rows) bounds.raise(owners[row] ?? 0, weight * Math.max(0, cosine - floor));
      }
    }
    return { sentences: bounds.raised(), bound: (sentence) => (lowest + bounds.raiseOf(sentence)) / total + cosineError };
  };
}

/** By how much the spans of a query raise the bounds of sentences; nothing is made anew for a query but the list of those raised. */
function raisedBounds(sentences: number) {
  const raises = new Float64Array(sentences);
  /** The number of the span that last raised a sentence's bound; spans are counted on and on. */
  const raisedBy = new Float64Array(sentences);
  let span = 0;
  let spansBefore = 0;
  let raised: number[] = [];
  return {
    clear() {
      spansBefore = span;
      raised = [];
    },
    nextSpan() {
      span++;
    },
    /** Of the same sentence and span only the first raise counts. */
    raise(sentence: number, by: number) {
      const last = raisedBy[sentence] ?? 0;
      if (last === span) return;
      if (last <= spansBefore) raised.push(sentence);
      raises[sentence] = last <= spansBefore ? by : (raises[sentence] ?? 0) + by;
      raisedBy[sentence] = span;
    },
    raised: (): readonly number[] => raised,
    raiseOf: (sentence: number) => raises[sentence] ?? 0,
  };
}

function isZero(vector: Float32Array): boolean {
  return vector.every((value) => value === 0);
}

/** The sentence of each row. */
function ownersOf(firstSpans: Uint32Array): Uint32Array {
  const owners = new Uint32Array(firstSpans.at(-1) ?? 0);
  for (let sentence = 0; sentence + 1 < firstSpans.length; sentence++)
    owners.fill(sentence, firstSpans[sentence], firstSpans[sentence + 1]);
  return owners;
}
