import type { TypedSpan } from '../../../document/labelled.ts';
import { sameSpan } from '../../../document/span.ts';
import { errorKind, type MentionError } from '../../../evaluation/error-analysis.ts';
import { stageOfError } from '../../../evaluation/error-stage.ts';
import type { DocumentResult, TracedMention } from '../../../experiment/document-result.ts';
import { html, type Markup } from '../../markup.ts';
import { errorKinds, errorStages } from './error-names.ts';

/** One error of a document: what it is, where it arose, and all that the pipeline knew of its spans. */
export function errorItem(error: MentionError, text: string, { mentions, failure }: DocumentResult): Markup {
  const gold = 'gold' in error ? error.gold : undefined;
  const predicted = 'predicted' in error ? error.predicted : undefined;
  const boundary = error.kind === 'wrong-boundary-and-type' ? `, ${error.boundary.replace('-', ' ')}` : '';
  const stage = failure === undefined ? errorStages[stageOfError(error, mentions)].name : 'the document failed';
  const sides = [
    ...(gold === undefined ? [] : [html`gold ${spanned(text, gold)}`]),
    ...(predicted === undefined ? [] : [html`predicted ${spanned(text, predicted)}`]),
  ];
  const traced = mentions.filter((mention) => [gold, predicted].some((side) => side !== undefined && sameSpan(side, mention)));
  const story =
    traced.length === 0
      ? ''
      : html`<details><summary>votes and verdicts</summary>${traced.map((mention) => decision(mention, text))}</details>`;
  return html`<li><strong>${errorKinds[errorKind(error)].name}${boundary}</strong> <span class="stage">${stage}</span> ${joined(sides, ', ')}${story}</li>
`;
}

function spanned(text: string, { start, end, type }: TypedSpan): Markup {
  return html`<q dir="auto" lang="">${text.slice(start, end)}</q> ${type} <span class="quiet">${start}–${end}</span>`;
}

function decision(mention: TracedMention, text: string): Markup {
  const { start, end, proposals, votes, verdicts } = mention;
  const outcome =
    mention.status === 'rejected'
      ? `rejected at the stage “${mention.stage}”: ${mention.reason}`
      : `kept as ${mention.type}, score ${mention.score.toFixed(2)}`;
  const lines: readonly (readonly [string, readonly Markup[]])[] = [
    [
      'proposed by',
      proposals.map(({ modelId, reply, alignment }) =>
        alignment === 'exact' ? html`${modelId}` : html`${modelId} (wrote “${reply}”, ${alignment})`,
      ),
    ],
    ['votes', votes.map(({ modelId, choice, probability }) => html`${modelId}: ${choice}${belief(probability)}`)],
    [
      'verdicts',
      verdicts.map(
        ({ modelId, type, accepted, probability }) => html`${modelId}: ${accepted ? 'yes' : 'no'} to ${type}${belief(probability)}`,
      ),
    ],
    ['outcome', [html`${outcome}`]],
  ];
  const told = lines.filter(([, parts]) => parts.length > 0);
  return html`<p><q dir="auto" lang="">${text.slice(start, end)}</q></p><dl>${told.map(([name, parts]) => html`<dt>${name}</dt><dd>${joined(parts, '; ')}</dd>`)}</dl>`;
}

function belief(probability: number | undefined): string {
  return probability === undefined ? '' : ` (${probability.toFixed(2)})`;
}

function joined(parts: readonly Markup[], separator: string): readonly Markup[] {
  return parts.map((part, index) => (index === 0 ? part : html`${separator}${part}`));
}
