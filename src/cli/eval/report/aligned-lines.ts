import type { TypedSpan } from '../../../document/labelled.ts';
import { bySpan, overlap, sameSpan } from '../../../document/span.ts';
import { html, type Markup } from '../../markup.ts';

/**
 * A text twice, once with its gold and once with its predicted mentions. Both lines are made of the same pieces of text and the same
 * labels, hidden where they belong to the other line; so they break at the same places and letters stay above each other. Mentions may
 * nest and cross.
 * @param classOf - the class of the page's style sheet that has a type's colour.
 */
export function alignedLines(
  text: string,
  sides: { readonly gold: readonly TypedSpan[]; readonly predicted: readonly TypedSpan[] },
  classOf: (type: string) => string,
): Markup {
  const atoms = atomsOf(text, [...sides.gold, ...sides.predicted]);
  const line = (side: 'gold' | 'predicted'): Markup => {
    const placed = place(atoms, sides[side]);
    return html`<p class="${side}" dir="auto" lang=""><bdi class="side" lang="en">${side}</bdi>${atoms.map((atom, index) => piece(atom, index, placed, classOf))}</p>`;
  };
  return html`<div class="pair">
${line('gold')}
${line('predicted')}
</div>
`;
}

/** A piece of the text that no mention's bound cuts, or the label of a mention, which stands at the mention's end. */
type Atom = { readonly start: number; readonly text: string } | { readonly start: number; readonly label: TypedSpan };

/** In order of reading; of labels at one place those of inner mentions first. */
function atomsOf(text: string, mentions: readonly TypedSpan[]): readonly Atom[] {
  const distinct = mentions.filter((mention, index) => mentions.findIndex((other) => sameMention(other, mention)) === index);
  const innermostFirst = distinct.toSorted(bySpan).reverse();
  const bounds = [...new Set([0, ...distinct.flatMap(({ start, end }) => [start, end]), text.length])].sort((a, b) => a - b);
  return bounds.flatMap((start, index): Atom[] => [
    ...innermostFirst.filter(({ end }) => end === start).map((label) => ({ start, label })),
    ...(index === bounds.length - 1 ? [] : [{ start, text: text.slice(start, bounds[index + 1]) }]),
  ]);
}

/** A mention with the atoms that it covers. */
interface Placed {
  readonly mention: TypedSpan;
  readonly first: number;
  /** That of its label. */
  readonly last: number;
  /** How many mentions are inside each other in it, itself included; it is drawn the taller. */
  readonly height: number;
}

/** Containers before their contents. */
function place(atoms: readonly Atom[], mentions: readonly TypedSpan[]): readonly Placed[] {
  const placed: Placed[] = [];
  for (const mention of mentions.toSorted(bySpan).reverse()) {
    const inner = placed.filter((other) => overlap(other.mention, mention)).map(({ height }) => height);
    placed.unshift({
      mention,
      first: atoms.findIndex((atom) => 'text' in atom && atom.start >= mention.start),
      last: atoms.findIndex((atom) => 'label' in atom && sameMention(atom.label, mention)),
      height: 1 + Math.max(0, ...inner),
    });
  }
  return placed;
}

function piece(atom: Atom, index: number, placed: readonly Placed[], classOf: (type: string) => string): Markup {
  const covering = placed.filter(({ first, last }) => first <= index && index <= last);
  const isOwn = covering.some(({ last }) => last === index);
  const contents =
    'text' in atom ? html`${atom.text}` : html`<small${isOwn ? '' : html` class="other" aria-hidden="true"`}>${atom.label.type}</small>`;
  return covering.reduceRight((inner, { mention, first, last, height }) => {
    const ends = `${first === index ? ' first' : ''}${last === index ? ' last' : ''}`;
    return html`<mark class="${classOf(mention.type)}${ends}" style="--height:${height}">${inner}</mark>`;
  }, contents);
}

function sameMention(a: TypedSpan, b: TypedSpan): boolean {
  return sameSpan(a, b) && a.type === b.type;
}
