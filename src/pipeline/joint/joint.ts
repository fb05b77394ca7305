import { groundingIndex } from '../../document/grounding.ts';
import type { Classified, Extracted, Rejected, Vote } from '../../document/mention.ts';
import { spanKey } from '../../document/span.ts';
import { type Combination, isKept, tooFewProposals } from '../combination.ts';
import { askAll, type Ensemble, weightIn } from '../ensemble.ts';
import { foundSpan, unite } from '../span-extraction.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import { tally } from '../vote.ts';

/**
 * Extraction and classification in one pass: every member finds and types the mentions in one reply. The spans are united, and those
 * who proposed a span vote on its type. With one model it is what a model does without a pipeline, the baseline of every comparison.
 * Deviation: the paper's pipeline keeps extraction and classification apart.
 */
export async function extractJointly(
  document: TracedDocument<never>,
  ensemble: Ensemble,
  options: { readonly combination: Combination },
  signal: AbortSignal,
): Promise<TracedDocument<Classified | Rejected>> {
  const { answers, calls } = await askAll<'joint'>(ensemble, 'joint', { kind: 'joint', ...taskContext(document) }, signal);
  const index = groundingIndex(document.text);
  const members = answers.map(({ member, data }) => {
    const { spans, hallucinated } = index.ground(data.flatMap(({ text, found }) => (found === undefined ? text : [])));
    // Of what a member typed twice, the first type counts.
    const types = new Map(data.toReversed().map(({ text, type, found }) => [found === undefined ? text : spanKey(found), type]));
    const typed = spans.map((span) => ({ span, type: types.get(span.reply) }));
    for (const { found } of data) {
      if (found !== undefined) typed.push({ span: foundSpan(document.text, found), type: types.get(spanKey(found)) });
    }
    return { member, typed, hallucinated };
  });
  const united = unite(members.map(({ member, typed }) => ({ modelId: member.model.id, spans: typed.map(({ span }) => span) })));
  const typeBy = new Map(
    members.flatMap(({ member, typed }) => typed.map(({ span, type }) => [`${member.model.id} ${spanKey(span)}`, type])),
  );
  const inventory = new Set(document.types.map(({ name }) => name));
  const decide = (mention: Extracted): Classified | Rejected => {
    const votes = mention.proposals.flatMap(({ modelId }): Vote[] => {
      const choice = typeBy.get(`${modelId} ${spanKey(mention)}`);
      return choice === undefined || !inventory.has(choice) ? [] : [{ modelId, choice }];
    });
    const [winner] = tally(votes, { voting: 'hard', weightOf: weightIn(ensemble) });
    const support = [options.combination, mention.proposals.length, answers.length] as const;
    if (winner !== undefined && isKept(...support)) return { ...mention, status: 'classified', type: winner.choice, votes };
    const reason = winner === undefined ? 'No model gave it a type.' : tooFewProposals(...support);
    return { ...mention, status: 'rejected', stage: 'extract', reason, votes, verdicts: [] };
  };
  return {
    ...document,
    mentions: united.map(decide),
    hallucinations: [
      ...document.hallucinations,
      ...members.flatMap(({ member, hallucinated }) =>
        hallucinated.map((reply) => ({ modelId: member.model.id, stage: 'joint' as const, reply })),
      ),
    ],
    calls: [...document.calls, ...calls],
  };
}
