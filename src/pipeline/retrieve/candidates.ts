import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';
import { bySpan, type Span } from '../../document/span.ts';
import type { Embedder } from '../../model/embedder.ts';
import type { Retriever } from '../../pool/demonstration.ts';
import type { SpanWeigher } from '../../pool/part-of-speech.ts';
import type { Ensemble } from '../ensemble.ts';
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

/**
 * Prepares the pool: spans, their vectors and the sentences' vectors, in the order of the pool.
 * @see EL4NER, arXiv:2505.23038 (Ŝ^c is pre-extracted from X^c like Ŝ from X)
 */
export async function prepareCandidates(
  pool: readonly LabelledSentence[],
  options: CandidateOptions,
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const sentence of pool) {
    const spans = await spansOf(sentence, options, signal);
    const [sentenceVector, ...spanVectors] = await embedWithSentence(sentence.text, spans, options.embedder, signal);
    candidates.push({ sentence, spans, spanVectors, sentenceVector });
    options.onProgress?.(candidates.length, pool.length);
  }
  return candidates;
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

async function spansOf({ text, entities }: LabelledSentence, options: CandidateOptions, signal: AbortSignal): Promise<readonly Span[]> {
  if (options.candidateSpans === 'none') return [];
  if (options.candidateSpans === 'gold') return entities;
  const { mentions } = await extractSpans(options.ensemble, 'pre-extract', { types: options.types, demonstrations: [], text }, signal);
  return mentions.map(({ start, end }) => ({ start, end })).sort(bySpan);
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
