import type { Row } from '../../../experiment/row.ts';
import { counted } from '../../counted.ts';
import { html, type Markup } from '../../markup.ts';
import { frequentReasons } from '../../reasons.ts';

/** Why documents failed, or were decided without a model, in each system where they did; nothing where all went well. */
export function troubles(rows: readonly Row[]): readonly Markup[] {
  const told = rows.flatMap((row) => {
    const reasons = reasonsOf(row);
    return reasons.length === 0 ? [] : [html`<dt>${row.name}</dt>${reasons.map((reason) => html`<dd>${reason}</dd>`)}\n`];
  });
  if (told.length === 0) return [];
  return [
    html`<h3>What went wrong</h3>
<p>All gold mentions of a document that failed count as missed. A degraded one was decided without a model that failed on it.</p>
<dl class="failure">
${told}</dl>
`,
  ];
}

function reasonsOf({ perDocument }: Row): readonly string[] {
  const failures = frequentReasons(perDocument.flatMap(({ failure }) => failure ?? []));
  const degradations = frequentReasons(
    perDocument.flatMap(({ degraded = [] }) => degraded.map(({ modelId, reason }) => `${modelId}: ${reason}`)),
  );
  return [
    ...failures.map(({ reason, count }) => `${counted(count, 'failed document')}: ${reason}`),
    ...degradations.map(({ reason, count }) => `${counted(count, 'degraded document')}: ${reason}`),
  ];
}
