import { randomIntegers } from '../random.ts';
import { heads } from './coins.ts';
import { type Counts, type Ratios, ratios, sumCounts } from './scorer.ts';

export interface RandomizationOptions {
  readonly shuffles: number;
  readonly seed: number;
}

/** How far two systems differ on the same documents, and how easily chance alone makes such a difference. */
export interface Comparison extends RandomizationOptions {
  /** Ratios of the first system minus those of the second. */
  readonly difference: Ratios;
  /** For each ratio the probability, in (0, 1], of a difference as great or greater, either way, between systems of equal worth. */
  readonly p: Ratios;
}

/**
 * Paired approximate randomisation: in each shuffle every document's two counts change sides, or not, with even odds. With k of n
 * shuffles whose difference is at least the one observed, p is (k + 1) / (n + 1). Works on counts alone; the same seed gives the
 * same p.
 * @param first - counts of each document.
 * @param second - counts of the same documents in the same order.
 * @throws {RangeError} if there are not as many.
 * @see Noreen, Computer-Intensive Methods for Testing Hypotheses, 1989; Yeh, COLING 2000
 */
export function pairedRandomization(first: readonly Counts[], second: readonly Counts[], options: RandomizationOptions): Comparison {
  if (first.length !== second.length) {
    throw new RangeError(`There are counts of ${first.length} and of ${second.length} documents; expected those of the same documents.`);
  }
  const [sumOfFirst, sumOfSecond] = [sumCounts(first), sumCounts(second)];
  const difference = minus(ratios(sumOfFirst), ratios(sumOfSecond));
  const reached = { precision: 0, recall: 0, f1: 0 };
  const exchange = exchanges(first, second);
  const random = randomIntegers(options.seed);
  for (let shuffle = 0; shuffle < options.shuffles; shuffle++) {
    const exchanged = exchange(random);
    const shuffled = minus(ratios(shift(sumOfFirst, exchanged, 1)), ratios(shift(sumOfSecond, exchanged, -1)));
    if (isReached(shuffled.precision, difference.precision)) reached.precision++;
    if (isReached(shuffled.recall, difference.recall)) reached.recall++;
    if (isReached(shuffled.f1, difference.f1)) reached.f1++;
  }
  const p = (count: number) => (count + 1) / (options.shuffles + 1);
  return { ...options, difference, p: { precision: p(reached.precision), recall: p(reached.recall), f1: p(reached.f1) } };
}

/** What one shuffle adds to the first system and takes from the second. */
function exchanges(first: readonly Counts[], second: readonly Counts[]): (random: () => number) => Counts {
  /** Documents whose exchange adds the same. Only how many of them change sides matters, and not which. */
  const groups = new Map<string, { readonly gain: Counts; documents: number }>();
  for (const [document, counts] of first.entries()) {
    const gain = shift(second[document] ?? counts, counts, -1);
    const key = `${gain.truePositives} ${gain.falsePositives} ${gain.falseNegatives}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { gain, documents: 1 });
    else group.documents++;
  }
  groups.delete('0 0 0');
  return (random) => {
    let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
    for (const { gain, documents } of groups.values()) {
      const exchanged = heads(documents, random);
      truePositives += exchanged * gain.truePositives;
      falsePositives += exchanged * gain.falsePositives;
      falseNegatives += exchanged * gain.falseNegatives;
    }
    return { truePositives, falsePositives, falseNegatives };
  };
}

function shift(counts: Counts, by: Counts, sign: 1 | -1): Counts {
  return {
    truePositives: counts.truePositives + sign * by.truePositives,
    falsePositives: counts.falsePositives + sign * by.falsePositives,
    falseNegatives: counts.falseNegatives + sign * by.falseNegatives,
  };
}

function minus(a: Ratios, b: Ratios): Ratios {
  return { precision: a.precision - b.precision, recall: a.recall - b.recall, f1: a.f1 - b.f1 };
}

/** Differences that are equal as fractions may differ by a rounding. */
function isReached(shuffled: number, observed: number): boolean {
  return Math.abs(shuffled) >= Math.abs(observed) - 1e-12;
}
