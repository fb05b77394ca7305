import type { Document } from '../../document/document.ts';
import type { EntityType } from '../../document/entity-type.ts';
import type { DemonstrationSelection } from '../../pool/demonstration.ts';
import { type Ensemble, languageModels } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';
import type { Retrieval, TracedDocument } from '../traced-document.ts';
import { chooseDemonstrations, noDemonstrations } from './choose.ts';
import type { DemonstrationIndex } from './rank.ts';
import { type RoomOptions, roomForDemonstrations } from './room.ts';

export interface RetrieveOptions extends RoomOptions {
  /** The prepared pool; without one no demonstrations are chosen. */
  readonly index: DemonstrationIndex | undefined;
  readonly types: readonly EntityType[];
  /** Demonstrations for each text, at most. */
  readonly k: number;
  readonly selection: DemonstrationSelection;
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
  const { index, types, k, selection } = options;
  const found = { ...document, types, hallucinations: [], calls: [] };
  if (index === undefined || index.pool.size === 0 || k === 0) {
    return { ...found, retrieval: { querySpans: [], querySpanSource: 'none', ...noDemonstrations } };
  }
  const tooMany = roomForDemonstrations({ types, demonstrations: [], text: document.text }, options);
  const { hallucinations, calls, ...query } = await findQuerySpans(document.text, ensemble, { index, types }, signal);
  const chosen = await chooseDemonstrations(
    index,
    { text: document.text, spans: query.querySpans },
    { k, selection, types: new Set(types.map(({ name }) => name)), tooMany },
    signal,
  );
  return { ...found, retrieval: { ...query, ...chosen }, hallucinations, calls };
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
  const { mentions, hallucinations, calls } = await extractSpans(
    { ...languageModels(ensemble), quorum: 0 },
    'pre-extract',
    context,
    signal,
  );
  return { querySpans: mentions.map(({ start, end }) => ({ start, end })), querySpanSource: 'models', hallucinations, calls };
}
