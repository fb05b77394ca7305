import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';
import type { Span } from '../../document/span.ts';
import { NerError } from '../../error.ts';
import type { Embedder } from '../../model/embedder.ts';
import type { Retriever } from '../../pool/demonstration.ts';
import type { SpanWeigher } from '../../pool/part-of-speech.ts';
import { type Call, type Ensemble, isOverflow } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';

/** A sentence of the pool, prepared for comparison. */
export interface Candidate {
  readonly sentence: LabelledSentence;
  readonly spans: readonly Span[];
  /** One for each span. */
  readonly spanVectors: readonly Float32Array[];
  readonly sentenceVector: Float32Array;
}

/** Which spans stand for a sentence of the pool: those that the models pre-extract from it (the paper's way), or its gold mentions. */
export type CandidateSpans = 'models' | 'gold';

export interface CandidateOptions {
  readonly ensemble: Ensemble;
  readonly types: readonly EntityType[];
  readonly embedder: Embedder;
  /** `none` where nobody compares spans. */
  readonly candidateSpans: CandidateSpans | 'none';
  /** Called after each sentence. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A prepared pool, and what it took. */
export interface PreparedPool {
  /** In the order of the pool. */
  readonly candidates: readonly Candidate[];
  readonly calls: readonly Call[];
  /** Ids of the sentences that the models could not read, each with the reason; their gold mentions stand for them. */
  readonly unread: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Prepares the pool: spans, their vectors and the sentences' vectors.
 * @throws {NerError} `no-quorum` if the models fail on the first sentence for another reason than its length: it is then no fault of
 * the sentence.
 * @see EL4NER, arXiv:2505.23038 (Ŝ^c is pre-extracted from X^c like Ŝ from X)
 */
export async function prepareCandidates(
  pool: readonly LabelledSentence[],
  options: CandidateOptions,
  signal: AbortSignal,
): Promise<PreparedPool> {
  const candidates: Candidate[] = [];
  const calls: Call[] = [];
  const unread: PreparedPool['unread'][number][] = [];
  for (const sentence of pool) {
    const found = await spansOf(sentence, options, signal);
    if (found.failure !== undefined) {
      if (candidates.length === unread.length && !isOverflow(found.failure)) throw found.failure;
      unread.push({ id: sentence.id, reason: found.failure.message });
    }
    calls.push(...found.calls);
    const [sentenceVector, ...spanVectors] = await embedWithSentence(sentence.text, found.spans, options.embedder, signal);
    candidates.push({ sentence, spans: found.spans, spanVectors, sentenceVector });
    options.onProgress?.(candidates.length, pool.length);
  }
  return { candidates, calls, unread };
}

/** The vectors of a sentence and, behind it, of its spans. */
export async function embedWithSentence(
  text: string,
  spans: readonly Span[],
  embedder: Embedder,
  signal: AbortSignal,
): Promise<readonly [Float32Array, ...Float32Array[]]> {
  const [sentence, ...rest] = await embedder.embed([text, ...spans.map(({ start, end }) => text.slice(start, end))], signal);
  return [sentence ?? new Float32Array(), ...rest];
}

async function spansOf(
  { text, entities }: LabelledSentence,
  { candidateSpans, ensemble, types }: CandidateOptions,
  signal: AbortSignal,
): Promise<{ readonly spans: readonly Span[]; readonly calls: readonly Call[]; readonly failure?: NerError }> {
  if (candidateSpans === 'none') return { spans: [], calls: [] };
  if (candidateSpans === 'gold') return { spans: entities, calls: [] };
  try {
    const { mentions, calls } = await extractSpans(ensemble, 'pre-extract', { types, demonstrations: [], text }, signal);
    return { spans: mentions.map(({ start, end }) => ({ start, end })), calls };
  } catch (error) {
    if (signal.aborted || !(error instanceof NerError)) throw error;
    return { spans: entities, calls: [], failure: error };
  }
}

/** What retrieval compares with and how. */
export interface DemonstrationIndex {
  readonly retriever: Retriever;
  /** Of the random retriever. */
  readonly seed: number;
  readonly candidates: readonly Candidate[];
  readonly embedder: Embedder;
  readonly weigh: SpanWeigher;
}
