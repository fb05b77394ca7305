import { randomIntegers } from '../random.ts';
import { biasedHeads } from './coins.ts';
import { type Counts, type Ratios, ratios } from './scorer.ts';

/** From the lower to the upper bound, both in [0, 1]. */
export type Interval = readonly [low: number, high: number];

export interface BootstrapOptions {
  readonly resamples: number;
  /** The share of resamples between the bounds, for example 0.95. */
  readonly level: number;
  readonly seed: number;
}

/** Confidence intervals of the ratios of summed counts, and how they were found. */
export type Intervals = BootstrapOptions & { readonly [R in keyof Ratios]: Interval };

/**
 * Percentile bootstrap over documents: as many documents as there are, drawn with replacement, again and again; the bounds are
 * quantiles of the resamples' ratios, interpolated linearly. Documents, and not mentions, are drawn, since mentions of one text are
 * right and wrong together. Works on counts alone; the same seed gives the same bounds.
 * @param documents - counts of each document; without any, all bounds are 0.
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13
 */
export function bootstrapIntervals(documents: readonly Counts[], options: BootstrapOptions): Intervals {
  const { resamples, level, seed } = options;
  const resample = resampler(documents);
  const random = randomIntegers(seed);
  const samples = {
    precision: new Float64Array(resamples),
    recall: new Float64Array(resamples),
    f1: new Float64Array(resamples),
  };
  for (let index = 0; index < resamples; index++) {
    const { precision, recall, f1 } = ratios(resample(random));
    samples.precision[index] = precision;
    samples.recall[index] = recall;
    samples.f1[index] = f1;
  }
  return {
    resamples,
    level,
    seed,
    precision: bounds(samples.precision, level),
    recall: bounds(samples.recall, level),
    f1: bounds(samples.f1, level),
  };
}

/** Draws that are made one by one, as that is faster. */
const fewDraws = 32;

/**
 * Draws as many documents as there are, with replacement, and adds their counts up. How many of the draws fall to the first half of the
 * documents is decided for all draws at once, and so on in each half, until the documents of a part are alike; drawing one document after
 * the other has the same distribution.
 */
function resampler(documents: readonly Counts[]): (random: () => number) => Counts {
  const ordered = documents.toSorted(
    (a, b) => a.truePositives - b.truePositives || a.falsePositives - b.falsePositives || a.falseNegatives - b.falseNegatives,
  );
  const [right, spurious, missed] = columns(ordered);
  return (random) => {
    let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
    function add(document: number, times: number): void {
      truePositives += times * (right[document] ?? 0);
      falsePositives += times * (spurious[document] ?? 0);
      falseNegatives += times * (missed[document] ?? 0);
    }
    function draw(from: number, to: number, draws: number): void {
      if (draws <= fewDraws) {
        for (let left = draws; left > 0; left--) add(from + Math.floor((random() / 2 ** 32) * (to - from)), 1);
      } else if (right[from] === right[to - 1] && spurious[from] === spurious[to - 1] && missed[from] === missed[to - 1]) {
        add(from, draws);
      } else {
        const middle = (from + to) >>> 1;
        const inFirst = biasedHeads(draws, middle - from, to - from, random);
        draw(from, middle, inFirst);
        draw(middle, to, draws - inFirst);
      }
    }
    draw(0, ordered.length, ordered.length);
    return { truePositives, falsePositives, falseNegatives };
  };
}

function columns(documents: readonly Counts[]): readonly [Float64Array, Float64Array, Float64Array] {
  return [
    Float64Array.from(documents, ({ truePositives }) => truePositives),
    Float64Array.from(documents, ({ falsePositives }) => falsePositives),
    Float64Array.from(documents, ({ falseNegatives }) => falseNegatives),
  ];
}

function bounds(samples: Float64Array, level: number): Interval {
  samples.sort();
  return [quantile(samples, (1 - level) / 2), quantile(samples, (1 + level) / 2)];
}

/** @param sorted - ascending; without any values the quantile is 0. */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
