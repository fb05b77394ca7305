import type { Row } from '../../experiment/row.ts';
import { alignedTable } from '../table.ts';
import type { Colours } from '../terminal.ts';
import { percent, signed } from './figures.ts';

interface Column {
  readonly name: string;
  readonly cell: (row: Row) => string;
}

const columns: readonly Column[] = [
  { name: 'system', cell: ({ name }) => name },
  { name: 'P', cell: ({ micro }) => percent(micro.precision) },
  { name: 'R', cell: ({ micro }) => percent(micro.recall) },
  { name: 'F1', cell: ({ micro }) => percent(micro.f1) },
  { name: '95 %', cell: ({ intervals }) => intervals.f1.map(percent).join('–') },
  { name: 'ΔF1', cell: ({ comparison }) => (comparison === undefined ? '' : signed(comparison.f1)) },
  { name: 'p', cell: ({ comparison }) => (comparison === undefined ? '' : comparison.p.toFixed(3)) },
  { name: 'calls', cell: ({ calls }) => String(calls) },
  { name: 'prompt', cell: ({ tokens }) => String(tokens.prompt) },
  { name: 'reply', cell: ({ tokens }) => String(tokens.reply) },
  { name: 'seconds', cell: ({ seconds }) => seconds.toFixed(1) },
  { name: 'invented', cell: ({ hallucinated }) => String(hallucinated) },
  { name: 'unreadable', cell: ({ malformed }) => String(malformed) },
  { name: 'failed', cell: ({ failed }) => String(failed) },
];

const degradedColumn: Column = { name: 'degraded', cell: ({ degraded }) => String(degraded) };

/** The rows of an experiment as a table; ratios in percent. */
export function rowTable(rows: readonly Row[], colours: Colours): string {
  const shown = rows.some(({ degraded }) => degraded > 0) ? [...columns, degradedColumn] : columns;
  const cells = [shown.map(({ name }) => name), ...rows.map((row) => shown.map(({ cell }) => cell(row)))];
  const right = shown.map((_, column) => column).slice(1);
  const style = (cell: string, _: number, row: number): string => (row === 0 ? colours.dim(cell) : cell);
  return `${alignedTable(cells, { right, style }).join('\n')}\n`;
}
