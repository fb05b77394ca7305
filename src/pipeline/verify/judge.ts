import type { Classified, Verdict, Verified } from '../../document/mention.ts';
import type { Decider } from '../decide/decider.ts';
import { mentionScore } from '../score.ts';
import type { Counting } from '../vote.ts';

/** Says what becomes of a mention once its verifiers have spoken. */
export interface Judge {
  denies(mention: Classified, type: string, verdicts: readonly Verdict[]): boolean;
  /** Belief in a mention that is not denied, in [0, 1]. */
  score(mention: Omit<Verified, 'score'>): number;
  /** Why a mention is denied, as a sentence. */
  reason(mention: Classified, verdicts: readonly Verdict[]): string;
}

/**
 * The verifiers' votes judge: in a hard vote more of them deny than accept; in a soft one the weighted mean probability of yes is below the
 * threshold.
 * @param extractors - members that answered in the extraction stage.
 */
export function judgeByVotes(
  { counting: { voting, weightOf }, threshold }: { readonly counting: Counting; readonly threshold: number },
  extractors: number,
): Judge {
  return {
    denies(_mention, _type, verdicts) {
      if (voting === 'hard') return sum(verdicts.map(({ accepted }) => (accepted ? 1 : -1))) < 0;
      const { yes, all } = approval(verdicts, weightOf);
      return yes < threshold * all;
    },
    score: (mention) => mentionScore(mention, extractors),
    reason(_mention, verdicts) {
      const denials = verdicts.filter(({ accepted }) => !accepted).map(({ modelId, type }) => `${modelId} denies that it is "${type}"`);
      return `${denials.join('; ')}.`;
    },
  };
}

/** The weights of verifiers, and the part of them that says yes. */
export function approval(verdicts: readonly Verdict[], weightOf: Counting['weightOf']): { readonly yes: number; readonly all: number } {
  return {
    yes: sum(verdicts.map(({ modelId, accepted, probability }) => weightOf(modelId) * (probability ?? (accepted ? 1 : 0)))),
    all: sum(verdicts.map(({ modelId }) => weightOf(modelId))),
  };
}

/** All that members said judges, of which the verdicts are a part, by what such words were worth where the labels are known. */
export function judgeByEvidence({ probability, threshold }: Decider): Judge {
  return {
    denies: (mention, type, verdicts) => probability({ ...mention, verdicts }, type) < threshold(type),
    score: (mention) => probability(mention, mention.type),
    reason(mention, verdicts) {
      const found = probability({ ...mention, verdicts }, mention.type);
      return `By all that was said of it, its probability of being "${mention.type}" is ${found.toFixed(2)}, below ${threshold(mention.type).toFixed(2)}.`;
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
