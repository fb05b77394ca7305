import { useState } from 'preact/hooks';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { overlap, sameSpan } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { Sentence } from '../story/demonstrations.tsx';
import { type Edit, type Edits, sameMention } from './edits.ts';

interface CorrectionsProps {
  readonly text: string;
  /** As corrected. */
  readonly mentions: readonly TypedSpan[];
  readonly edits: Edits;
  readonly types: readonly string[];
  /** What is kept if the user saves now. */
  readonly sentences: readonly LabelledBody[];
  /** Where it is kept. */
  readonly pool: string;
  /** Something to be known of that place. */
  readonly note?: string | undefined;
  readonly isSaving: boolean;
  readonly onUndo: (edit: Edit) => void;
  readonly onSave: () => void;
}

/** What was corrected, and what of it will be kept. */
export function Corrections({ text, mentions, edits, types, sentences, pool, note, isSaving, onUndo, onSave }: CorrectionsProps) {
  const [isOpen, setOpen] = useState(false);
  const count = `${sentences.length} ${sentences.length === 1 ? 'sentence' : 'sentences'}`;
  return (
    <div class="corrections">
      {edits.length > 0 && (
        <ul class="plain" aria-label="Corrections">
          {edits.map((edit) => (
            <li key={JSON.stringify(edit)}>
              <Told edit={edit} text={text} mentions={mentions} />{' '}
              <button
                type="button"
                class="quiet-button"
                aria-label={`Undo the correction of ${wordsOf(text, edit.to ?? edit.from)}`}
                onClick={() => onUndo(edit)}
              >
                undo
              </button>
            </li>
          ))}
        </ul>
      )}
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{edits.length === 0 ? 'All is right as it is?' : `Saved are ${count} with all their mentions`}</summary>
        {isOpen && sentences.map((sentence, at) => <Sentence sentence={sentence} types={types} key={at} />)}
      </details>
      <p class="buttons">
        <button type="button" class={edits.length === 0 ? '' : 'primary'} disabled={sentences.length === 0 || isSaving} onClick={onSave}>
          {isSaving ? 'Saving…' : `Save ${edits.length === 0 && sentences.length > 1 ? `all ${count} ` : ''}to ${pool}`}
        </button>
        {note !== undefined && <span class="quiet">{note}</span>}
      </p>
    </div>
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
