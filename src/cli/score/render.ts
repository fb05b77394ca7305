import type { Interval } from '../../evaluation/intervals.ts';
import type { Counts, Ratios } from '../../evaluation/scorer.ts';
import { counted } from '../counted.ts';
import { printable } from '../printable.ts';
import { alignedTable } from '../table.ts';
import type { Colours } from '../terminal.ts';
import type { ComparisonSummary, Summary } from './summary.ts';

/** A summary as tables for people: counts, and ratios in per cent. */
export function renderSummary(summary: Summary, { dim }: Colours): string {
  const { counts, micro, macro, boundary, perType, accuracy } = summary;
  const header = ['', 'gold', 'predicted', 'correct', 'precision', 'recall', 'F1'];
  const rows = [
    ...Object.entries(perType).map(([type, score]) => [printable(type), ...countCells(score.counts), ...ratioCells(score)]),
    ['all types (micro)', ...countCells(counts), ...ratioCells(micro)],
    ['mean of types (macro)', '', '', '', ...ratioCells(macro)],
    ['types ignored', ...countCells(boundary.counts), ...ratioCells(boundary)],
  ];
  const parts = [table([header, ...rows], dim)];
  if (summary.nervaluate !== undefined) parts.push(nervaluateTable(summary.nervaluate, dim));
  const notes = [
    ...(accuracy === undefined ? [] : [tagNote(counts, accuracy)]),
    ...(summary.intervals === undefined ? [] : [intervalNote(summary.intervals, counts)]),
  ];
  if (notes.length > 0) parts.push(`${notes.join('\n')}\n`);
  return parts.join('\n');
}

/** What a comparison found, as a table. */
export function renderComparison({ systems, difference, p, shuffles, seed }: ComparisonSummary, { dim }: Colours): string {
  const points = (value: number) => `${value > 0 ? '+' : ''}${percent(value)}`;
  const rows = [
    ['', 'precision', 'recall', 'F1'],
    ...systems.map(({ path, micro }) => [printable(path), ...ratioCells(micro)]),
    ['second − first', points(difference.precision), points(difference.recall), points(difference.f1)],
    ['p', p.precision.toFixed(4), p.recall.toFixed(4), p.f1.toFixed(4)],
  ];
  return `${table(rows, dim)}p by paired approximate randomisation, ${counted(shuffles, 'shuffle')}, seed ${seed}.\n`;
}

function nervaluateTable(schemes: NonNullable<Summary['nervaluate']>, dim: Colours['dim']): string {
  const header = ['nervaluate', 'correct', 'incorrect', 'partial', 'missed', 'spurious', 'precision', 'recall', 'F1'];
  const rows = Object.entries(schemes).map(([name, { correct, incorrect, partial, missed, spurious, ...score }]) => [
    name,
    ...[correct, incorrect, partial, missed, spurious].map(String),
    ...ratioCells(score),
  ]);
  return table([header, ...rows], dim);
}

function tagNote({ correctTags = 0, tokens = 0 }: Summary['counts'], accuracy: number): string {
  return `${correctTags.toLocaleString('en')} of ${counted(tokens, 'tag')} right: ${percent(accuracy)} %.`;
}

function intervalNote(
  { level, resamples, seed, precision, recall, f1 }: NonNullable<Summary['intervals']>,
  { documents, tokens }: Summary['counts'],
): string {
  const range = ([low, high]: Interval) => `${percent(low)} to ${percent(high)}`;
  return (
    `${100 * level} % intervals: precision ${range(precision)}, recall ${range(recall)}, F1 ${range(f1)} ` +
    `(${counted(resamples, 'resample')} of ${counted(documents, tokens === undefined ? 'document' : 'sentence')}, seed ${seed}).`
  );
}

function table(rows: readonly (readonly string[])[], dim: Colours['dim']): string {
  const right = rows[0]?.map((_, column) => column).slice(1) ?? [];
  const style = (cell: string, _: number, row: number) => (row === 0 ? dim(cell) : cell);
  return `${alignedTable(rows, { right, style }).join('\n')}\n`;
}

function countCells({ truePositives, falsePositives, falseNegatives }: Counts): readonly string[] {
  return [truePositives + falseNegatives, truePositives + falsePositives, truePositives].map(String);
}

function ratioCells({ precision, recall, f1 }: Ratios): readonly string[] {
  return [precision, recall, f1].map(percent);
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
