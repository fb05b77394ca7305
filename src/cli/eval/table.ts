import type { Row } from '../../experiment/row.ts';
import { alignedTable } from '../table.ts';
import type { Colours } from '../terminal.ts';
import { percent, signed } from './figures.ts';

const header = ['system', 'P', 'R', 'F1', '95 %', 'ΔF1', 'p', 'calls', 'prompt', 'reply', 'seconds', 'invented', 'unreadable', 'failed'];

/** The rows of an experiment as a table; ratios in percent. */
export function rowTable(rows: readonly Row[], colours: Colours): string {
  const cells = rows.map(({ name, micro, intervals, comparison, calls, tokens, seconds, hallucinated, malformed, failed }) => [
    name,
    percent(micro.precision),
    percent(micro.recall),
    percent(micro.f1),
    intervals.f1.map(percent).join('–'),
    comparison === undefined ? '' : signed(comparison.f1),
    comparison === undefined ? '' : comparison.p.toFixed(3),
    ...[calls, tokens.prompt, tokens.reply].map(String),
    seconds.toFixed(1),
    ...[hallucinated, malformed, failed].map(String),
  ]);
  const right = header.map((_, column) => column).slice(1);
  const style = (cell: string, _: number, row: number): string => (row === 0 ? colours.dim(cell) : cell);
  return `${alignedTable([header, ...cells], { right, style }).join('\n')}\n`;
}
