import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';
import { cartesianPlot, percentScale, pixel, type Scale } from './cartesian.ts';

/** Dots that are nearer to each other than this, in units of the drawing, share a label. */
const nearby = 15;

/** Precision against recall, with lines of equal F1; nothing where there is one system only. */
export function precisionRecallPlot(rows: readonly Row[]): Markup | undefined {
  if (rows.length < 2) return undefined;
  const across = percentScale(rows.map(({ micro }) => micro.recall));
  const up = percentScale(rows.map(({ micro }) => micro.precision));
  const dots = rows.map(({ name, micro }, index) => ({
    number: index + 1,
    title: `${name}: precision ${percent(micro.precision)}, recall ${percent(micro.recall)}, F1 ${percent(micro.f1)}`,
    ...pixel(across.place(micro.recall), up.place(micro.precision)),
  }));
  return cartesianPlot({
    id: 'pr',
    title: 'Precision against recall of each system, by its number in the table of systems',
    caption: html`<strong>Precision against recall.</strong> Numbers are those of the table; the filled dot is the full system; on a dotted line, F1 is the same.`,
    across: { name: 'recall, %', ticks: across.ticks },
    up: { name: 'precision, %', ticks: up.ticks },
    contents: [
      ...equalF1Lines(across, up),
      // The full system's dot lies above those of equal systems.
      ...dots
        .map(
          ({ x, y, title }, index) =>
            html`<circle class="${index === 0 ? 'dot' : 'ring'}" cx="${x}" cy="${y}" r="4.5"><title>${title}</title></circle>`,
        )
        .reverse(),
      ...labels(dots),
    ],
  });
}

interface Dot {
  readonly number: number;
  readonly x: number;
  readonly y: number;
}

/** A label with its middle and half its size, in units of the drawing. */
interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
}

const halfLetterWidth = 4;
const halfLineHeight = 7;

/** Beside, above or below its dots, wherever a label covers the fewest other labels and dots. */
function labels(dots: readonly Dot[]): readonly Markup[] {
  const groups: Dot[][] = [];
  for (const dot of dots) {
    const group = groups.find(([first]) => first !== undefined && Math.hypot(first.x - dot.x, first.y - dot.y) < nearby);
    if (group === undefined) groups.push([dot]);
    else group.push(dot);
  }
  const placed: Label[] = [];
  for (const group of groups) {
    const [free] = positions(group).toSorted((a, b) => covered(a, dots, placed) - covered(b, dots, placed));
    if (free !== undefined) placed.push(free);
  }
  return placed.map(
    ({ text, x, y }) => html`<text class="figure" x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="middle">${text}</text>`,
  );
}

function positions(group: readonly Dot[]): readonly Label[] {
  const text = runs(group.map(({ number }) => number));
  const halfWidth = text.length * halfLetterWidth;
  const [xs, ys] = [group.map(({ x }) => x), group.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const places = [
    { x: right + 7 + halfWidth, y },
    { x: left - 7 - halfWidth, y },
    { x, y: top - 13 },
    { x, y: bottom + 13 },
  ];
  return places.map((place) => ({ ...place, text, halfWidth }));
}

/** How many dots and labels, and borders of the drawing, a label would cover. */
function covered(label: Label, dots: readonly Dot[], placed: readonly Label[]): number {
  const covers = (x: number, y: number, halfWidth: number, halfHeight: number): boolean =>
    Math.abs(x - label.x) < halfWidth + label.halfWidth && Math.abs(y - label.y) < halfHeight + halfLineHeight;
  const isOutside = label.x - label.halfWidth < pixel(0, 0).x || label.x + label.halfWidth > pixel(1, 0).x;
  return (
    Number(isOutside) +
    dots.filter(({ x, y }) => covers(x, y, 4, 4)).length +
    placed.filter(({ x, y, halfWidth }) => covers(x, y, halfWidth, halfLineHeight)).length
  );
}

/** Ascending numbers with those that follow each other drawn together: 1, 3–5. */
function runs(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

/** Where 2pr / (p + r) is 0.1, 0.2, …, as far as it is inside the scales. */
function equalF1Lines(across: Scale, up: Scale): readonly Markup[] {
  const steps = 80;
  return [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].flatMap((f1) => {
    const points = Array.from({ length: steps + 1 }, (_, index) => across.low + ((across.high - across.low) * index) / steps).flatMap(
      (recall) => {
        const precision = (f1 * recall) / (2 * recall - f1);
        if (2 * recall <= f1 || precision < up.low || precision > up.high) return [];
        return [pixel(across.place(recall), up.place(precision))];
      },
    );
    const last = points.at(-1);
    if (last === undefined || points.length < 2) return [];
    return [
      html`<polyline class="contour" points="${points.map(({ x, y }) => `${x},${y}`).join(' ')}"/><text class="faint" x="${last.x - 2}" y="${last.y - 3}" text-anchor="end">F1 ${percent(f1).replace('.0', '')}</text>`,
    ];
  });
}
