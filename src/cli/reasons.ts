import { counted } from './counted.ts';

/** Reasons that are told; where there are more, they differ by document. */
const toldReasons = 5;

/** Why something went wrong, and how often it did for this reason. */
export interface Reason {
  readonly reason: string;
  readonly count: number;
}

/** Different reasons, the most frequent first; of many the first few, and the rest as one. */
export function frequentReasons(reasons: readonly string[]): readonly Reason[] {
  const counts = Array.from(
    Map.groupBy(reasons, (reason) => reason),
    ([reason, all]) => ({ reason, count: all.length }),
  ).sort((a, b) => b.count - a.count);
  const rest = counts.slice(toldReasons);
  if (rest.length === 0) return counts;
  const others = { reason: `${counted(rest.length, 'other reason')}.`, count: rest.reduce((sum, { count }) => sum + count, 0) };
  return [...counts.slice(0, toldReasons), others];
}
