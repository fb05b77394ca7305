import type { Document } from '../../document/document.ts';
import type { EntityType } from '../../document/entity-type.ts';
import type { Span } from '../../document/span.ts';
import type { DemonstrationSelection } from '../../pool/demonstration.ts';
import type { Ensemble } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';
import type { TracedDocument } from '../traced-document.ts';
import { type ChosenDemonstrations, chooseDemonstrations, noDemonstrations } from './choose.ts';
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
 * Stage 1: every member extracts without demonstrations; by the union of these spans the most similar sentences of the pool are
 * chosen. Members that fail here need no quorum: without spans the sentences are compared. Without a pool, or with k = 0, nothing is asked and the later stages work zero-shot.
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
    return { ...found, retrieval: { querySpans: [], ...noDemonstrations } };
  }
  const context = { types, demonstrations: [], text: document.text };
  const tooMany = roomForDemonstrations(context, options);
  const choose = (spans: readonly Span[]): Promise<ChosenDemonstrations> => {
    const known = new Set(types.map(({ name }) => name));
    return chooseDemonstrations(index, { text: document.text, spans }, { k, selection, types: known, tooMany }, signal);
  };
  if (index.retriever !== 'span-similarity') return { ...found, retrieval: { querySpans: [], ...(await choose([])) } };
  const { mentions, hallucinations, calls } = await extractSpans({ ...ensemble, quorum: 0 }, 'pre-extract', context, signal);
  const querySpans = mentions.map(({ start, end }) => ({ start, end }));
  return { ...found, retrieval: { querySpans, ...(await choose(querySpans)) }, hallucinations, calls };
}
