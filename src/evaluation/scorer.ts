import type { TypedSpan } from '../document/labelled.ts';
import { spanKey } from '../document/span.ts';

/** Counts of mentions; they add, and ratios are derived from them. */
export interface Counts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** Counts of the mentions of each type that is gold or predicted. */
export type TypeCounts = ReadonlyMap<string, Counts>;

export const noCounts: Counts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };

/**
 * What makes two mentions of a text the same but for their type: equal keys. Default everywhere: the span. Distinct strings are scored
 * with the text of the mention instead.
 */
export type PlaceOf = (mention: TypedSpan) => string;

/**
 * Strict counts of one text by type: a predicted mention is right if its place and its type are those of a gold mention. Both sides
 * are sets: what is told twice counts once. Mentions may nest and overlap.
 */
export function typeCounts(gold: readonly TypedSpan[], predicted: readonly TypedSpan[], placeOf: PlaceOf = spanKey): TypeCounts {
  const goldPlaces = placesByType(gold, placeOf);
  const predictedPlaces = placesByType(predicted, placeOf);
  const counts = new Map<string, Counts>();
  for (const type of new Set([...goldPlaces.keys(), ...predictedPlaces.keys()])) {
    counts.set(type, setCounts(goldPlaces.get(type) ?? nowhere, predictedPlaces.get(type) ?? nowhere));
  }
  return counts;
}

/** Counts of one text with types ignored: a place that is gold or predicted for several types counts once. */
export function boundaryCounts(gold: readonly TypedSpan[], predicted: readonly TypedSpan[], placeOf: PlaceOf = spanKey): Counts {
  return setCounts(new Set(gold.map(placeOf)), new Set(predicted.map(placeOf)));
}

/** Strict counts of one text: a predicted mention is right if start, end and type are all those of a gold mention. */
export function strictCounts(gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): Counts {
  return sumCounts(typeCounts(gold, predicted).values());
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
  };
}

export function sumCounts(all: Iterable<Counts>): Counts {
  let sum = noCounts;
  for (const counts of all) sum = addCounts(sum, counts);
  return sum;
}

/** The counts of several texts together, the types in the order of their code units. */
export function sumTypeCounts(all: Iterable<TypeCounts>): TypeCounts {
  const sums = new Map<string, Counts>();
  for (const counts of all) {
    for (const [type, ofType] of counts) sums.set(type, addCounts(sums.get(type) ?? noCounts, ofType));
  }
  return new Map([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
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

/** The mean of each ratio over the types that are gold or predicted, whatever their size; 0 if there are none. */
export function macroRatios(counts: TypeCounts): Ratios {
  const perType = [...counts.values()].map(ratios);
  const mean = (of: (ratios: Ratios) => number) =>
    ratio(
      perType.map(of).reduce((sum, value) => sum + value, 0),
      perType.length,
    );
  return { precision: mean(({ precision }) => precision), recall: mean(({ recall }) => recall), f1: mean(({ f1 }) => f1) };
}

/** A quotient, and 0 where the denominator is 0. */
export function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

const nowhere: ReadonlySet<string> = new Set();

function placesByType(mentions: readonly TypedSpan[], placeOf: PlaceOf): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const mention of mentions) {
    const ofType = places.get(mention.type);
    if (ofType === undefined) places.set(mention.type, new Set([placeOf(mention)]));
    else ofType.add(placeOf(mention));
  }
  return places;
}

function setCounts(gold: ReadonlySet<string>, predicted: ReadonlySet<string>): Counts {
  let truePositives = 0;
  for (const place of predicted) if (gold.has(place)) truePositives++;
  return { truePositives, falsePositives: predicted.size - truePositives, falseNegatives: gold.size - truePositives };
}
