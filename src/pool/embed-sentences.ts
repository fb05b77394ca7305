import type { LabelledSentence } from '../document/labelled.ts';
import type { Span } from '../document/span.ts';
import type { Embedder } from '../model/embedder.ts';
import type { EmbeddedSentence } from './prepared-pool.ts';

/** The candidate spans of a sentence; `unread` says why they are others than those that were asked for. */
export type CandidateFinder = (
  sentence: LabelledSentence,
  signal: AbortSignal,
) => Promise<{ readonly spans: readonly Span[]; readonly unread?: string }>;

/** What a pool is prepared by. */
export interface EmbedSentencesOptions {
  readonly candidates: CandidateFinder;
  readonly embedder: Embedder;
}

/** A sentence with all that retrieval compares. */
export interface WorkedOutSentence extends EmbeddedSentence {
  readonly unread?: string;
}

/** So many sentences get their vectors together, as an embedder's server answers many texts about as fast as one. */
const sentencesPerBatch = 16;
/** The wait for the spans of others, after which those that are there get their vectors: what is not given out yet is lost with a kill. */
const longestWaitMs = 200;

/**
 * Finds the spans of sentences and the vectors of both, in order, in batches.
 * @throws what `candidates` and the embedder throw; `signal.reason` once the signal is aborted.
 */
export async function* embedSentences(
  sentences: Iterable<LabelledSentence>,
  { candidates, embedder }: EmbedSentencesOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly WorkedOutSentence[], void, undefined> {
  let waiting: Omit<WorkedOutSentence, 'vectors'>[] = [];
  let since = performance.now();
  for (const sentence of sentences) {
    signal.throwIfAborted();
    waiting.push({ sentence, ...(await candidates(sentence, signal)) });
    if (waiting.length < sentencesPerBatch && performance.now() - since < longestWaitMs) continue;
    yield await withVectors(waiting, embedder, signal);
    waiting = [];
    since = performance.now();
  }
  if (waiting.length > 0) yield await withVectors(waiting, embedder, signal);
}

async function withVectors(
  sentences: readonly Omit<WorkedOutSentence, 'vectors'>[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<readonly WorkedOutSentence[]> {
  const texts = sentences.flatMap(({ sentence: { text }, spans }) => [text, ...spans.map(({ start, end }) => text.slice(start, end))]);
  const vectors = await embedder.embed(texts, signal);
  let end = 0;
  return sentences.map((found) => {
    const first = end;
    end += 1 + found.spans.length;
    return { ...found, vectors: vectors.slice(first, end) };
  });
}
