import type { LabelledSentence, TypedSpan } from '../../../document/labelled.ts';
import { analyseErrors, type MentionError } from '../../../evaluation/error-analysis.ts';
import type { DocumentResult } from '../../../experiment/document-result.ts';
import { predictedMentions } from '../../../experiment/row.ts';
import { counted } from '../../counted.ts';
import { html, type Markup } from '../../markup.ts';
import { alignedLines } from './aligned-lines.ts';
import { errorItem } from './error-item.ts';
import { hueClasses } from './hues.ts';

/** How many documents are shown. */
const shown = 20;

interface Analysed {
  readonly sentence: LabelledSentence;
  readonly result: DocumentResult;
  readonly predicted: readonly TypedSpan[];
  readonly correct: number;
  readonly errors: readonly MentionError[];
}

/** The documents with the most errors, of equally bad ones those with less that is right first; then those that failed. */
export function worstDocuments(data: readonly LabelledSentence[], results: readonly DocumentResult[], types: readonly string[]): Markup {
  const analysed = results.flatMap((result, index) => {
    const sentence = data[index];
    return sentence === undefined ? [] : [analyse(sentence, result)];
  });
  const worst = analysed
    .filter(({ errors }) => errors.length > 0)
    .toSorted((a, b) => b.errors.length - a.errors.length || a.correct - b.correct);
  const classOf = hueClasses(types);
  const legend = types.map((type) => html`<li><mark class="first last ${classOf(type)}">${type}</mark></li>`);
  const failures = results.filter(({ failure }) => failure !== undefined);
  const summary =
    worst.length === 0
      ? html`<p>No document has errors.</p>`
      : html`<p>${worst.length} of ${counted(results.length, 'document')} ${worst.length === 1 ? 'has' : 'have'} errors${worst.length > shown ? `; these are the worst ${shown}` : ''}. Of each pair of lines the upper one has the gold mentions and the lower, shaded one those that were predicted.</p>
<ul class="legend" aria-label="Types">${legend}</ul>
`;
  return html`${summary}${worst.slice(0, shown).map((document) => article(document, classOf))}${failures.length === 0 ? '' : failureList(failures)}`;
}

function analyse(sentence: LabelledSentence, result: DocumentResult): Analysed {
  const predicted = predictedMentions(result);
  const { correct, errors } = analyseErrors(sentence.entities, predicted);
  return { sentence, result, predicted, correct: correct.length, errors };
}

function article({ sentence, result, predicted, correct, errors }: Analysed, classOf: (type: string) => string): Markup {
  const { id, text, entities } = sentence;
  const failed = result.failure === undefined ? '' : html`<p class="failure"><strong>The document failed:</strong> ${result.failure}</p>\n`;
  return html`<article>
<h3>${id} <small>${counted(errors.length, 'error')}, ${correct} right</small></h3>
${failed}${alignedLines(text, { gold: entities, predicted }, classOf)}<ol class="errors">
${errors.map((error) => errorItem(error, text, result))}</ol>
</article>
`;
}

function failureList(failures: readonly DocumentResult[]): Markup {
  const items = failures.map(({ id, failure }) => html`<dt>${id}</dt><dd>${failure ?? ''}</dd>\n`);
  return html`<h3>Documents that failed</h3>
<dl class="failure">
${items}</dl>
`;
}
