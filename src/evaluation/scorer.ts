import type { TypedSpan } from '../document/labelled.ts';
import { spanKey } from '../document/span.ts';

/** Counts of mentions; they add, and ratios are derived from them. */
export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

export const noCounts: Counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };

/** Strict counts of one text: a predicted mention is right if start, end and type are all those of a gold mention. */
export function strictCounts(gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): Counts {
  const goldKeys = new Set(gold.map(typedKey));
  const predictedKeys = new Set(predicted.map(typedKey));
  const truePositives = [...predictedKeys].filter((key) => goldKeys.has(key)).length;
  return { truePositives, falsePositives: predictedKeys.size - truePositives, falseNegatives: goldKeys.size - truePositives };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
  };
}

/** Precision, recall and F1 of counts, each in [0, 1]; 0 where the denominator is 0. */
export interface Ratios {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function ratios({ truePositives, falsePositives, falseNegatives }: Counts): Ratios {
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function typedKey(mention: TypedSpan): string {
  return `${spanKey(mention)}:${mention.type}`;
}
