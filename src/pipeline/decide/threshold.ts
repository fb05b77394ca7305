/**
 * What mentions are chosen for: the best F1 of all types together, or of each (their mean, macro-F1), or at least so much precision or recall of
 * each type.
 */
export type Aim = 'f1' | 'macro-f1' | { readonly precision: number } | { readonly recall: number };

/** What is known of a type's mentions: the probabilities of the spans that could be given out as such, and how many there really are. */
export interface TypeOutlook {
  readonly probabilities: readonly number[];
  readonly gold: number;
}

/** No threshold for F1 lies outside, however odd the few sentences that it is chosen by. */
const [lowest, highest] = [0.1, 0.6];

/** Least probabilities of a mention of each type, with which what is to be expected comes closest to the aim. */
export function thresholds(outlooks: ReadonlyMap<string, TypeOutlook>, aim: Aim): ReadonlyMap<string, number> {
  if (aim === 'f1') {
    const all = [...outlooks.values()];
    const together = bestForF1({
      probabilities: all.flatMap(({ probabilities }) => probabilities),
      gold: all.reduce((sum, { gold }) => sum + gold, 0),
    });
    return new Map(Array.from(outlooks.keys(), (type) => [type, together]));
  }
  return new Map(Array.from(outlooks, ([type, outlook]) => [type, thresholdOf(outlook, aim)]));
}

function thresholdOf(outlook: TypeOutlook, aim: Exclude<Aim, 'f1'>): number {
  if (aim === 'macro-f1') return bestForF1(outlook);
  return 'precision' in aim ? leastForPrecision(outlook, aim.precision) : greatestForRecall(outlook, aim.recall);
}

/**
 * Half of the F1 that is reached with it: the point where a mention that is as likely as that neither raises nor lowers the F1 to be
 * expected (Lipton et al., ECML 2014).
 */
function bestForF1({ probabilities, gold }: TypeOutlook): number {
  let threshold = 0.4;
  for (let round = 0; round < 20; round++) {
    const kept = probabilities.filter((probability) => probability >= threshold);
    const hits = kept.reduce((sum, probability) => sum + probability, 0);
    threshold = Math.min(highest, Math.max(lowest, hits / Math.max(1, kept.length + gold)));
  }
  return threshold;
}

/** Mentions that are given out with it are right so often, as far as their probabilities tell; one that is as likely by itself always is. */
function leastForPrecision({ probabilities }: TypeOutlook, precision: number): number {
  let threshold = precision;
  let hits = 0;
  const sorted = descending(probabilities);
  for (const [at, probability] of sorted.entries()) {
    hits += probability;
    // Of equal ones all are kept or none.
    if (sorted[at + 1] !== probability && hits >= precision * (at + 1)) threshold = Math.min(threshold, probability);
  }
  return threshold;
}

/** So many of the gold mentions are given out with it; everything is where not even that is enough. */
function greatestForRecall({ probabilities, gold }: TypeOutlook, recall: number): number {
  let hits = 0;
  for (const probability of descending(probabilities)) {
    hits += probability;
    if (hits >= recall * gold) return probability;
  }
  return 0;
}

function descending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => b - a);
}
