import type { Row } from '../../../experiment/row.ts';
import { counted } from '../../counted.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';
import { isSignificant } from './significance.ts';

const rowHeight = 40;
const axisHeight = 24;
/** Longest name, in code points, beside which the figures have room on a narrow screen. */
const longestName = 32;

/** F1 of each system with its interval, one below the other; a line goes through that of the full system. */
export function intervalPlot(rows: readonly Row[]): Markup {
  const top = Math.max(0.1, Math.ceil(10 * Math.max(...rows.map(({ intervals, micro }) => Math.max(intervals.f1[1], micro.f1)))) / 10);
  // Across, the plot is in percent of its width, so that it fits any screen and its letters keep their size.
  const across = (ratio: number): string => `${((100 * ratio) / top).toFixed(2)}%`;
  const bottom = rows.length * rowHeight;
  const step = top > 0.5 ? 0.2 : 0.1;
  const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => index * step);
  const grid = ticks.map((tick) => {
    const anchor = tick === 0 ? 'start' : tick > top - step / 2 ? 'end' : 'middle';
    return html`<line class="grid" x1="${across(tick)}" x2="${across(tick)}" y1="0" y2="${bottom}"/><text class="tick" x="${across(tick)}" y="${bottom + 17}" text-anchor="${anchor}">${(100 * tick).toFixed(0)}</text>`;
  });
  const full = across(rows[0]?.micro.f1 ?? 0);
  return html`<figure>
<figcaption><strong>F1 of each system with its 95 % interval.</strong> The broken line is the full system; a filled dot differs from it with p &lt; 0.05, a ring may be chance.</figcaption>
<svg class="wide" role="img" aria-labelledby="f1-title" height="${bottom + axisHeight}">
<title id="f1-title">F1 in percent of ${counted(rows.length, 'system')}, with 95 % intervals</title>
${grid}<line class="reference" x1="${full}" x2="${full}" y1="0" y2="${bottom}"/>
${rows.map((row, index) => whisker(row, index, across))}</svg>
</figure>
`;
}

function whisker(row: Row, index: number, across: (ratio: number) => string): Markup {
  const { name, micro, intervals } = row;
  const [low, high] = intervals.f1;
  const figures = `${percent(micro.f1)} (${percent(low)}–${percent(high)})`;
  const y = index * rowHeight + 25;
  const letters = Array.from(name);
  const label = letters.length <= longestName ? name : `${letters.slice(0, longestName - 1).join('')}…`;
  return html`<g${index === 0 ? html` class="full"` : ''}><title>${name}: F1 ${figures}</title><text x="0" y="${y - 11}">${index + 1} ${label}</text><text class="figure" x="100%" y="${y - 11}" text-anchor="end">${figures}</text><line class="interval" x1="${across(low)}" x2="${across(high)}" y1="${y}" y2="${y}"/><circle class="${index === 0 || isSignificant(row) ? 'dot' : 'ring'}" cx="${across(micro.f1)}" cy="${y}" r="5"/></g>
`;
}
