import type { Intervals } from '../../evaluation/intervals.ts';
import {
  actual,
  addMatchCounts,
  type MatchCounts,
  type MatchScheme,
  matchRatios,
  possible,
  type SchemeCounts,
} from '../../evaluation/nervaluate.ts';
import { type Counts, macroRatios, type Ratios, ratio, ratios, sumCounts, sumTypeCounts } from '../../evaluation/scorer.ts';
import type { Comparison } from '../../evaluation/significance.ts';
import type { DocumentScore } from './scored-documents.ts';

/** Ratios with the counts that they come from. */
type CountedRatios = Ratios & { readonly counts: Counts };

/** What `el4ner score --json` prints. Ratios lie in [0, 1] and are not rounded; at a zero denominator they are 0. */
export interface Summary {
  readonly scheme: string;
  readonly counts: Counts & {
    readonly gold: number;
    readonly predicted: number;
    /** Sentences, where the files are columns. */
    readonly documents: number;
    readonly tokens?: number;
    readonly correctTags?: number;
  };
  readonly micro: Ratios;
  /** Means over the types. */
  readonly macro: Ratios;
  /** With types ignored. */
  readonly boundary: CountedRatios;
  /** Tokens whose tags are equal, of all. */
  readonly accuracy?: number;
  readonly perType: Readonly<Record<string, CountedRatios>>;
  readonly nervaluate?: Readonly<Record<MatchScheme, MatchCounts & Ratios & { readonly possible: number; readonly actual: number }>>;
  /** Of the micro ratios. */
  readonly intervals?: Intervals;
  /** Of these predictions with others. */
  readonly comparison?: ComparisonSummary;
}

/** Two systems, and what the difference of their micro ratios is worth: that of the second minus that of the first. */
export interface ComparisonSummary extends Comparison {
  readonly systems: readonly [first: ScoredSystem, second: ScoredSystem];
}

interface ScoredSystem {
  /** The file of its predictions. */
  readonly path: string;
  readonly micro: Ratios;
}

export function summarize(scheme: string, documents: readonly DocumentScore[]): Summary {
  const perType = sumTypeCounts(documents.map((document) => document.perType));
  const total = sumCounts(perType.values());
  const boundary = sumCounts(documents.map((document) => document.boundary));
  const tags = documents.flatMap((document) => document.tags ?? []);
  const tokens = tags.reduce((sum, counts) => sum + counts.tokens, 0);
  const correctTags = tags.reduce((sum, counts) => sum + counts.correctTags, 0);
  const matches = documents.flatMap((document) => document.matches ?? []);
  return {
    scheme,
    counts: {
      ...total,
      gold: total.truePositives + total.falseNegatives,
      predicted: total.truePositives + total.falsePositives,
      documents: documents.length,
      ...(tags.length === 0 ? {} : { tokens, correctTags }),
    },
    micro: ratios(total),
    macro: macroRatios(perType),
    boundary: { ...ratios(boundary), counts: boundary },
    ...(tags.length === 0 ? {} : { accuracy: ratio(correctTags, tokens) }),
    perType: Object.fromEntries(Array.from(perType, ([type, counts]) => [type, { ...ratios(counts), counts }])),
    ...(matches.length === 0 ? {} : { nervaluate: matchSummary(matches) }),
  };
}

function matchSummary(documents: readonly SchemeCounts[]): NonNullable<Summary['nervaluate']> {
  const of = (scheme: MatchScheme) => {
    const counts = documents.map((document) => document[scheme]).reduce(addMatchCounts);
    return { ...counts, possible: possible(counts), actual: actual(counts), ...matchRatios(counts) };
  };
  return { strict: of('strict'), exact: of('exact'), partial: of('partial'), type: of('type') };
}
