import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';
import { cartesianPlot, percentScale, pixel } from './cartesian.ts';

/** F1 against the number of demonstrations; nothing where fewer than two numbers were tried. */
export function demonstrationPlot(rows: readonly Row[]): Markup | undefined {
  const tried = rows
    .flatMap((row) => {
      const k = /^k=(\d+)$/.exec(row.name)?.[1];
      return k === undefined ? [] : [{ k: Number(k), row }];
    })
    .sort((a, b) => a.k - b.k);
  if (tried.length < 2) return undefined;
  const full = rows[0]?.micro.f1 ?? 0;
  const scale = percentScale([full, ...tried.flatMap(({ row }) => row.intervals.f1)]);
  const place = (index: number, ratio: number) => pixel((index + 0.5) / tried.length, scale.place(ratio));
  const dots = tried.map(({ k, row }, index) => {
    const [low, high] = row.intervals.f1;
    const { x, y } = place(index, row.micro.f1);
    return html`<g><title>k = ${k}: F1 ${percent(row.micro.f1)} (${percent(low)}–${percent(high)})</title><line class="interval" x1="${x}" x2="${x}" y1="${place(index, low).y}" y2="${place(index, high).y}"/><circle class="dot" cx="${x}" cy="${y}" r="4.5"/><text class="figure" x="${x + 8}" y="${y - 6}">${percent(row.micro.f1)}</text></g>
`;
  });
  const line = tried.map(({ row }, index) => place(index, row.micro.f1)).map(({ x, y }) => `${x},${y}`);
  const [from, to] = [pixel(0, scale.place(full)), pixel(1, scale.place(full))];
  return cartesianPlot({
    id: 'k',
    title: 'F1 against the number k of demonstrations, with 95 % intervals',
    caption: html`<strong>F1 against k, the number of demonstrations.</strong> The broken line is the full system.`,
    across: { name: 'demonstrations k', ticks: tried.map(({ k }, index) => ({ at: (index + 0.5) / tried.length, label: String(k) })) },
    up: { name: 'F1, %', ticks: scale.ticks },
    contents: [
      html`<line class="reference" x1="${from.x}" x2="${to.x}" y1="${from.y}" y2="${to.y}"/><polyline class="curve" points="${line.join(' ')}"/>`,
      ...dots,
    ],
  });
}
