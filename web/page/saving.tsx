import { useState } from 'preact/hooks';
import type { LabelledBody } from '../../src/server/schemas.ts';
import { Sentence } from '../story/demonstrations.tsx';
import type { Savable } from './savable.ts';
import type { SaveTarget } from './save-target.ts';

interface SavingProps {
  readonly toSave: Savable;
  readonly target: SaveTarget;
  readonly isSaving: boolean;
  readonly types: readonly string[];
  readonly onSave: (which: 'corrected' | 'others') => void;
}

/** What can be saved, and where: what a person corrected, or, where all of that is saved, what the models say. */
export function Saving({ toSave, target, isSaving, types, onSave }: SavingProps) {
  const { corrected, others, saved } = toSave;
  const which = corrected.length > 0 ? 'corrected' : 'others';
  const sentences = toSave[which];
  const savedNote = saved === 0 ? '' : `${counted(saved, 'sentence')} ${saved === 1 ? 'is' : 'are'} saved. `;
  if (sentences.length === 0)
    return <p class="quiet">{savedNote === '' ? 'There is no sentence to save.' : `${savedNote}There is nothing else to save.`}</p>;
  const what =
    which === 'corrected'
      ? ''
      : saved > 0
        ? `the other ${counted(others.length, 'sentence')} `
        : `all ${counted(others.length, 'sentence')} `;
  return (
    <>
      <Preview
        title={
          which === 'corrected' ? `Saved are ${counted(sentences.length, 'sentence')} with all their mentions` : 'All is right as it is?'
        }
        sentences={sentences}
        types={types}
        key={which}
      />
      <p class="buttons">
        <button type="button" class={which === 'corrected' ? 'primary' : ''} disabled={isSaving} onClick={() => onSave(which)}>
          {isSaving ? 'Saving…' : `Save ${others.length === 1 && saved === 0 ? '' : what}to ${target.name}`}
        </button>
        {target.note !== undefined && <span class="quiet">{target.note}</span>}
      </p>
      {(savedNote !== '' || which === 'others') && (
        <p class="quiet">
          {savedNote}
          {which === 'others' &&
            target.pool !== undefined &&
            `${saved > 0 ? 'Of the others, one' : 'A sentence'} that ${target.name} has already gets these labels in place of its own.`}
        </p>
      )}
    </>
  );
}

interface PreviewProps {
  readonly title: string;
  readonly sentences: readonly LabelledBody[];
  readonly types: readonly string[];
}

function Preview({ title, sentences, types }: PreviewProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && sentences.map((sentence, at) => <Sentence sentence={sentence} types={types} key={at} />)}
    </details>
  );
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
