import type { Verified } from '../document/mention.ts';
import type { Call } from './ensemble.ts';

/** What proposes spans by the labels of the pool; it is no member. */
export const reflectionId = 'pool:statistics';

/**
 * Belief in a mention: the mean of what each stage says for it, all in [0, 1].
 * - extraction: the share of the answering members that proposed the span;
 * - classification: the mean probability that the members gave to its type (1 or 0 where only the choice is known);
 * - verification: the mean probability of yes (1 or 0 where only the word is known); left out if nobody was asked.
 *
 * It orders mentions; it is not calibrated, so that 0.8 does not mean right in eight of ten cases.
 * @param extractors - members that answered in the extraction stage, at least 1.
 */
export function mentionScore(mention: Omit<Verified, 'score'>, extractors: number): number {
  const { extraction, classification, verification } = scoreParts(mention, extractors);
  return mean([extraction, classification, ...(verification === undefined ? [] : [verification])]);
}

/** What each stage says for a mention, in [0, 1]. */
export interface ScoreParts {
  readonly extraction: number;
  readonly classification: number;
  /** Missing if nobody was asked. */
  readonly verification?: number;
}

/** The parts of a {@link mentionScore}. */
export function scoreParts(mention: Omit<Verified, 'score'>, extractors: number): ScoreParts {
  const support = proposalsOfMembers(mention) / extractors;
  const votes = mention.votes.map(
    ({ choice, probability, probabilities }) => probabilities?.[mention.type] ?? (choice === mention.type ? (probability ?? 1) : 0),
  );
  const verdicts = mention.verdicts
    .filter(({ type }) => type === mention.type)
    .map(({ accepted, probability }) => probability ?? (accepted ? 1 : 0));
  return { extraction: support, classification: mean(votes), ...(verdicts.length === 0 ? {} : { verification: mean(verdicts) }) };
}

/** Members that answered in the extraction stage. */
export function extractorsOf({ calls }: { readonly calls: readonly Pick<Call, 'stage' | 'outcome'>[] }): number {
  return calls.filter(({ stage, outcome }) => (stage === 'extract' || stage === 'joint') && outcome === 'answered').length;
}

/** Proposals of reflection are none of a member. */
function proposalsOfMembers({ proposals }: Pick<Verified, 'proposals'>): number {
  return proposals.filter(({ modelId }) => modelId !== reflectionId).length;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
