import { none } from '../../document/entity-type.ts';
import type { Classified, Extracted, Mention, Rejected, Vote } from '../../document/mention.ts';
import { askAll, type Ensemble, weightIn } from '../ensemble.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import { tally } from '../vote.ts';

export interface ClassifyOptions {
  /**
   * Whether `none` can win the vote; otherwise it counts as an abstention.
   * Deviation: whether the paper's models may vote for no type is not known.
   */
  readonly noneVotes: boolean;
}

/**
 * Stage 3: every member types every extracted span, and the majority decides.
 * @see EL4NER, arXiv:2505.23038 (span classification, majority vote)
 */
export async function classify(
  document: TracedDocument<Extracted | Rejected>,
  ensemble: Ensemble,
  options: ClassifyOptions,
  signal: AbortSignal,
): Promise<TracedDocument<Classified | Rejected>> {
  const extracted = document.mentions.filter((mention) => mention.status === 'extracted');
  if (extracted.length === 0) return { ...document, mentions: document.mentions.filter(isRejected) };
  const spans = extracted.map(({ start, end }) => ({ start, end }));
  const { answers, calls } = await askAll<'classify'>(
    ensemble,
    'classify',
    { kind: 'classify', mentions: spans, ...taskContext(document) },
    signal,
  );
  const choices = new Set([...document.types.map(({ name }) => name), none]);
  const ballot = new Map(
    extracted.map((mention, index) => {
      const votes = answers.flatMap(({ member, data }): Vote[] => {
        const choice = data[index];
        if (choice === undefined || !choices.has(choice.type)) return [];
        const probability = choice.probability === undefined ? {} : { probability: choice.probability };
        return [{ modelId: member.model.id, choice: choice.type, ...probability }];
      });
      return [mention, votes];
    }),
  );
  return {
    ...document,
    mentions: document.mentions.map((mention) =>
      mention.status === 'rejected' ? mention : decide(mention, ballot.get(mention) ?? [], options.noneVotes, weightIn(ensemble)),
    ),
    calls: [...document.calls, ...calls],
  };
}

function decide(
  mention: Extracted,
  votes: readonly Vote[],
  noneVotes: boolean,
  weightOf: (modelId: string) => number,
): Classified | Rejected {
  const counted = noneVotes ? votes : votes.filter(({ choice }) => choice !== none);
  const [winner] = tally(counted, weightOf);
  if (winner !== undefined && winner.choice !== none) return { ...mention, status: 'classified', type: winner.choice, votes };
  const reason =
    winner === undefined ? 'No model gave it a type.' : `${winner.votes} of ${votes.length} votes say that it is no entity of these types.`;
  return { ...mention, status: 'rejected', stage: 'classify', reason, votes, verdicts: [] };
}

function isRejected(mention: Mention): mention is Rejected {
  return mention.status === 'rejected';
}
