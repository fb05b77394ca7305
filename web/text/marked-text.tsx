import type { RefObject } from 'preact';
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
    const listener = ({ target }: MouseEvent): void => {
      if (!(target instanceof Element)) return;
      const isMarking = target.closest('[data-tag]') === null && selectedSpan(current) !== undefined;
      const key = target.closest('[data-mention]')?.getAttribute('data-mention');
      const mention = mentions.find((one) => one.key === key);
      if (mention !== undefined && !isMarking) onSelect(mention);
    };
    current.addEventListener('click', listener);
    return () => current.removeEventListener('click', listener);
  }, [mentions, onSelect]);
  useMarking(element, onMark);
  useEffect(() => element.current?.querySelector('.selected')?.scrollIntoView({ block: 'nearest' }), [selected]);
  return (
    <section class="text" aria-label={label} dir="auto" lang="" ref={element}>
      <Pieces pieces={pieces} text={text} types={types} selected={selected} />
    </section>
  );
}

/** Milliseconds for which a selection stays as it is before it is told. */
const settlingMs = 150;

/** Tells which part of a text is selected, be it with a mouse, a finger or keys. */
function useMarking(element: RefObject<HTMLElement | null>, onMark: MarkedTextProps['onMark']): void {
  useEffect(() => {
    if (onMark === undefined) return;
    let settling: ReturnType<typeof setTimeout> | undefined;
    const listener = (): void => {
      clearTimeout(settling);
      settling = setTimeout(() => {
        const span = element.current === null ? undefined : selectedSpan(element.current);
        if (span !== undefined) onMark(span);
      }, settlingMs);
    };
    document.addEventListener('selectionchange', listener);
    return () => {
      clearTimeout(settling);
      document.removeEventListener('selectionchange', listener);
    };
  }, [element, onMark]);
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
        const { span: mention, isFirst } = piece;
        return <Mark piece={piece} key={`${mention.key}${isFirst}`} {...shared} />;
      })}
    </>
  );
}

function Mark({ piece, ...shared }: Omit<PiecesProps, 'pieces'> & { readonly piece: Exclude<Piece<ShownMention>, string> }) {
  const { span: mention, isFirst, isLast, contents } = piece;
  const isSelected = mention.key === shared.selected;
  const ends = `${isFirst ? '' : ' goes-on'}${isLast ? '' : ' is-cut'}`;
  const isTagged = isLast && mention.state !== 'provisional';
  const [before, last] = isTagged ? withLastWord(contents) : [contents, ''];
  return (
    <mark
      class={`mention ${hueClass(mention.type, shared.types)} ${mention.state}${ends}${isSelected ? ' selected' : ''}`}
      data-mention={mention.key}
    >
      <Pieces pieces={before} {...shared} />
      {isTagged && (
        <span class="end">
          {last}
          <Tag mention={mention} text={shared.text} isSelected={isSelected} />
        </span>
      )}
    </mark>
  );
}

/** Longest last word that is kept on the line of the type behind it, in UTF-16 code units. */
const longestWord = 24;

/** What a mention contains, its last word apart from the rest; there is none where another mention ends with this one. */
function withLastWord(contents: readonly Piece<ShownMention>[]): readonly [readonly Piece<ShownMention>[], string] {
  const last = contents.at(-1);
  if (typeof last !== 'string') return [contents, ''];
  const word = /\S+$/.exec(last)?.[0] ?? '';
  if (word.length > longestWord) return [contents, ''];
  return [[...contents.slice(0, -1), last.slice(0, last.length - word.length)], word];
}

const states = { found: '', provisional: '', corrected: ', corrected', rejected: ', rejected' } as const;

function Tag({ mention, text, isSelected }: { readonly mention: ShownMention; readonly text: string; readonly isSelected: boolean }) {
  const { type = 'no type', score, state, key, start, end } = mention;
  const told = score === undefined ? '' : `, score ${score.toFixed(2)}`;
  return (
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
  );
}
