import { type GroundedSpan, groundingIndex } from '../document/grounding.ts';
import type { Extracted, Proposal } from '../document/mention.ts';
import { bySpan, spanKey } from '../document/span.ts';
import type { LocatedMention, TaskContext } from '../prompting/task.ts';
import { askAll, type Call, type Ensemble } from './ensemble.ts';
import type { Hallucination } from './traced-document.ts';

/** What one round of extraction found in a text. */
export interface Extraction {
  readonly mentions: readonly Extracted[];
  readonly hallucinations: readonly Hallucination[];
  readonly calls: readonly Call[];
  /** Members with a usable answer. */
  readonly answered: number;
}

/** Asks every member for the mentions of a text and grounds what they reply: the paper's extraction, with demonstrations or without. */
export async function extractSpans(
  ensemble: Ensemble,
  stage: 'pre-extract' | 'extract',
  context: TaskContext,
  signal: AbortSignal,
): Promise<Extraction> {
  const { answers, calls } = await askAll<'extract'>(ensemble, stage, { kind: 'extract', ...context }, signal);
  const index = groundingIndex(context.text);
  const grounded = answers.map(({ member, data }) => {
    const { spans, hallucinated } = index.ground(data.filter((reply) => typeof reply === 'string'));
    const located = data.filter((reply) => typeof reply !== 'string').map((mention) => foundSpan(context.text, mention));
    return { modelId: member.model.id, spans: [...spans, ...located], hallucinated };
  });
  return {
    mentions: unite(grounded),
    hallucinations: grounded.flatMap(({ modelId, hallucinated }) => hallucinated.map((reply) => ({ modelId, stage, reply }))),
    calls,
    answered: answers.length,
  };
}

/** A span that a member found, by a string that was grounded or by its place. */
export interface FoundSpan extends GroundedSpan {
  readonly probability?: number;
}

/** The spans that one member of the ensemble found. */
interface MemberSpans {
  readonly modelId: string;
  readonly spans: readonly FoundSpan[];
}

/** A mention that needs no grounding, as a member found it by its place. */
export function foundSpan(text: string, { start, end, probability }: LocatedMention): FoundSpan {
  return { start, end, reply: text.slice(start, end), alignment: 'exact', probability };
}

/** Unites spans by (start, end): one mention for each, with all its proposals in the order of the members. */
export function unite(members: readonly MemberSpans[]): readonly Extracted[] {
  const mentions = new Map<string, Extracted>();
  for (const { modelId, spans } of members) {
    for (const { start, end, ...found } of spans) {
      const key = spanKey({ start, end });
      const proposal: Proposal = { modelId, ...found };
      const proposals = [...(mentions.get(key)?.proposals ?? []), proposal];
      mentions.set(key, { status: 'extracted', start, end, proposals });
    }
  }
  return [...mentions.values()].sort(bySpan);
}
