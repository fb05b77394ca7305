import type { Extracted, Rejected } from '../../document/mention.ts';
import { type Combination, isKept, tooFewProposals } from '../combination.ts';
import type { Ensemble } from '../ensemble.ts';
import { extractSpans } from '../span-extraction.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';

/**
 * Stage 2: every member extracts with the demonstrations, and the spans are combined.
 * @see EL4NER, arXiv:2505.23038 (span extraction, union)
 */
export async function extract(
  document: TracedDocument<never>,
  ensemble: Ensemble,
  options: { readonly combination: Combination },
  signal: AbortSignal,
): Promise<TracedDocument<Extracted | Rejected>> {
  const { mentions, hallucinations, calls, answered } = await extractSpans(ensemble, 'extract', taskContext(document), signal);
  return {
    ...document,
    mentions: mentions.map((mention) => {
      const { proposals } = mention;
      if (isKept(options.combination, proposals.length, answered)) return mention;
      const reason = tooFewProposals(options.combination, proposals.length, answered);
      return { ...mention, status: 'rejected', stage: 'extract', reason, votes: [], verdicts: [] };
    }),
    hallucinations: [...document.hallucinations, ...hallucinations],
    calls: [...document.calls, ...calls],
  };
}
