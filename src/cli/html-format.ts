import picocolors from 'picocolors';
import type { EntityType } from '../document/entity-type.ts';
import type { Degradation, Entity, FailedRecognition, Recognition } from '../pipeline/recognition.ts';
import type { Format } from './format.ts';
import { escaped } from './markup.ts';
import { renderNested } from './nesting.ts';
import { renderStory } from './story.ts';

/** One page for all documents, complete in itself: no script, no request; light or dark as the reader's system is. */
export const htmlFormat: Format = async function* (results, { types, trace }) {
  const classes = new Map(types.map(({ name }, index) => [name, `t${index}`]));
  yield head(types);
  for await (const result of results) yield section(result, (type) => classes.get(type) ?? '', trace);
  yield '</main>\n</body>\n</html>\n';
};

const sheet = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #444); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: light-dark(#222, #ddd); background: light-dark(#fff, #181818); }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
section { border-top: 1px solid var(--line); padding: 1rem 0; }
.text { line-height: 2.4; white-space: pre-wrap; overflow-wrap: anywhere; }
mark { color: inherit; background: light-dark(hsl(var(--hue) 75% 86%), hsl(var(--hue) 45% 27%)); border: 1px solid light-dark(hsl(var(--hue) 50% 55%), hsl(var(--hue) 45% 50%)); border-radius: .3em; padding: .15em .3em; }
mark mark { padding-block: 0; }
mark small { font-size: .7em; font-weight: 600; margin-inline-start: .4em; opacity: .8; }
table { border-collapse: collapse; } th, td { text-align: start; padding: .1rem 1rem .1rem 0; overflow-wrap: anywhere; } td.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; padding: 0; }
pre { overflow-x: auto; font-size: .85rem; } .quiet { opacity: .7; }
`;

/** Neighbours in the inventory get hues that are far apart: multiples of the golden angle. */
const goldenAngleDegrees = 137.5;

function head(types: readonly EntityType[]): string {
  const hues = types.map((_, index) => `.t${index} { --hue: ${(index * goldenAngleDegrees) % 360}; }`).join('\n');
  const legend = types.map(({ name, definition }, index) => {
    const title = definition === undefined ? '' : ` title="${escaped(definition)}"`;
    return `<li><mark class="t${index}"${title}>${escaped(name)}</mark></li>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Named entities</title>
<style>${sheet}${hues}
</style>
</head>
<body>
<main>
<h1>Named entities</h1>
<ul class="legend" aria-label="Types">
${legend.join('\n')}
</ul>
`;
}

function section(recognition: Recognition | FailedRecognition, classOf: (type: string) => string, trace: boolean): string {
  if (recognition.status === 'failed') return failedSection(recognition);
  const { id, text, entities, degraded } = recognition;
  const marked = renderNested(text, entities, {
    plain: escaped,
    span: ({ type }, contents) => `<mark class="${classOf(type)}">${contents}<small>${escaped(type)}</small></mark>`,
  });
  const story = trace
    ? `<details>\n<summary>How they came about</summary>\n<pre>${escaped(renderStory(recognition, picocolors.createColors(false)))}</pre>\n</details>\n`
    : '';
  return `<section>
<h2>${escaped(id)}</h2>
<div class="text" dir="auto" lang="">${marked}</div>
${entityTable(entities)}${degradedNote(degraded)}${story}</section>
`;
}

function failedSection({ id, text, error }: FailedRecognition): string {
  return `<section>
<h2>${escaped(id)}</h2>
<div class="text" dir="auto" lang="">${escaped(text)}</div>
<p><strong>This document failed.</strong> ${escaped(error.message)}</p>
</section>
`;
}

function degradedNote(degraded: readonly Degradation[]): string {
  if (degraded.length === 0) return '';
  const lines = new Set(degraded.map(({ modelId, stage, reason }) => `<li>${escaped(`${modelId}, ${stage}: ${reason}`)}</li>`));
  return `<details class="quiet">\n<summary>Not every model took part in everything</summary>\n<ul>${[...lines].join('')}</ul>\n</details>\n`;
}

function entityTable(entities: readonly Entity[]): string {
  if (entities.length === 0) return '<p class="quiet">No entities.</p>\n';
  const rows = entities.map(
    ({ type, score, start, end, text }) =>
      `<tr><td>${escaped(type)}</td><td class="number">${score.toFixed(2)}</td><td class="number">${start}–${end}</td><td dir="auto" lang="">${escaped(text)}</td></tr>`,
  );
  return `<table>\n<tr><th>type</th><th>score</th><th>offsets</th><th>text</th></tr>\n${rows.join('\n')}\n</table>\n`;
}
