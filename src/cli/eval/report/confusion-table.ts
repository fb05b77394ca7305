import { none } from '../../../document/entity-type.ts';
import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';

/** Gold types down and predicted ones across; the darker a cell, the more of its row. */
export function confusionTable(confusion: Row['confusion'], inventory: readonly string[]): Markup {
  // As maps, for a type may be called like a property that every object has.
  const counted = new Map(Object.entries(confusion).map(([gold, predicted]) => [gold, new Map(Object.entries(predicted))]));
  const found = Array.from(counted).flatMap(([gold, predicted]) => [gold, ...predicted.keys()]);
  const types = [...new Set([...inventory, ...found])].filter((type) => type !== none);
  const names = [...types, none];
  const lines = names.map((gold) => {
    const counts = names.map((predicted) => counted.get(gold)?.get(predicted) ?? 0);
    const sum = counts.reduce((total, count) => total + count, 0);
    const cells = counts.map((count, column) =>
      gold === none && names[column] === none ? html`<td></td>` : cell(count, sum, gold === names[column]),
    );
    return html`<tr><th scope="row">${shown(gold)}</th>${cells}</tr>\n`;
  });
  return html`<div class="scrolling" tabindex="0" role="region" aria-label="Confusion matrix">
<table class="confusion">
<caption>Confusion of types: gold down, predicted across. Outlined cells are right; the deeper the colour, the greater the part of its row. A wrong boundary counts as one gold and one predicted mention without a partner.</caption>
<thead><tr><th scope="col">gold \\ predicted</th>${names.map((name) => html`<th scope="col">${shown(name)}</th>`)}</tr></thead>
<tbody>
${lines}</tbody>
</table>
</div>
`;
}

function shown(name: string): string {
  return name === none ? 'no mention' : name;
}

function cell(count: number, sum: number, isRight: boolean): Markup {
  const share = count === 0 ? 0 : Math.round((100 * count) / sum);
  return html`<td class="number ${isRight ? 'right' : 'wrong'}" style="--share:${share}%">${count === 0 ? '·' : count}</td>`;
}
