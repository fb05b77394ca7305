import type { Rejected, Verified } from '../document/mention.ts';
import { extractorsOf, scoreParts } from './score.ts';
import type { Decision, TracedDocument } from './traced-document.ts';
import { approval } from './verify/judge.ts';
import { tally } from './vote.ts';

/** Choices of a vote that are told; what is behind them hardly counts. */
const choicesTold = 3;
/** What reads as 0.00 is no choice that is worth telling. */
const leastTold = 0.005;

type ByVotes = Extract<Decision, { by: 'votes' }>;

/**
 * By what a mention was accepted, or rejected, as sentences with the counts by which the pipeline decided.
 * @param document - the window of it; one of an older trace does not tell how its votes were counted.
 */
export function decisionLines(mention: Verified | Rejected, document: TracedDocument): readonly string[] {
  const { decision } = document;
  if (decision === undefined) return [];
  if (mention.status === 'rejected')
    return decision.by === 'votes' ? [...counted(mention, decision), ...verification(mention, decision)] : [];
  const { outvoted, type, score } = mention;
  // The stages decided on the type that it had before other mentions of the string were looked at.
  const judged = { ...mention, type: outvoted ?? type };
  const agreed = `Most mentions of these words in the text are ${type}: so is this one, which was ${outvoted} by itself.`;
  const lines =
    decision.by === 'calibration'
      ? [calibrated(judged, decision.thresholds[judged.type])]
      : [
          ...counted(judged, decision),
          ...verification(judged, decision),
          `Score ${told(score)}: the mean of ${parts(judged, extractorsOf(document))}.`,
        ];
  return outvoted === undefined ? lines : [...lines, agreed];
}

function calibrated({ type, score }: Verified, least: number | undefined): string {
  const kept = least === undefined ? '' : `, at least ${told(least)} is wanted`;
  return `By the calibration and all that was said of it, the probability of ${type} is ${told(score)}${kept}.`;
}

function counted({ type, votes, verdicts }: Verified | Rejected, { votesOnTypes: voting, weights }: ByVotes): readonly string[] {
  const isHard = voting === 'hard';
  const counts = tally(votes, { voting, weightOf: (modelId) => weights[modelId] ?? 1 })
    .filter(({ votes, weight }) => votes > 0 || weight >= leastTold)
    .slice(0, choicesTold);
  const choices = counts.map(({ choice, votes, weight }) => `${choice} ${isHard ? votes : told(weight)}`).join(', ');
  const denied = verdicts.find((verdict) => verdict.type !== type)?.type;
  return [
    ...(votes.length === 0 ? [] : [`Votes${isHard ? '' : ', by probability and weight'}: ${choices}.`]),
    ...(denied === undefined ? [] : [`${denied} was denied, and ${type} asked about in its place.`]),
  ];
}

function verification(
  { status, type, verdicts }: Verified | Rejected,
  { verdicts: voting, threshold, weights }: ByVotes,
): readonly string[] {
  const own = verdicts.filter((verdict) => verdict.type === type);
  if (own.length === 0) return status === 'rejected' ? [] : ['Nobody verified it.'];
  if (voting === 'hard') {
    const accepting = own.filter(({ accepted }) => accepted).length;
    return [`Verification: ${accepting} of ${own.length} accept it, at least half are wanted.`];
  }
  const weightOf = (modelId: string): number => weights[modelId] ?? 1;
  const { yes, all } = approval(own, weightOf);
  const isWeighted = new Set(own.map(({ modelId }) => weightOf(modelId))).size > 1;
  const [mean, least] = toldApart(yes / all, threshold);
  return [`Verification: the ${isWeighted ? 'weighted ' : ''}mean probability of yes is ${mean}, at least ${least} is wanted.`];
}

function parts(mention: Verified, extractors: number): string {
  const { extraction, classification, verification } = scoreParts(mention, extractors);
  const said = [
    `${told(extraction)} (${Math.round(extraction * extractors)} of ${extractors} proposed it)`,
    `${told(classification)} (votes for ${mention.type})`,
    ...(verification === undefined ? [] : [`${told(verification)} (yes in verification)`]),
  ];
  return `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}

function told(value: number): string {
  return value.toFixed(2);
}

/** Two values with more digits where they would read the same. */
function toldApart(a: number, b: number): readonly [string, string] {
  return a !== b && told(a) === told(b) ? [a.toFixed(4), b.toFixed(4)] : [told(a), told(b)];
}
