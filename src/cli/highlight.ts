import type { TypedSpan } from '../document/labelled.ts';
import { renderNested } from './nesting.ts';
import { printable } from './printable.ts';
import type { Colours } from './terminal.ts';

/** Each type has one to itself, as long as there are enough of them. */
const palette = ['bgCyan', 'bgYellow', 'bgGreen', 'bgMagenta', 'bgBlue', 'bgRed'] as const satisfies readonly (keyof Colours)[];

/**
 * The text with its entities in the colours of their types and with the type behind; without colours as `[Barack Obama](person)`.
 * Nested entities are shown in each other; of two that cross, only the first one.
 * @param types - names in the order of their colours; default: those of the entities. Give the inventory to have equal colours in
 * all texts.
 */
export function highlight(
  text: string,
  entities: readonly TypedSpan[],
  colours: Colours,
  types: readonly string[] = [...new Set(entities.map(({ type }) => type))],
): string {
  return renderNested(text, entities, {
    plain: printable,
    span: ({ type }, contents) => {
      if (!colours.isColorSupported) return `[${contents}](${printable(type)})`;
      const background = palette[Math.max(0, types.indexOf(type)) % palette.length] ?? palette[0];
      return colours[background](colours.black(` ${colours.bold(contents)} ${printable(type)} `));
    },
  });
}
