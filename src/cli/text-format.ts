import type { Entity } from '../pipeline/recognition.ts';
import type { Format } from './format.ts';
import { highlight } from './highlight.ts';
import { printable } from './printable.ts';
import { renderStory } from './story.ts';
import { alignedTable } from './table.ts';
import type { Colours } from './terminal.ts';

/** For people: the text with its entities highlighted, then a table of them; with a trace, first the story of how they came about. */
export const textFormat: Format = async function* (results, { types, several, trace, colours }) {
  const names = types.map(({ name }) => name);
  let gap = '';
  for await (const recognition of results) {
    if (recognition.status === 'failed') continue;
    const { id, text, entities } = recognition;
    const title = several ? `${colours.bold(`── ${printable(id)}`)}\n` : '';
    const story = trace ? `${renderStory(recognition, colours)}\n` : '';
    yield `${gap}${title}${story}${highlight(text, entities, colours, names).trimEnd()}\n${entityTable(entities, colours)}`;
    gap = '\n';
  }
};

/** One line an entity: type, score, offsets and text; one line to say so if there are none. */
function entityTable(entities: readonly Entity[], colours: Colours): string {
  if (entities.length === 0) return `\n${colours.dim('no entities')}\n`;
  const rows = entities.map(({ type, score, start, end, text }) => [
    printable(type),
    score.toFixed(2),
    `${start}–${end}`,
    printable(text).replace(/\s+/g, ' '),
  ]);
  const table = alignedTable([['type', 'score', 'offsets', 'text'], ...rows], {
    right: [1, 2],
    style: (cell, _, row) => (row === 0 ? colours.dim(cell) : cell),
  });
  return ['', ...table, ''].join('\n');
}
