import type { LabelledSentence } from '../../../document/labelled.ts';
import type { DocumentResult } from '../../../experiment/document-result.ts';
import type { Experiment } from '../../../experiment/experiment.ts';
import { html, type Markup } from '../../markup.ts';
import { confusionTable } from './confusion-table.ts';
import { demonstrationPlot } from './demonstration-plot.ts';
import { errorCharts } from './error-charts.ts';
import { headline } from './headline.ts';
import { intervalPlot } from './interval-plot.ts';
import { page } from './page.ts';
import { precisionRecallPlot } from './precision-recall-plot.ts';
import { provenance } from './provenance.ts';
import { systemTable } from './system-table.ts';
import { troubles } from './troubles.ts';
import { typeTable } from './type-table.ts';
import { worstDocuments } from './worst-documents.ts';

/** What a report tells of. */
export interface ReportContents {
  /** Its first row is that of the full system. */
  readonly experiment: Experiment;
  /** The gold sentences. */
  readonly data: readonly LabelledSentence[];
  /** What the full system made of them, in their order. */
  readonly results: readonly DocumentResult[];
}

/**
 * An experiment as one page of HTML that needs nothing else: figures, plots, errors, the worst documents and what it takes to repeat
 * it. It asks for nothing from a network, is complete without its script, which only sorts the table of systems, and is light or dark
 * as the reader's system is.
 */
export function renderReport({ experiment, data, results }: ReportContents): string {
  const { manifest, rows } = experiment;
  const [full] = rows;
  if (full === undefined) return page(manifest, [html`<p>No system was run.</p>`, provenance(manifest)]);
  return page(manifest, [
    headline(full, manifest),
    section('Systems', [systemTable(rows), ...troubles(rows), html`<div class="charts">${[intervalPlot(rows), ...curves(rows)]}</div>`]),
    section('Types', [html`<div class="tables">${[typeTable(data, results), confusionTable(full.confusion, manifest.types)]}</div>`]),
    section('Errors', [errorCharts(full)]),
    section('Worst documents', [worstDocuments(data, results, manifest.types)]),
    provenance(manifest),
  ]);
}

/** Plots that need more than one system. */
function curves(rows: Experiment['rows']): readonly Markup[] {
  const plots = [demonstrationPlot(rows), precisionRecallPlot(rows)].filter((plot) => plot !== undefined);
  return plots.length === 0 ? [] : [html`<div>${plots}</div>`];
}

function section(title: string, contents: readonly Markup[]): Markup {
  return html`<section>
<h2>${title}</h2>
${contents}
</section>
`;
}
