import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { errorKinds, errorStages, type Named } from './error-names.ts';

/** How often each kind of error occurred, and at which stage errors arose. */
export function errorCharts({ errors, stages }: Row): Markup {
  if (Object.keys(errors).length === 0) return html`<p>No errors.</p>`;
  return html`<div class="charts">${[
    barChart('kinds', 'Errors by kind', errorKinds, errors),
    barChart('stages', 'Errors by the stage of the pipeline that erred', errorStages, stages),
  ]}</div>`;
}

const barHeight = 46;

function barChart(
  id: string,
  title: string,
  names: Readonly<Record<string, Named>>,
  counts: Readonly<Record<string, number | undefined>>,
): Markup {
  const all = Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0);
  const most = Math.max(...Object.values(counts).map((count = 0) => count));
  const bars = Object.entries(names).map(([key, { name }], index) => {
    const count = counts[key] ?? 0;
    const y = index * barHeight;
    const figures = `${count} (${((100 * count) / all).toFixed(0)} %)`;
    return html`<g><text x="0" y="${y + 15}">${name}</text><text class="figure" x="100%" y="${y + 15}" text-anchor="end">${figures}</text><rect class="track" x="0" y="${y + 22}" width="100%" height="12" rx="3"/><rect class="bar" x="0" y="${y + 22}" width="${((100 * count) / most).toFixed(1)}%" height="12" rx="3"/></g>
`;
  });
  const meanings = Object.values(names).map(({ name, meaning }) => html`<dt>${name}</dt><dd>${meaning}</dd>`);
  return html`<figure>
<figcaption><strong>${title}.</strong> ${all} in all.</figcaption>
<svg class="wide" role="img" aria-labelledby="${id}-title" height="${bars.length * barHeight}">
<title id="${id}-title">${title}</title>
${bars}</svg>
<details><summary>What these mean</summary><dl>${meanings}</dl></details>
</figure>
`;
}
