import { type Counts, ratios } from '../evaluation/scorer.ts';
import { assertedType, type ObservedSentence } from '../pipeline/observation.ts';

/** How far a member agrees with the others about sentences whose labels nobody knows. */
export interface MemberAgreement {
  readonly id: string;
  /** Strict F1 of its mentions against those of each other member, in the order of the members; 1 against itself. */
  readonly with: readonly number[];
  /** Their mean over the others, in [0, 1]: the weight of its votes; 1 for a member without others. */
  readonly weight: number;
}

/**
 * Weights of members by how far they agree with each other, for a vote where no labels tell whom to trust. Two members that find nothing at
 * all do not agree: nothing speaks for them.
 * @see DiZiNER, arXiv:2604.15866 (agreement tracks F1)
 */
export function agreement(sentences: readonly ObservedSentence[], members: readonly string[]): readonly MemberAgreement[] {
  const found = members.map((member) => mentionsOf(member, sentences));
  return members.map((id, at) => {
    const own = found[at] ?? new Set();
    const shares = found.map((other, column) => (column === at ? 1 : ratios(countsOf(own, other)).f1));
    const others = shares.filter((_, column) => column !== at);
    return { id, with: shares, weight: others.length === 0 ? 1 : others.reduce((sum, f1) => sum + f1, 0) / others.length };
  });
}

/** The mentions that a member alone would give out, each as one string. */
function mentionsOf(member: string, sentences: readonly ObservedSentence[]): ReadonlySet<string> {
  return new Set(
    sentences.flatMap(({ spans }, sentence) =>
      spans.flatMap((span, at) => {
        const type = assertedType(member, span);
        return type === undefined ? [] : [`${sentence} ${at} ${type}`];
      }),
    ),
  );
}

function countsOf(predicted: ReadonlySet<string>, gold: ReadonlySet<string>): Counts {
  const truePositives = predicted.intersection(gold).size;
  return { truePositives, falsePositives: predicted.size - truePositives, falseNegatives: gold.size - truePositives };
}
