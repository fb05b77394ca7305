import type { TypedSpan } from '../../document/labelled.ts';
import type { Classified, Rejected, Verdict, Verified } from '../../document/mention.ts';
import type { Decider } from '../decide/decider.ts';
import { type Answers, askAll, askUntilSettled, type Call, type Ensemble, type Member } from '../ensemble.ts';
import { extractorsOf, mentionScore } from '../score.ts';
import { areVerdictsSettled, overlapping } from '../settled-votes.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import { type Counting, runnerUp, type Voting } from '../vote.ts';
import { type Judge, judgeByEvidence, judgeByVotes } from './judge.ts';

export interface VerifyOptions {
  /** Least probability of yes that accepts, in [0, 1], where the verifier's runtime tells it; otherwise its word counts. */
  readonly threshold: number;
  /** What becomes of a denied mention: it is dropped (the paper's way), or asked about once more with the vote's runner-up. */
  readonly onReject: 'drop' | 'retype';
  /** How votes are counted: those on the type in finding the runner-up, and the verifiers'. */
  readonly counting: Counting;
  /** Decides in place of the verifiers' votes, by all that members said; their verdicts, on types where they are worth asking for, are part of that. */
  readonly decider?: Decider | undefined;
  /** Whether verifiers are not asked who could hardly change what becomes of a mention. */
  readonly sparing: boolean;
  readonly overlaps: 'flat' | 'nested';
}

/**
 * Stage 4: the verifiers are asked whether each mention has its type; what most of them deny is taken out. A mention about which
 * no verifier gave a valid answer stays, since only a denial removes.
 * Deviation: the verifier sees the demonstrations, and a dialect may ask about all mentions at once; the paper asks one by one.
 * @param verifiers - one model (the paper's way) or several that vote.
 * @see EL4NER, arXiv:2505.23038 (self-validation)
 */
export async function verify(
  document: TracedDocument<Classified | Rejected>,
  verifiers: Ensemble,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<TracedDocument<Verified | Rejected>> {
  const classified = document.mentions.filter((mention) => mention.status === 'classified');
  const { decider, sparing, threshold } = options;
  const contested = options.overlaps === 'flat' ? overlapping(classified) : new Set();
  const doubtful = classified.filter((mention) => {
    if (decider === undefined) return true;
    if (!sparing || contested.has(mention)) return decider.verifies(mention.type);
    return decider.isOpen({ ...mention, verdicts: [] }, mention.type);
  });
  const isSettled = (verdicts: Verdicts, rest: readonly Member[]) =>
    doubtful.every((mention, at) => !contested.has(mention) && areVerdictsSettled(verdicts[at] ?? [], rest, options));
  const inquiry: Inquiry = { document, verifiers, threshold };
  const settling = sparing && decider === undefined ? { voting: options.counting.voting, isSettled } : undefined;
  const first = await verdictsOn({ ...inquiry, settling }, doubtful, signal);
  const firstVerdicts = new Map(doubtful.map((mention, index) => [mention, first.verdicts[index] ?? []]));
  const judge = decider === undefined ? judgeByVotes(options, extractorsOf(document)) : judgeByEvidence(decider);
  const denied = classified.filter((mention) => judge.denies(mention, mention.type, firstVerdicts.get(mention) ?? []));
  const retyped = options.onReject === 'retype' ? denied.flatMap((mention) => withRunnerUp(mention, options.counting)) : [];
  const second = await verdictsOn(
    inquiry,
    retyped.map(({ claim }) => claim),
    signal,
  );
  const secondChance = new Map(retyped.map(({ mention }, index) => [mention, second.verdicts[index] ?? []]));

  return {
    ...document,
    mentions: document.mentions.map((mention) => {
      if (mention.status === 'rejected') return mention;
      const verdicts = firstVerdicts.get(mention) ?? [];
      if (!judge.denies(mention, mention.type, verdicts)) return accept(mention, mention.type, verdicts, judge.score);
      const again = secondChance.get(mention) ?? [];
      const [other] = again;
      const all = [...verdicts, ...again];
      if (other !== undefined && !judge.denies(mention, other.type, again)) return accept(mention, other.type, all, judge.score);
      return { ...mention, status: 'rejected', stage: 'verify', reason: judge.reason(mention, all), verdicts: all };
    }),
    calls: [...document.calls, ...first.calls, ...second.calls],
  };
}

/** Verification left out: every classified mention passes with what it has. */
export function passUnverified(document: TracedDocument<Classified | Rejected>): TracedDocument<Verified | Rejected> {
  const extractors = extractorsOf(document);
  const score: Judge['score'] = (mention) => mentionScore(mention, extractors);
  return {
    ...document,
    mentions: document.mentions.map((mention) => (mention.status === 'rejected' ? mention : accept(mention, mention.type, [], score))),
  };
}

/** Who is asked about which document, and how strictly. */
interface Inquiry {
  readonly document: TracedDocument;
  readonly verifiers: Ensemble;
  readonly threshold: number;
  /** Whether what is said on each claim settles them all; without it everybody is asked. */
  readonly settling?: { readonly voting: Voting; readonly isSettled: (verdicts: Verdicts, rest: readonly Member[]) => boolean } | undefined;
}

/** On each claim, in the order of the claims. */
type Verdicts = readonly (readonly Verdict[])[];

/** Asks about each claim. */
async function verdictsOn(
  { document, verifiers, threshold, settling }: Inquiry,
  claims: readonly TypedSpan[],
  signal: AbortSignal,
): Promise<{ readonly verdicts: Verdicts; readonly calls: readonly Call[] }> {
  if (claims.length === 0) return { verdicts: [], calls: [] };
  const spans = claims.map(({ start, end, type }) => ({ start, end, type }));
  const verdictsOf = (answers: Answers<'verify'>) =>
    spans.map(({ type }, index) =>
      answers.flatMap(({ member, data }): Verdict[] => {
        const answer = data[index];
        if (answer === undefined) return [];
        const { yes, probability } = answer;
        const modelId = member.model.id;
        if (probability === undefined) return [{ modelId, type, accepted: yes }];
        return [{ modelId, type, accepted: probability >= threshold, probability }];
      }),
    );
  const task = { kind: 'verify' as const, claims: spans, ...taskContext(document) };
  const { answers, calls } = await (settling === undefined
    ? askAll<'verify'>(verifiers, 'verify', task, signal)
    : askUntilSettled<'verify'>(
        verifiers,
        'verify',
        { task, voting: settling.voting, isSettled: (answers, rest) => settling.isSettled(verdictsOf(answers), rest) },
        signal,
      ));
  return { verdicts: verdictsOf(answers), calls };
}

function withRunnerUp(mention: Classified, counting: Counting): { mention: Classified; claim: TypedSpan }[] {
  const type = runnerUp(mention.votes, mention.type, counting);
  return type === undefined ? [] : [{ mention, claim: { start: mention.start, end: mention.end, type } }];
}

function accept(mention: Classified, type: string, verdicts: readonly Verdict[], score: Judge['score']): Verified {
  const verified = { ...mention, status: 'verified' as const, type, verdicts };
  return { ...verified, score: score(verified) };
}
