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
  const { corrected, saved } = toSave;
  const which = corrected.length > 0 ? 'corrected' : 'others';
  const sentences = toSave[which];
  const savedNote = saved === 0 ? '' : `${counted(saved, 'sentence')} ${saved === 1 ? 'is' : 'are'} saved.`;
  if (sentences.length === 0)
    return (
      <p class="quiet">
        {savedNote} There is nothing{saved > 0 && ' else'} to save.
      </p>
    );
  const title = which === 'others' ? othersTitle(sentences.length) : correctedTold(sentences.length);
  const what = which === 'others' ? othersTold(sentences.length, saved) : '';
  return (
    <>
      <Preview title={title} sentences={sentences} types={types} key={which} />
      <p class="buttons">
        <button type="button" class={which === 'corrected' ? 'primary' : ''} disabled={isSaving} onClick={() => onSave(which)}>
          {isSaving ? 'Saving…' : `Save ${what}to ${target.name}`}
        </button>
        {target.note !== undefined && <span class="quiet">{target.note}</span>}
      </p>
      <p class="quiet">
        {savedNote} {which === 'others' && target.pool !== undefined && replacedTold(target.name, saved)}
      </p>
    </>
  );
}

function correctedTold(sentences: number): string {
  return `Saved are ${counted(sentences, 'sentence')} with all their mentions`;
}

function othersTitle(sentences: number): string {
  return `${counted(sentences, 'sentence')} without a correction`;
}

function replacedTold(pool: string, saved: number): string {
  return `If ${pool} has ${saved > 0 ? 'another' : 'a sentence'} of these already, saving gives it the labels shown here.`;
}

function othersTold(sentences: number, saved: number): string {
  if (saved > 0) return sentences === 1 ? 'the other sentence ' : `the other ${sentences} sentences `;
  return sentences === 1 ? '' : `all ${sentences} sentences `;
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
