import { none } from '../document/entity-type.ts';
import type { TypedSpan } from '../document/labelled.ts';
import type { Mention, Verdict, Vote } from '../document/mention.ts';
import type { Recognition } from '../pipeline/recognition.ts';

/** A span about whose type the members do not agree. */
export interface DoubtfulSpan extends TypedSpan {
  readonly text: string;
  /** Entropy of the members' mean opinion, in bits: 0 where all say the same, 1 where half of the belief is in each of two answers. */
  readonly doubt: number;
  /** The mean opinion, summing to 1: the share of each answer that somebody believes in, `none` among them. */
  readonly opinions: Readonly<Record<string, number>>;
}

/**
 * The spans that somebody proposed, with the members' doubt about each, in order of reading. Of a string that is written several times in the
 * text, the most doubtful occurrence is here, the first of equals.
 * @see Settles, Active Learning Literature Survey, 2009, section 3.2.2: soft vote entropy of a committee
 */
export function doubtsIn({ text, trace }: Recognition): readonly DoubtfulSpan[] {
  const found = new Map<string, DoubtfulSpan>();
  for (const { start: offset, document } of trace) {
    for (const mention of document.mentions) {
      const [start, end] = [mention.start + offset, mention.end + offset];
      const string = text.slice(start, end);
      const opinions = opinionsOf(mention);
      const type = strongestType(opinions);
      if (type === undefined) continue;
      const doubt = entropy([...opinions.values()]);
      const before = found.get(string);
      if (before === undefined || before.doubt < doubt)
        found.set(string, { start, end, text: string, type, doubt, opinions: Object.fromEntries(opinions) });
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The members' mean opinion about a span, summing to 1. Each vote, and each verdict as a vote between its type and none, counts as one. */
export function opinionsOf(mention: Mention): ReadonlyMap<string, number> {
  if (mention.status === 'extracted') return new Map();
  const verdicts = mention.status === 'classified' ? [] : mention.verdicts;
  const opinions = [...mention.votes.map(opinionOfVote), ...verdicts.map(opinionOfVerdict)];
  const sums = new Map<string, number>();
  for (const opinion of opinions) {
    const told = opinion.reduce((sum, [, share]) => sum + share, 0);
    for (const [choice, share] of opinion) if (share > 0) sums.set(choice, (sums.get(choice) ?? 0) + share / told / opinions.length);
  }
  return sums;
}

function strongestType(opinions: ReadonlyMap<string, number>): string | undefined {
  const types = [...opinions].filter(([choice]) => choice !== none);
  return types.reduce<(typeof types)[number] | undefined>(
    (best, one) => (best === undefined || one[1] > best[1] ? one : best),
    undefined,
  )?.[0];
}

type Opinion = readonly (readonly [choice: string, share: number])[];

function opinionOfVote({ choice, probabilities }: Vote): Opinion {
  return probabilities === undefined ? [[choice, 1]] : Object.entries(probabilities).map(([other, share = 0]) => [other, share]);
}

function opinionOfVerdict({ type, accepted, probability }: Verdict): Opinion {
  const yes = probability ?? (accepted ? 1 : 0);
  return [
    [type, yes],
    [none, 1 - yes],
  ];
}

/** Least doubt: shares are sums of fractions, which rounding moves by less. */
const rounding = 1e-9;

function entropy(shares: readonly number[]): number {
  const bits = shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
  return bits < rounding ? 0 : bits;
}
