import type { TypedSpan } from '../../document/labelled.ts';
import type { Classified, Rejected, Verdict, Verified } from '../../document/mention.ts';
import type { Decider } from '../decider.ts';
import { askAll, type Call, type Ensemble } from '../ensemble.ts';
import { mentionScore } from '../score.ts';
import { type TracedDocument, taskContext } from '../traced-document.ts';
import { type Counting, runnerUp } from '../vote.ts';

export interface VerifyOptions {
  /** Least probability of yes that accepts, in [0, 1], where the verifier's runtime tells it; otherwise its word counts. */
  readonly threshold: number;
  /** What becomes of a denied mention: it is dropped (the paper's way), or asked about once more with the vote's runner-up. */
  readonly onReject: 'drop' | 'retype';
  /** How votes are counted: those on the type in finding the runner-up, and the verifiers'. */
  readonly counting: Counting;
  /** Decides in place of the verifiers' votes, by all that members said; their verdicts are part of that. */
  readonly decider?: Decider | undefined;
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
  const inquiry: Inquiry = { document, verifiers, threshold: options.threshold };
  const first = await verdictsOn(inquiry, classified, signal);
  const isDenied = denial(options);
  const denied = classified.filter((mention, index) => isDenied(mention, mention.type, first.verdicts[index] ?? []));
  const retyped = options.onReject === 'retype' ? denied.flatMap((mention) => withRunnerUp(mention, options.counting)) : [];
  const second = await verdictsOn(
    inquiry,
    retyped.map(({ claim }) => claim),
    signal,
  );
  const secondChance = new Map(retyped.map(({ mention }, index) => [mention, second.verdicts[index] ?? []]));
  const accept = accepting(document, options.decider);
  const firstVerdicts = new Map(classified.map((mention, index) => [mention, first.verdicts[index] ?? []]));

  return {
    ...document,
    mentions: document.mentions.map((mention) => {
      if (mention.status === 'rejected') return mention;
      const verdicts = firstVerdicts.get(mention) ?? [];
      if (!isDenied(mention, mention.type, verdicts)) return accept(mention, mention.type, verdicts);
      const again = secondChance.get(mention) ?? [];
      const [other] = again;
      if (other !== undefined && !isDenied(mention, other.type, again)) return accept(mention, other.type, [...verdicts, ...again]);
      return reject(mention, [...verdicts, ...again], options.decider);
    }),
    calls: [...document.calls, ...first.calls, ...second.calls],
  };
}

/** Verification left out: every classified mention passes with what it has. */
export function passUnverified(document: TracedDocument<Classified | Rejected>): TracedDocument<Verified | Rejected> {
  const accept = accepting(document);
  return {
    ...document,
    mentions: document.mentions.map((mention) => (mention.status === 'rejected' ? mention : accept(mention, mention.type, []))),
  };
}

/** Who is asked about which document, and how strictly. */
interface Inquiry {
  readonly document: TracedDocument;
  readonly verifiers: Ensemble;
  readonly threshold: number;
}

/** The verdicts on each claim, in the order of the claims. */
async function verdictsOn(
  { document, verifiers, threshold }: Inquiry,
  claims: readonly TypedSpan[],
  signal: AbortSignal,
): Promise<{ readonly verdicts: readonly (readonly Verdict[])[]; readonly calls: readonly Call[] }> {
  if (claims.length === 0) return { verdicts: [], calls: [] };
  const spans = claims.map(({ start, end, type }) => ({ start, end, type }));
  const { answers, calls } = await askAll<'verify'>(
    verifiers,
    'verify',
    { kind: 'verify', claims: spans, ...taskContext(document) },
    signal,
  );
  const verdicts = spans.map(({ type }, index) =>
    answers.flatMap(({ member, data }): Verdict[] => {
      const answer = data[index];
      if (answer === undefined) return [];
      const { yes, probability } = answer;
      const modelId = member.model.id;
      if (probability === undefined) return [{ modelId, type, accepted: yes }];
      return [{ modelId, type, accepted: probability >= threshold, probability }];
    }),
  );
  return { verdicts, calls };
}

type Denial = (mention: Classified, type: string, verdicts: readonly Verdict[]) => boolean;

/**
 * In a hard vote more verifiers deny than accept; in a soft one the weighted mean probability of yes is below the threshold; a decider finds
 * the mention too unlikely.
 */
function denial({ counting: { voting, weightOf }, threshold, decider }: VerifyOptions): Denial {
  if (decider !== undefined) return (mention, type, verdicts) => decider.probability({ ...mention, verdicts }, type) < decider.threshold;
  if (voting === 'hard') return (_mention, _type, verdicts) => sum(verdicts.map(({ accepted }) => (accepted ? 1 : -1))) < 0;
  return (_mention, _type, verdicts) => {
    const yes = sum(verdicts.map(({ modelId, accepted, probability }) => weightOf(modelId) * (probability ?? (accepted ? 1 : 0))));
    return yes < threshold * sum(verdicts.map(({ modelId }) => weightOf(modelId)));
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function withRunnerUp(mention: Classified, counting: Counting): { mention: Classified; claim: TypedSpan }[] {
  const type = runnerUp(mention.votes, mention.type, counting);
  return type === undefined ? [] : [{ mention, claim: { start: mention.start, end: mention.end, type } }];
}

function accepting(
  document: TracedDocument,
  decider?: Decider,
): (mention: Classified, type: string, verdicts: readonly Verdict[]) => Verified {
  const extractors = document.calls.filter(
    ({ stage, outcome }) => (stage === 'extract' || stage === 'joint') && outcome === 'answered',
  ).length;
  return (mention, type, verdicts) => {
    const verified = { ...mention, status: 'verified' as const, type, verdicts };
    return { ...verified, score: decider?.probability(verified, type) ?? mentionScore(verified, extractors) };
  };
}

function reject(mention: Classified, verdicts: readonly Verdict[], decider: Decider | undefined): Rejected {
  if (decider !== undefined) {
    const probability = decider.probability({ ...mention, verdicts }, mention.type);
    const reason = `By all that was said of it, its probability of being "${mention.type}" is ${probability.toFixed(2)}, below ${decider.threshold.toFixed(2)}.`;
    return { ...mention, status: 'rejected', stage: 'verify', reason, verdicts };
  }
  const denials = verdicts
    .filter((verdict) => !verdict.accepted)
    .map((verdict) => `${verdict.modelId} denies that it is "${verdict.type}"`);
  return { ...mention, status: 'rejected', stage: 'verify', reason: `${denials.join('; ')}.`, verdicts };
}
