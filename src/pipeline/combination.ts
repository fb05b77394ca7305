/** The names of all {@link Combination}. */
export const combinations = ['union', 'majority', 'intersection', 'rescue'] as const;

/**
 * How the members' spans become the ensemble's: all of them (the paper's way), those of more than half, or those of all; `rescue` takes those
 * of more than half and others in contexts like theirs.
 */
export type Combination = (typeof combinations)[number];

/** Whether a mention with `proposals` of `members` answering members is kept for their number. */
export function isKept(combination: Combination, proposals: number, members: number): boolean {
  switch (combination) {
    case 'union':
      return true;
    case 'majority':
    case 'rescue':
      return 2 * proposals > members;
    case 'intersection':
      return proposals === members;
    default:
      return combination satisfies never;
  }
}

/** Why a mention was not kept, as a sentence. */
export function tooFewProposals(combination: Combination, proposals: number, members: number): string {
  const demand = combination === 'rescue' ? 'and its context is not like that of others' : `${combination} asks for more`;
  return `Proposed by ${proposals} of ${members} models; ${demand}.`;
}
