import type { Document } from '../../document/document.ts';
import type { EntityType } from '../../document/entity-type.ts';
import type { Span } from '../../document/span.ts';
import type { RankedDemonstration } from '../../pool/demonstration.ts';
import type { Ensemble } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';
import type { Retrieval, TracedDocument } from '../traced-document.ts';
import { type DemonstrationIndex, rankDemonstrations } from './rank.ts';

export interface RetrieveOptions {
  /** The prepared pool; without one no demonstrations are chosen. */
  readonly index: DemonstrationIndex | undefined;
  readonly types: readonly EntityType[];
  /** Demonstrations for each text. */
  readonly k: number;
}

/**
 * Stage 1: every member extracts without demonstrations, unless noun chunks are to stand for the text; by the union of these spans the most
 * similar sentences of the pool are chosen. Members that fail here need no quorum: without spans the sentences are compared. Without a pool, or with k = 0, nothing is asked and the later stages work zero-shot.
 * @see EL4NER, arXiv:2505.23038 (Eq. 1–2, SpanSim)
 */
export async function retrieve(
  document: Document<never>,
  ensemble: Ensemble,
  options: RetrieveOptions,
  signal: AbortSignal,
): Promise<TracedDocument<never>> {
  const { index, types, k } = options;
  if (index === undefined || index.pool.size === 0 || k === 0) {
    const retrieval = { querySpans: [], querySpanSource: 'none', demonstrations: [] } as const;
    return { ...document, types, retrieval, hallucinations: [], calls: [] };
  }
  const known = new Set(types.map(({ name }) => name));
  /** A demonstration shows only what is asked for: types outside the inventory would teach answers that no vote allows. */
  const rank = async (spans: readonly Span[]): Promise<readonly RankedDemonstration[]> => {
    const ranked = await rankDemonstrations(index, { text: document.text, spans }, k, signal);
    return ranked.map(({ sentence, ...rest }) => ({
      ...rest,
      sentence: { ...sentence, entities: sentence.entities.filter(({ type }) => known.has(type)) },
    }));
  };
  const { hallucinations, calls, ...query } = await findQuerySpans(document.text, ensemble, { index, types }, signal);
  const demonstrations = await rank(query.querySpans);
  return { ...document, types, retrieval: { ...query, demonstrations }, hallucinations, calls };
}

/** The spans that stand for a text, and what it took to find them. */
async function findQuerySpans(
  text: string,
  ensemble: Ensemble,
  { index, types }: { readonly index: DemonstrationIndex; readonly types: readonly EntityType[] },
  signal: AbortSignal,
): Promise<Pick<Retrieval, 'querySpans' | 'querySpanSource'> & Pick<TracedDocument, 'hallucinations' | 'calls'>> {
  if (index.retriever !== 'span-similarity') return { querySpans: [], querySpanSource: 'none', hallucinations: [], calls: [] };
  if (index.chunk !== undefined) return { querySpans: index.chunk(text), querySpanSource: 'chunks', hallucinations: [], calls: [] };
  const context = { types, demonstrations: [], text };
  const { mentions, hallucinations, calls } = await extractSpans({ ...ensemble, quorum: 0 }, 'pre-extract', context, signal);
  return { querySpans: mentions.map(({ start, end }) => ({ start, end })), querySpanSource: 'models', hallucinations, calls };
}
