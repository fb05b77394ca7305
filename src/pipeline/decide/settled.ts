/** A span of a sentence that was not fitted to: its log-odds without verdicts, and whether verdicts would have changed what becomes of it. */
export interface Fate {
  readonly score: number;
  readonly isChanged: boolean;
}

/** Log-odds without verdicts. Of what lies outside, or at an end, verdicts change hardly anything. */
export interface OpenRange {
  readonly from: number;
  readonly to: number;
}

/** How many spans must be seen before verifiers are not asked about their like. */
const leastSeen = 100;
/** Of these, the share that verdicts may have changed. */
const mostChanged = 0.01;

/** The range outside of which verdicts changed the fate of at most one span in a hundred, of at least a hundred on either side. */
export function openRange(fates: readonly Fate[]): OpenRange {
  const ascending = fates.toSorted((a, b) => a.score - b.score);
  return {
    from: settledEnd(ascending)?.score ?? Number.NEGATIVE_INFINITY,
    to: settledEnd(ascending.toReversed())?.score ?? Number.POSITIVE_INFINITY,
  };
}

/** The last one, from the beginning, up to which so few were changed. */
function settledEnd(fates: readonly Fate[]): Fate | undefined {
  let changed = 0;
  return fates
    .filter(({ isChanged }, at) => {
      if (isChanged) changed++;
      return at + 1 >= leastSeen && changed <= mostChanged * (at + 1);
    })
    .at(-1);
}
