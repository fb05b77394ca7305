/** A span of a sentence that was not fitted to: its log-odds without verdicts, and whether it is given out once verifiers have spoken. */
export interface Fate {
  readonly score: number;
  readonly isKept: boolean;
}

/** Log-odds without verdicts. What lies outside is kept, or dropped, whatever verifiers say. */
export interface OpenRange {
  readonly from: number;
  readonly to: number;
}

/** How many spans must be seen before verifiers are not asked about their like. */
const leastSeen = 30;
/** Of these, the share about which verifiers may yet have changed something. */
const mostChanged = 0.01;

/** The range outside of which verdicts changed the fate of at most one span in a hundred, of at least thirty on either side. */
export function openRange(fates: readonly Fate[]): OpenRange {
  const ascending = fates.toSorted((a, b) => a.score - b.score);
  const from = settledEnd(ascending, ({ isKept }) => isKept);
  const to = settledEnd(ascending.toReversed(), ({ isKept }) => !isKept);
  return { from: from?.score ?? Number.NEGATIVE_INFINITY, to: to?.score ?? Number.POSITIVE_INFINITY };
}

/** The last one, from the beginning, up to which so few were changed. */
function settledEnd(fates: readonly Fate[], isChanged: (fate: Fate) => boolean): Fate | undefined {
  let changed = 0;
  return fates
    .filter((fate, at) => {
      if (isChanged(fate)) changed++;
      return at + 1 >= leastSeen && changed <= mostChanged * (at + 1);
    })
    .at(-1);
}
