import type { LabelledSentence } from '../../../document/labelled.ts';
import { type Counts, macroRatios, ratios, sumCounts, sumTypeCounts, typeCounts } from '../../../evaluation/scorer.ts';
import type { DocumentResult } from '../../../experiment/document-result.ts';
import { predictedMentions } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';

/** Counts and ratios of each type that is gold or predicted, and of all of them. */
export function typeTable(data: readonly LabelledSentence[], results: readonly DocumentResult[]): Markup {
  const counts = sumTypeCounts(results.map((result, index) => typeCounts(data[index]?.entities ?? [], predictedMentions(result))));
  const macro = macroRatios(counts);
  const macroCells = [macro.precision, macro.recall, macro.f1].map((ratio) => html`<td class="number">${percent(ratio)}</td>`);
  return html`<div class="scrolling" tabindex="0" role="region" aria-label="Scores by type">
<table>
<caption>Scores of the full system by type, in percent.</caption>
<thead><tr><th scope="col">Type</th><th scope="col">P</th><th scope="col">R</th><th scope="col">F1</th><th scope="col">Right</th><th scope="col">Spurious</th><th scope="col">Missed</th></tr></thead>
<tbody>
${Array.from(counts, ([type, ofType]) => line(type, ofType))}</tbody>
<tfoot>
${line('all, micro', sumCounts(counts.values()))}<tr><th scope="row">all, macro</th>${macroCells}<td></td><td></td><td></td></tr>
</tfoot>
</table>
</div>
`;
}

function line(name: string, counts: Counts): Markup {
  const { precision, recall, f1 } = ratios(counts);
  const { truePositives, falsePositives, falseNegatives } = counts;
  const cells = [...[precision, recall, f1].map(percent), ...[truePositives, falsePositives, falseNegatives].map(String)];
  return html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>\n`;
}
