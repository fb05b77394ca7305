import type { Rejected, Verified } from '../../src/document/mention.ts';
import { extractorsOf, scoreParts } from '../../src/pipeline/score.ts';
import type { Decision, TracedDocument } from '../../src/pipeline/traced-document.ts';
import { approval } from '../../src/pipeline/verify/judge.ts';
import { tally } from '../../src/pipeline/vote.ts';

/** Choices of a vote that are told; what is behind them hardly counts. */
const choicesTold = 3;

/**
 * Why a mention was accepted, or where it was rejected, as sentences: the same counts by which the pipeline decided.
 * @param document - the window of it; one of an older trace does not tell how its votes were counted.
 */
export function decisionLines(mention: Verified | Rejected, document: TracedDocument): readonly string[] {
  if (mention.status === 'rejected') return [`Rejected by the models, ${mention.stage}: ${mention.reason}`];
  const { decision } = document;
  if (decision === undefined) return [];
  const { outvoted, type } = mention;
  // The stages decided on the type that it had before other mentions of the string were looked at.
  const judged = { ...mention, type: outvoted ?? type };
  const lines = decision.by === 'votes' ? byVotes(judged, decision, extractorsOf(document)) : byCalibration(judged, decision);
  if (outvoted === undefined) return lines;
  return [...lines, `Most mentions of these words in the text are ${type}: so is this one, which was ${outvoted} by itself.`];
}

function byCalibration({ type, score }: Verified, { thresholds }: Extract<Decision, { by: 'calibration' }>): readonly string[] {
  const least = thresholds[type];
  const kept = least === undefined ? '' : `; from ${told(least)} on it is kept`;
  return [`By the calibration, all that was said of it makes ${type} probable by ${told(score)}${kept}.`];
}

function byVotes(mention: Verified, decision: Extract<Decision, { by: 'votes' }>, extractors: number): readonly string[] {
  const { type, votes, verdicts, score } = mention;
  const weightOf = (modelId: string): number => decision.weights[modelId] ?? 1;
  const isHard = decision.votesOnTypes === 'hard';
  const counts = tally(votes, { voting: decision.votesOnTypes, weightOf }).slice(0, choicesTold);
  const choices = counts.map(({ choice, votes, weight }) => `${choice} ${isHard ? votes : told(weight)}`).join(', ');
  const denied = verdicts.find((verdict) => verdict.type !== type)?.type;
  return [
    ...(votes.length === 0 ? [] : [`Votes${isHard ? '' : ', by probability and weight'}: ${choices}.`]),
    ...(denied === undefined ? [] : [`${denied} was denied, and ${type} asked about in its place.`]),
    verification(mention, decision, weightOf),
    `Score ${told(score)}: the mean of ${parts(mention, extractors)}.`,
  ];
}

function verification(
  { type, verdicts }: Verified,
  { verdicts: voting, threshold }: Extract<Decision, { by: 'votes' }>,
  weightOf: (modelId: string) => number,
): string {
  const own = verdicts.filter((verdict) => verdict.type === type);
  if (own.length === 0) return 'Nobody verified it.';
  if (voting === 'hard') {
    const accepting = own.filter(({ accepted }) => accepted).length;
    return `Verification: ${accepting} of ${own.length} accept it; it is enough that no more deny it.`;
  }
  const { yes, all } = approval(own, weightOf);
  const isWeighted = new Set(own.map(({ modelId }) => weightOf(modelId))).size > 1;
  return `Verification: ${told(yes / all)} is the ${isWeighted ? 'weighted ' : ''}mean probability of yes; ${told(threshold)} is enough.`;
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
