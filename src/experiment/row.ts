import type { LabelledSentence, TypedSpan } from '../document/labelled.ts';
import { analyseErrors, confusionMatrix, type ErrorAnalysis, type ErrorKind, errorKind } from '../evaluation/error-analysis.ts';
import { type ErrorStage, stageOfError } from '../evaluation/error-stage.ts';
import { bootstrapIntervals, type Interval } from '../evaluation/intervals.ts';
import { type Counts, type Ratios, ratios, strictCounts, sumCounts } from '../evaluation/scorer.ts';
import { pairedRandomization } from '../evaluation/significance.ts';
import type { DocumentResult } from './document-result.ts';

/** What one system came to, JSON-safe. Ratios and shares are in [0, 1]. */
export interface Row {
  readonly name: string;
  readonly documents: number;
  readonly counts: Counts;
  readonly micro: Ratios;
  /** 95 % bootstrap intervals over documents. */
  readonly intervals: Readonly<Record<keyof Ratios, Interval>>;
  /** Calls about the documents; those that prepare the pool are not among them. */
  readonly calls: number;
  readonly tokens: { readonly prompt: number; readonly cached: number; readonly reply: number };
  /** Time that the models took for these calls, one after the other; an equal call is made once for all systems and counted for each. */
  readonly seconds: number;
  /** Strings that models wrote and that are not in the text. */
  readonly hallucinated: number;
  /** Replies that made no sense. */
  readonly malformed: number;
  /** Documents that failed; all their gold mentions count as missed. */
  readonly failed: number;
  /** Documents on which a model failed and that the others decided without it. */
  readonly degraded: number;
  /** This system minus the full one, with the probability of such a difference by chance; absent for the full one. */
  readonly comparison?: { readonly f1: number; readonly p: number };
  /** How often each kind of error occurred, and at which stage errors arose. */
  readonly errors: Readonly<Partial<Record<ErrorKind, number>>>;
  readonly stages: Readonly<Partial<Record<ErrorStage, number>>>;
  /** Gold type, then predicted type, then how often; `none` stands for no mention. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Counts of each document, so that rows of different runs can be compared, and what went wrong with it. */
  readonly perDocument: readonly DocumentCounts[];
}

/** What one document adds to a row; `failure` and `degraded` only where there is something to tell. */
interface DocumentCounts extends Counts, Pick<DocumentResult, 'id' | 'failure' | 'degraded'> {}

const resamples = 1000;
const shuffles = 10_000;
const level = 0.95;

/**
 * Sums a system's results up.
 * @param data - the gold sentences, in the order of the results.
 * @param full - the row of the full system; left out for that row itself.
 */
export function rowOf(
  name: string,
  data: readonly LabelledSentence[],
  results: readonly DocumentResult[],
  { seed, full }: { readonly seed: number; readonly full?: Row },
): Row {
  const analysed = results.map((result, index) => analyse(data[index]?.entities ?? [], result));
  const perDocument = analysed.map(({ result, counts }): DocumentCounts => {
    const { id, failure, degraded } = result;
    return { id, ...counts, ...(failure === undefined ? {} : { failure }), ...(degraded === undefined ? {} : { degraded }) };
  });
  const counts = sumCounts(perDocument);
  const { precision, recall, f1 } = bootstrapIntervals(perDocument, { resamples, level, seed });
  const sum = (of: (result: DocumentResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const comparison = full === undefined ? undefined : pairedRandomization(perDocument, full.perDocument, { shuffles, seed });
  return {
    name,
    documents: results.length,
    counts,
    micro: ratios(counts),
    intervals: { precision, recall, f1 },
    calls: sum(({ calls }) => calls),
    tokens: {
      prompt: sum(({ promptTokens }) => promptTokens),
      cached: sum(({ cachedTokens }) => cachedTokens),
      reply: sum(({ replyTokens }) => replyTokens),
    },
    seconds: sum(({ modelMs }) => modelMs) / 1000,
    hallucinated: sum(({ hallucinated }) => hallucinated),
    malformed: sum(({ malformed }) => malformed),
    failed: results.filter(({ failure }) => failure !== undefined).length,
    degraded: results.filter(({ degraded }) => degraded !== undefined).length,
    ...(comparison === undefined ? {} : { comparison: { f1: comparison.difference.f1, p: comparison.p.f1 } }),
    errors: frequencies(analysed.flatMap(({ analysis }) => analysis.errors.map(errorKind))),
    stages: frequencies(analysed.flatMap(({ stages }) => stages)),
    confusion: Object.fromEntries(
      Array.from(confusionMatrix(analysed.map(({ analysis }) => analysis)), ([gold, row]) => [gold, Object.fromEntries(row)]),
    ),
    perDocument,
  };
}

/** The mentions that a system ended with. */
export function predictedMentions({ mentions }: DocumentResult): readonly TypedSpan[] {
  return mentions.flatMap((mention) => {
    if (mention.status === 'rejected') return [];
    const { start, end, type } = mention;
    return [{ start, end, type }];
  });
}

function analyse(
  gold: readonly TypedSpan[],
  result: DocumentResult,
): {
  readonly result: DocumentResult;
  readonly counts: Counts;
  readonly analysis: ErrorAnalysis;
  readonly stages: readonly ErrorStage[];
} {
  const predicted = predictedMentions(result);
  const analysis = analyseErrors(gold, predicted);
  return {
    result,
    counts: strictCounts(gold, predicted),
    analysis,
    stages: analysis.errors.map((error) => stageOfError(error, result.mentions)),
  };
}

function frequencies<K extends string>(values: readonly K[]): Record<K, number> {
  const counted = Map.groupBy(values, (value) => value);
  return Object.fromEntries(Array.from(counted, ([value, all]) => [value, all.length])) as Record<K, number>; // keys are of `values`
}
