import { html, type Markup } from '../../markup.ts';

/** A place on an axis with its label; `at` in [0, 1] from the axis's begin. */
interface Tick {
  readonly at: number;
  readonly label: string;
}

/** An axis that is a part of the percentages. */
export interface Scale {
  readonly ticks: readonly Tick[];
  /** Where a ratio is on the axis, in [0, 1] for those inside it. */
  place(ratio: number): number;
  readonly low: number;
  readonly high: number;
}

const box = { width: 420, height: 300, left: 48, right: 14, top: 12, bottom: 46 };

/** Pixels of the drawing of a place in [0, 1] × [0, 1], counted from its lower left corner. */
export function pixel(across: number, up: number): { readonly x: number; readonly y: number } {
  const x = box.left + across * (box.width - box.left - box.right);
  const y = box.height - box.bottom - up * (box.height - box.top - box.bottom);
  return { x: Math.round(10 * x) / 10, y: Math.round(10 * y) / 10 };
}

/** A scale in percent from the tenth below all ratios to the tenth above them. */
export function percentScale(values: readonly number[]): Scale {
  const low = Math.min(9, Math.floor(10 * Math.min(...values) + 1e-9));
  const high = Math.max(low + 1, Math.ceil(10 * Math.max(...values) - 1e-9));
  const steps = high - low;
  const stride = steps > 6 ? 2 : 1;
  const tenths = Array.from({ length: Math.floor(steps / stride) + 1 }, (_, index) => low + index * stride);
  return {
    ticks: tenths.map((tenth) => ({ at: (tenth - low) / steps, label: String(10 * tenth) })),
    place: (ratio) => (10 * ratio - low) / steps,
    low: low / 10,
    high: high / 10,
  };
}

export interface CartesianPlot {
  /** Of the page, for what refers to the drawing's title. */
  readonly id: string;
  readonly title: string;
  readonly caption: Markup;
  readonly across: { readonly name: string; readonly ticks: readonly Tick[] };
  readonly up: { readonly name: string; readonly ticks: readonly Tick[] };
  readonly contents: readonly Markup[];
}

/** A figure with two axes. Its drawing grows and shrinks with the page. */
export function cartesianPlot({ id, title, caption, across, up, contents }: CartesianPlot): Markup {
  const [origin, corner] = [pixel(0, 0), pixel(1, 1)];
  const columns = across.ticks.map(({ at, label }) => {
    const { x } = pixel(at, 0);
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${corner.y}" y2="${origin.y}"/><text class="tick" x="${x}" y="${origin.y + 16}" text-anchor="middle">${label}</text>`;
  });
  const lines = up.ticks.map(({ at, label }) => {
    const { y } = pixel(0, at);
    return html`<line class="grid" x1="${origin.x}" x2="${corner.x}" y1="${y}" y2="${y}"/><text class="tick" x="${origin.x - 6}" y="${y + 4}" text-anchor="end">${label}</text>`;
  });
  const middle = pixel(0.5, 0.5);
  return html`<figure>
<figcaption>${caption}</figcaption>
<svg viewBox="0 0 ${box.width} ${box.height}" role="img" aria-labelledby="${id}-title">
<title id="${id}-title">${title}</title>
${columns}${lines}
<text class="axis" x="${middle.x}" y="${box.height - 8}" text-anchor="middle">${across.name}</text>
<text class="axis" transform="translate(13 ${middle.y}) rotate(-90)" text-anchor="middle">${up.name}</text>
${contents}
</svg>
</figure>
`;
}
