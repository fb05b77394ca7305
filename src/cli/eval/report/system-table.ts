import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { percent, signed } from '../figures.ts';
import { isSignificant } from './significance.ts';

interface Column {
  readonly name: string;
  readonly meaning: string;
  /** What the column shows of a row, and what it is sorted by where that is another thing. */
  cell(row: Row, index: number): { readonly shown: string; readonly value?: number };
}

const ratio = (key: keyof Row['micro']): Column['cell'] => {
  return ({ micro }) => ({ shown: percent(micro[key]), value: micro[key] });
};
const count = (of: (row: Row) => number): Column['cell'] => {
  return (row) => ({ shown: of(row).toLocaleString('en'), value: of(row) });
};

const columns: readonly Column[] = [
  { name: '#', meaning: 'Number in the plots', cell: (_, index) => ({ shown: String(index + 1), value: index }) },
  { name: 'System', meaning: 'The full system, or what makes this one differ from it', cell: ({ name }) => ({ shown: name }) },
  { name: 'P', meaning: 'Precision, %', cell: ratio('precision') },
  { name: 'R', meaning: 'Recall, %', cell: ratio('recall') },
  { name: 'F1', meaning: 'Micro F1, %', cell: ratio('f1') },
  {
    name: '95 %',
    meaning: 'Bootstrap interval of F1 over documents, %',
    cell: ({ intervals }) => ({ shown: intervals.f1.map(percent).join('–'), value: intervals.f1[0] }),
  },
  {
    name: 'ΔF1',
    meaning: 'F1 minus that of the full system, in points',
    cell: ({ comparison }) => (comparison === undefined ? { shown: '' } : { shown: signed(comparison.f1), value: comparison.f1 }),
  },
  {
    name: 'p',
    meaning: 'How easily chance makes so great a difference (paired approximate randomisation)',
    cell: (row) =>
      row.comparison === undefined
        ? { shown: '' }
        : { shown: `${row.comparison.p.toFixed(3)}${isSignificant(row) ? ' *' : ''}`, value: row.comparison.p },
  },
  { name: 'Calls', meaning: 'Calls of models about the documents', cell: count(({ calls }) => calls) },
  { name: 'Prompt', meaning: 'Prompt tokens', cell: count(({ tokens }) => tokens.prompt) },
  { name: 'Reply', meaning: 'Reply tokens', cell: count(({ tokens }) => tokens.reply) },
  {
    name: 'Seconds',
    meaning: 'Models’ time, one call after the other',
    cell: ({ seconds }) => ({ shown: seconds.toFixed(1), value: seconds }),
  },
  { name: 'Invented', meaning: 'Strings of models that are not in the text', cell: count(({ hallucinated }) => hallucinated) },
  { name: 'Unreadable', meaning: 'Replies that made no sense', cell: count(({ malformed }) => malformed) },
  { name: 'Failed', meaning: 'Documents that failed', cell: count(({ failed }) => failed) },
];

const degradedColumn: Column = {
  name: 'Degraded',
  meaning: 'Documents that were decided without a model, which failed on them',
  cell: count(({ degraded }) => degraded),
};

/** Every system with its figures. */
export function systemTable(rows: readonly Row[]): Markup {
  const shown = rows.some(({ degraded }) => degraded > 0) ? [...columns, degradedColumn] : columns;
  const head = shown.map(({ name, meaning }) => html`<th scope="col" title="${meaning}">${name}</th>`);
  const body = rows.map((row, index) => {
    const cells = shown.map((column) => {
      const { shown, value } = column.cell(row, index);
      if (column.name === 'System') return html`<th scope="row">${shown}</th>`;
      return html`<td class="number" data-value="${value ?? ''}">${shown}</td>`;
    });
    return html`<tr>${cells}</tr>\n`;
  });
  return html`<div class="scrolling" tabindex="0" role="region" aria-label="All systems">
<table class="sortable">
<caption>All systems on the same documents. P, R and F1 in percent; ΔF1 and p against the full system, * where p &lt; 0.05.</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>
</div>
`;
}
