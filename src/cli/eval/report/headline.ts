import type { Manifest } from '../../../experiment/manifest.ts';
import type { Row } from '../../../experiment/row.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';

/** The figures of the full system, the first things that a reader wants to know. */
export function headline({ documents, failed, counts, micro, intervals, calls, tokens, seconds }: Row, manifest: Manifest): Markup {
  const { truePositives, falsePositives, falseNegatives } = counts;
  const ratio = (name: string, key: keyof Row['micro'], part: string): Markup =>
    figure(name, `${percent(micro[key])} %`, `95 %: ${intervals[key].map(percent).join('–')}; ${part}`);
  const perDocument = documents === 0 ? 0 : seconds / documents;
  return html`<section aria-labelledby="full">
<h2 id="full">The full system</h2>
<p>${manifest.models.map(({ id }) => id).join(', ')} on ${documents} documents with ${truePositives + falseNegatives} gold mentions of ${manifest.types.length} types.</p>
<dl class="figures">
${ratio('F1', 'f1', 'strict spans and types, micro')}
${ratio('Precision', 'precision', `${truePositives} of ${truePositives + falsePositives} predicted mentions are right`)}
${ratio('Recall', 'recall', `${truePositives} of ${truePositives + falseNegatives} gold mentions were found`)}
${figure('Cost', `${whole(calls)} calls`, `${whole(tokens.prompt)} prompt (${whole(tokens.cached)} cached) and ${whole(tokens.reply)} reply tokens; models’ time ${seconds.toFixed(0)} s, ${perDocument.toFixed(1)} s a document`)}
</dl>
${failed === 0 ? '' : html`<p class="failure"><strong>${failed} of ${documents} documents failed.</strong> All their gold mentions count as missed, and as never proposed.</p>\n`}</section>
`;
}

function figure(name: string, value: string, remark: string): Markup {
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd>${remark}</dd></div>`;
}

function whole(count: number): string {
  return count.toLocaleString('en');
}
