import { printable } from './printable.ts';

/** HTML that is safe to put into a page: what is foreign in it was escaped. */
export interface Markup {
  readonly markup: string;
}

/**
 * A template of HTML. Strings and numbers that are put into it are escaped, so that they are safe between tags and in quoted attributes;
 * markup is taken as it is, and a list of it is joined.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly (Markup | readonly Markup[] | string | number)[]): Markup {
  const rendered = literals.map((literal, index) => literal + render(parts[index] ?? ''));
  return { markup: rendered.join('') };
}

/** Foreign text, safe between tags and in quoted attributes. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => references[character] ?? character);
}

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function render(part: Markup | readonly Markup[] | string | number): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}
