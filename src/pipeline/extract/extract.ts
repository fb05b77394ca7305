import type { Extracted, Proposal, Rejected } from '../../document/mention.ts';
import { bySpan, sameSpan } from '../../document/span.ts';
import type { Embedder } from '../../model/embedder.ts';
import { type Combination, isKept, tooFewProposals } from '../combination.ts';
import type { Ensemble } from '../ensemble.ts';
import { reflectionId } from '../score.ts';
import { type Extraction, extractSpans } from '../span-extraction.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import type { Reflection } from './reflection.ts';
import { rescued } from './rescue.ts';

export interface ExtractOptions {
  readonly combination: Combination;
  /** Adds spans that the pool's labels make likely. */
  readonly reflection?: Reflection | undefined;
  /** Compares contexts, for the combination `rescue`. */
  readonly embedder: () => Promise<Embedder>;
}

/**
 * Stage 2: every member extracts with the demonstrations, and the spans are combined.
 * @see EL4NER, arXiv:2505.23038 (span extraction, union)
 */
export async function extract(
  document: TracedDocument<never>,
  ensemble: Ensemble,
  options: ExtractOptions,
  signal: AbortSignal,
): Promise<TracedDocument<Extracted | Rejected>> {
  const extraction = await extractSpans(ensemble, 'extract', taskContext(document), signal);
  const combined = await combine(document, extraction, options, signal);
  const { hallucinations, calls } = extraction;
  return {
    ...document,
    mentions: options.reflection === undefined ? combined : reflect(document.text, combined, options.reflection),
    hallucinations: [...document.hallucinations, ...hallucinations],
    calls: [...document.calls, ...calls],
  };
}

async function combine(
  document: TracedDocument<never>,
  { mentions, answered }: Extraction,
  { combination, embedder }: ExtractOptions,
  signal: AbortSignal,
): Promise<readonly (Extracted | Rejected)[]> {
  const kept = new Set(mentions.filter(({ proposals }) => isKept(combination, proposals.length, answered)));
  if (combination === 'rescue') {
    const doubted = mentions.filter((mention) => !kept.has(mention));
    const { text, demonstrations } = taskContext(document);
    for (const mention of await rescued(text, { doubted, trusted: [...kept], demonstrations }, await embedder(), signal)) kept.add(mention);
  }
  return mentions.map((mention) => {
    if (kept.has(mention)) return mention;
    const reason = tooFewProposals(combination, mention.proposals.length, answered);
    return { ...mention, status: 'rejected', stage: 'extract', reason, votes: [], verdicts: [] };
  });
}

/** The mentions with those of a second look, which are asked about whether somebody proposed them or not. */
function reflect(text: string, mentions: readonly (Extracted | Rejected)[], reflection: Reflection): readonly (Extracted | Rejected)[] {
  const found = mentions.filter(({ status }) => status === 'extracted');
  const added = reflection(text, found).map((span): Extracted => {
    const proposals = mentions.find((mention) => sameSpan(mention, span))?.proposals ?? [];
    const own: Proposal = { modelId: reflectionId, reply: text.slice(span.start, span.end), alignment: 'exact' };
    return { status: 'extracted', ...span, proposals: [...proposals, own] };
  });
  const others = mentions.filter((mention) => !added.some((span) => sameSpan(span, mention)));
  return [...others, ...added].sort(bySpan);
}
