import { none } from '../../document/entity-type.ts';
import type { Classified, Extracted, Mention, Rejected, Vote } from '../../document/mention.ts';
import type { Decider } from '../decide/decider.ts';
import { type Answers, askAll, askUntilSettled, type Ensemble, type Member, weightIn } from '../ensemble.ts';
import { isVoteSettled, overlapping } from '../settled-votes.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import { type Counting, type Tally, tally, type Voting } from '../vote.ts';

export interface ClassifyOptions {
  /**
   * Whether `none` can win the vote; otherwise it counts as an abstention.
   * Deviation: whether the paper's models may vote for no type is not known.
   */
  readonly noneVotes: boolean;
  readonly voting: Voting;
  /** Chooses the type in place of a count, and leaves it to verification whether there is any. */
  readonly decider?: Pick<Decider, 'choose'> | undefined;
  /** Whether members are not asked who could change no type. */
  readonly sparing: boolean;
  readonly overlaps: 'flat' | 'nested';
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
  const task = { kind: 'classify' as const, mentions: spans, ...taskContext(document) };
  const counting = { voting: options.voting, weightOf: weightIn(ensemble) };
  const { answers, calls } = await (options.sparing && options.decider === undefined
    ? askUntilSettled<'classify'>(
        ensemble,
        'classify',
        { task, voting: options.voting, isSettled: settling(document, extracted, { ...options, counting }) },
        signal,
      )
    : askAll<'classify'>(ensemble, 'classify', task, signal));
  const ballot = ballotOf(document, extracted, answers);
  return {
    ...document,
    mentions: document.mentions.map((mention) =>
      mention.status === 'rejected' ? mention : decide(mention, ballot.get(mention) ?? [], options, counting),
    ),
    calls: [...document.calls, ...calls],
  };
}

/** The votes on each mention, in the order of the ensemble. */
function ballotOf({ types }: TracedDocument, extracted: readonly Extracted[], answers: Answers<'classify'>) {
  const choices = new Set([...types.map(({ name }) => name), none]);
  return new Map(
    extracted.map((mention, index) => {
      const votes = answers.flatMap(({ member, data }): Vote[] => {
        const choice = data[index];
        if (choice === undefined || !choices.has(choice.type)) return [];
        const { type, ...belief } = choice;
        return [{ modelId: member.model.id, choice: type, ...belief }];
      });
      return [mention, votes];
    }),
  );
}

function settling(
  document: TracedDocument,
  extracted: readonly Extracted[],
  options: Pick<ClassifyOptions, 'noneVotes' | 'overlaps'> & { readonly counting: Counting },
) {
  const contested = options.overlaps === 'flat' ? overlapping(extracted) : new Set();
  return (answers: Answers<'classify'>, rest: readonly Member[]) => {
    const ballot = ballotOf(document, extracted, answers);
    return extracted.every((mention) => !contested.has(mention) && isVoteSettled(ballot.get(mention) ?? [], rest, options));
  };
}

function decide(
  mention: Extracted,
  votes: readonly Vote[],
  { noneVotes, decider }: ClassifyOptions,
  counting: Counting,
): Classified | Rejected {
  const [winner] = tally(votes, counting).filter(({ choice }) => noneVotes || choice !== none);
  const type = decider === undefined ? winner?.choice : decider.choose(votes);
  if (type !== undefined && type !== none) return { ...mention, status: 'classified', type, votes };
  const reason = winner === undefined || type === undefined ? 'No model gave it a type.' : noneReason(winner, votes, counting);
  return { ...mention, status: 'rejected', stage: 'classify', reason, votes, verdicts: [] };
}

function noneReason({ votes: agreeing, weight }: Tally, votes: readonly Vote[], { voting, weightOf }: Counting): string {
  if (voting === 'hard' || votes.every(({ probabilities }) => probabilities === undefined)) {
    return `${agreeing} of ${votes.length} votes say that it is no entity of these types.`;
  }
  const all = votes.reduce((sum, { modelId }) => sum + weightOf(modelId), 0);
  return `The models together give ${(weight / all).toFixed(2)} to its being no entity of these types.`;
}

function isRejected(mention: Mention): mention is Rejected {
  return mention.status === 'rejected';
}
