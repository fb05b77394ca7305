import { useState } from 'preact/hooks';
import type { TypedSpan } from '../../src/document/labelled.ts';
import { sameSpan } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { Sentence } from '../story/demonstrations.tsx';
import type { Edit, Edits } from './edits.ts';

interface CorrectionsProps {
  readonly text: string;
  readonly found: readonly TypedSpan[];
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
export function Corrections({ text, found, edits, types, sentences, pool, note, isSaving, onUndo, onSave }: CorrectionsProps) {
  const [isOpen, setOpen] = useState(false);
  const count = `${sentences.length} ${sentences.length === 1 ? 'sentence' : 'sentences'}`;
  return (
    <div class="corrections">
      {edits.length > 0 && (
        <ul class="plain" aria-label="Corrections">
          {edits.map((edit) => (
            <li key={`${edit.start}-${edit.end}`}>
              <bdi lang="">{text.slice(edit.start, edit.end)}</bdi> {toldOf(edit, found)}{' '}
              <button
                type="button"
                class="quiet-button"
                aria-label={`Undo the correction of ${text.slice(edit.start, edit.end)}`}
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
        {isOpen && sentences.map((sentence) => <Sentence sentence={sentence} types={types} key={sentence.text} />)}
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

function toldOf(edit: Edit, found: readonly TypedSpan[]): string {
  const before = found.filter((mention) => sameSpan(mention, edit)).map(({ type }) => type);
  if (edit.type === undefined) return `is no ${before.join(', ')}`;
  return before.length === 0 ? `is a mention: ${edit.type}` : `is ${edit.type}, not ${before.join(', ')}`;
}
