import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Piece, piecesOf } from '../../src/document/pieces.ts';
import type { Span } from '../../src/document/span.ts';
import { hueClass } from './hue.ts';
import { selectedSpan } from './selected-span.ts';
import type { ShownMention } from './shown-mention.ts';

interface MarkedTextProps {
  readonly text: string;
  readonly mentions: readonly ShownMention[];
  /** The inventory, whose order decides on colours. */
  readonly types: readonly string[];
  /** The key of the mention whose story is told. */
  readonly selected?: string | undefined;
  readonly label: string;
  readonly onSelect: (mention: ShownMention) => void;
  /** Is told which part of the text the user marked. */
  readonly onMark?: ((span: Span) => void) | undefined;
}

/** A text with its mentions. Each has a button with its type, which is also there for the keyboard; a click on its words does the same. */
export function MarkedText({ text, mentions, types, selected, label, onSelect, onMark }: MarkedTextProps) {
  const element = useRef<HTMLDivElement>(null);
  const pieces = useMemo(() => piecesOf(text, mentions), [text, mentions]);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const listener = (event: MouseEvent): void => {
      const span = selectedSpan(current);
      if (span !== undefined) {
        onMark?.(span);
        return;
      }
      const mark = event.target instanceof Element ? event.target.closest('[data-mention]') : null;
      const mention = mentions.find(({ key }) => key === mark?.getAttribute('data-mention'));
      if (mention !== undefined) onSelect(mention);
    };
    current.addEventListener('click', listener);
    return () => current.removeEventListener('click', listener);
  }, [mentions, onSelect, onMark]);
  return (
    <section class="text" aria-label={label} dir="auto" lang="" ref={element}>
      <Pieces pieces={pieces} text={text} types={types} selected={selected} />
    </section>
  );
}

interface PiecesProps {
  readonly pieces: readonly Piece<ShownMention>[];
  readonly text: string;
  readonly types: readonly string[];
  readonly selected: string | undefined;
}

function Pieces({ pieces, ...shared }: PiecesProps) {
  return (
    <>
      {pieces.map((piece) => {
        if (typeof piece === 'string') return piece;
        const { span: mention, isFirst, isLast, contents } = piece;
        const isSelected = mention.key === shared.selected;
        const ends = `${isFirst ? '' : ' goes-on'}${isLast ? '' : ' is-cut'}`;
        const className = `mention ${hueClass(mention.type, shared.types)} ${mention.state}${ends}${isSelected ? ' selected' : ''}`;
        return (
          <mark class={className} data-mention={mention.key} key={`${mention.key}${isFirst}`}>
            <Pieces pieces={contents} {...shared} />
            {isLast && mention.state !== 'provisional' && <Tag mention={mention} text={shared.text} isSelected={isSelected} />}
          </mark>
        );
      })}
    </>
  );
}

/** Keeps a type on the line of the word before it. */
const wordJoiner = '\u2060';

const states = { found: '', provisional: '', corrected: ', corrected', rejected: ', rejected' } as const;

function Tag({ mention, text, isSelected }: { readonly mention: ShownMention; readonly text: string; readonly isSelected: boolean }) {
  const { type = 'no type', score, state, key, start, end } = mention;
  const told = score === undefined ? '' : `, score ${score.toFixed(2)}`;
  return (
    <>
      <span class="join" data-tag="" aria-hidden="true">
        {wordJoiner}
      </span>
      <button
        type="button"
        class="tag"
        dir="ltr"
        data-tag={key}
        aria-pressed={isSelected}
        aria-label={`${type}: ${text.slice(start, end)}${told}${states[state]}`}
      >
        {state === 'rejected' ? '✕ ' : ''}
        {state === 'corrected' ? '✎ ' : ''}
        <bdi>{type}</bdi>
      </button>
    </>
  );
}
