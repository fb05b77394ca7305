import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { overlap, sameSpan } from '../../src/document/span.ts';
import { type Edit, type Edits, sameMention } from './edits.ts';

interface CorrectionsProps {
  readonly text: string;
  /** As corrected. */
  readonly mentions: readonly TypedSpan[];
  readonly edits: Edits;
  /** Of them those that are saved. */
  readonly saved: Edits;
  readonly onUndo: (edit: Edit) => void;
}

/** What a person says otherwise than what was found. */
export function Corrections({ text, mentions, edits, saved, onUndo }: CorrectionsProps) {
  const list = useRef<HTMLUListElement>(null);
  const undone = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    if (undone.current !== undefined) buttons[Math.min(undone.current, buttons.length - 1)]?.focus();
    undone.current = undefined;
  }, [edits]);
  if (edits.length === 0) return null;
  return (
    <ul class="plain" aria-label="Corrections" ref={list}>
      {edits.map((edit, at) => (
        <li key={JSON.stringify(edit)}>
          <Told edit={edit} text={text} mentions={mentions} />
          {saved.includes(edit) && <span class="quiet">, saved</span>}{' '}
          <button
            type="button"
            class="quiet-button"
            aria-label={`Undo the correction of ${wordsOf(text, edit.to ?? edit.from)}`}
            onClick={() => {
              undone.current = at;
              onUndo(edit);
            }}
          >
            undo
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ToldProps {
  readonly edit: Edit;
  readonly text: string;
  readonly mentions: readonly TypedSpan[];
}

function Told({ edit: { from, to }, text, mentions }: ToldProps) {
  const isMoved = from !== undefined && to !== undefined && !sameSpan(from, to);
  const others = mentions.filter((mention) => to !== undefined && overlap(mention, to) && !sameMention(mention, to));
  return (
    <>
      <bdi lang="">{wordsOf(text, to ?? from)}</bdi> {toldOf(from, to)}
      {isMoved && (
        <>
          {' '}
          instead of <bdi lang="">{wordsOf(text, from)}</bdi>
        </>
      )}
      {others.length > 0 && <span class="quiet"> (overlaps {others.map((mention) => wordsOf(text, mention)).join(', ')})</span>}
    </>
  );
}

function wordsOf(text: string, span: TypedSpan | undefined): string {
  return text.slice(span?.start, span?.end);
}

function toldOf(from: TypedSpan | undefined, to: TypedSpan | undefined): string {
  if (to === undefined) return `is no ${from?.type}`;
  if (from === undefined) return `is a mention: ${to.type}`;
  return from.type === to.type ? `is ${to.type}` : `is ${to.type}, not ${from.type}`;
}
