import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';
import type { Span } from '../../document/span.ts';
import { NerError } from '../../error.ts';
import { type CandidateFinder, type EmbedSentencesOptions, embedSentences } from '../../pool/embed-sentences.ts';
import { nounChunker } from '../../pool/noun-chunks.ts';
import { type EmbeddedSentence, type PreparedPool, poolInMemory } from '../../pool/prepared-pool.ts';
import type { CandidateSpans } from '../../pool/span-sources.ts';
import { type Call, type Ensemble, isOverflow } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';

export interface CandidateOptions {
  readonly ensemble: Ensemble;
  readonly types: readonly EntityType[];
  /** `none` where nobody compares spans. */
  readonly candidateSpans: CandidateSpans | 'none';
}

/** Finds the candidate spans of a pool's sentences, and remembers what it took. */
export interface CandidateSource {
  /**
   * Gold mentions stand for a sentence that the models cannot read, and only those of the types do.
   * @throws {NerError} `no-quorum` if the models fail on the first sentence for another reason than its length: it is then no fault of
   * the sentence.
   */
  readonly find: CandidateFinder;
  readonly calls: readonly Call[];
}

/** @see EL4NER, arXiv:2505.23038 (Ŝ^c is pre-extracted from X^c like Ŝ from X) */
export function candidateSource({ candidateSpans, ensemble, types }: CandidateOptions): CandidateSource {
  const calls: Call[] = [];
  const known = new Set(types.map(({ name }) => name));
  const gold = ({ entities }: LabelledSentence): readonly Span[] =>
    entities.filter(({ type }) => known.has(type)).map(({ start, end }) => ({ start, end }));
  if (candidateSpans === 'chunks') return { calls, find: async ({ text }) => ({ spans: (await nounChunker())(text) }) };
  if (candidateSpans !== 'models') return { calls, find: async (sentence) => ({ spans: candidateSpans === 'gold' ? gold(sentence) : [] }) };
  let isRead = false;
  return {
    calls,
    async find(sentence, signal) {
      const { text } = sentence;
      try {
        const found = await extractSpans(ensemble, 'pre-extract', { types, demonstrations: [], text }, signal);
        isRead = true;
        calls.push(...found.calls);
        return { spans: found.mentions.map(({ start, end }) => ({ start, end })) };
      } catch (error) {
        if (signal.aborted || !(error instanceof NerError) || !(isRead || isOverflow(error))) throw error;
        return { spans: gold(sentence), unread: error.message };
      }
    },
  };
}

/** A pool, prepared in memory, and the sentences of it for which gold mentions stand in place of what the models find, each with the reason. */
export interface Prepared {
  readonly pool: PreparedPool;
  readonly unread: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Prepares a pool: spans, their vectors and the sentences' vectors.
 * @param onProgress - called after each sentence.
 * @throws what the candidates and the embedder throw.
 */
export async function preparePool(
  sentences: readonly LabelledSentence[],
  { onProgress, ...options }: EmbedSentencesOptions & { readonly onProgress?: (done: number, total: number) => void },
  signal: AbortSignal,
): Promise<Prepared> {
  const embedded: EmbeddedSentence[] = [];
  const unread: { readonly id: string; readonly reason: string }[] = [];
  for await (const batch of embedSentences(sentences, options, signal)) {
    for (const { unread: reason, ...found } of batch) {
      if (reason !== undefined) unread.push({ id: found.sentence.id, reason });
      embedded.push(found);
      onProgress?.(embedded.length, sentences.length);
    }
  }
  return { pool: poolInMemory(embedded, options.embedder.id), unread };
}
