import type { Manifest } from '../../../experiment/manifest.ts';
import type { Row } from '../../../experiment/row.ts';
import { counted } from '../../counted.ts';
import { html, type Markup } from '../../markup.ts';
import { percent } from '../figures.ts';

/** The figures of the full system, the first things that a reader wants to know. */
export function headline(
  { documents, failed, degraded, counts, micro, intervals, calls, tokens, seconds }: Row,
  manifest: Manifest,
): Markup {
  const { truePositives, falsePositives, falseNegatives } = counts;
  const ratio = (name: string, key: keyof Row['micro'], part: string): Markup =>
    figure(name, `${percent(micro[key])} %`, `95 %: ${intervals[key].map(percent).join('–')}; ${part}`);
  const perDocument = documents === 0 ? 0 : seconds / documents;
  return html`<section aria-labelledby="full">
<h2 id="full">The full system</h2>
<p>${manifest.models.map(({ id }) => id).join(', ')} on ${counted(documents, 'document')} with ${counted(truePositives + falseNegatives, 'gold mention')} of ${counted(manifest.types.length, 'type')}.</p>
<dl class="figures">
${ratio('F1', 'f1', 'strict spans and types, micro')}
${ratio('Precision', 'precision', `${share(truePositives, truePositives + falsePositives, 'predicted mention')} right`)}
${ratio('Recall', 'recall', `${share(truePositives, truePositives + falseNegatives, 'gold mention')} found`)}
${figure('Cost', counted(calls, 'call'), `${counted(tokens.prompt, 'prompt token')} (${tokens.cached.toLocaleString('en')} cached) and ${counted(tokens.reply, 'reply token')}; models’ time ${seconds.toFixed(0)} s, ${perDocument.toFixed(1)} s a document`)}
</dl>
${failed === 0 ? '' : html`<p class="failure"><strong>${failed} of ${counted(documents, 'document')} failed.</strong> All their gold mentions count as missed, and as never proposed.</p>\n`}${degraded === 0 ? '' : html`<p class="failure"><strong>${degraded} of ${counted(documents, 'document')} degraded.</strong> A model failed on them, and the others decided without it.</p>\n`}</section>
`;
}

function figure(name: string, value: string, remark: string): Markup {
  return html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd>${remark}</dd></div>`;
}

function share(part: number, whole: number, noun: string): string {
  return `${part.toLocaleString('en')} of ${counted(whole, noun)}`;
}
