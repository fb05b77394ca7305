import { overlap } from '../../src/document/span.ts';
import type { LabelledBody } from '../../src/server/schemas.ts';
import type { Edit, Edits } from '../correct/edits.ts';
import { isAsSaved, type SavedSentence } from '../correct/saved-sentences.ts';
import { labelledSentences, type TextSentence } from '../correct/sentences.ts';
import { isKnown, mentionsOf, type Run, type WorkDocument, type Workspace } from './workspace.ts';

/** What of a document there is to save to a pool. */
export interface Savable {
  /** Sentences in which the word of a person counts, and that were not saved so. */
  readonly corrected: readonly LabelledBody[];
  /** Sentences as models, or a data set, have them, that a person never saved. */
  readonly others: readonly LabelledBody[];
  /** How many sentences are saved as they are. */
  readonly saved: number;
  /** Corrections in sentences that are saved as they are. */
  readonly savedEdits: Edits;
}

/** Where sentences are to be saved, and what it is known to hold. */
export interface SavePlace {
  /** Of the server, or `undefined`: that of the page. */
  readonly pool: string | undefined;
  /** What a person saved, in whatever pool. */
  readonly saved: readonly SavedSentence[];
  /** Sentences of the page. */
  readonly ownPool: readonly LabelledBody[];
}

export const nothingToSave: Savable = { corrected: [], others: [], saved: 0, savedEdits: [] };

/** What of a document can be saved: nothing as long as nobody has said what is in it, or while a run is to say so. */
export function savable(document: WorkDocument, run: Run | undefined, place: SavePlace): Savable {
  if (!isKnown(document) || (run?.state === 'running' && run.waiting.includes(document.id))) return nothingToSave;
  const all = judged(document, place);
  // A pool has a text once: of equal sentences the one with a correction counts.
  const byCorrection = all.toSorted((a, b) => Number(a.isCorrected) - Number(b.isCorrected));
  const each = [...new Map(byCorrection.map((one) => [one.labelled.text, one])).values()].sort((a, b) => a.start - b.start);
  const unsaved = each.filter(({ isSaved }) => !isSaved);
  const kept = new Set(place.pool === undefined ? place.ownPool.map(({ text }) => text) : []);
  return {
    corrected: unsaved.filter(({ isCorrected }) => isCorrected).map(({ labelled }) => labelled),
    others: unsaved.filter(({ isCorrected, labelled }) => !isCorrected && !kept.has(labelled.text)).map(({ labelled }) => labelled),
    saved: each.length - unsaved.length,
    savedEdits: document.edits.filter((edit) => all.every((sentence) => sentence.isSaved || !isIn(edit, sentence))),
  };
}

/** Whether there is something in the page that is nowhere else and took a person's work. */
export function hasUnsaved({ documents, ownPool, saved }: Workspace): boolean {
  return (
    ownPool.length > 0 || documents.flatMap((document) => [document, document.before ?? []].flat()).some((one) => isUnsaved(one, saved))
  );
}

/** Whether a document has corrections that are in no pool as they are. */
function isUnsaved(document: WorkDocument, saved: readonly SavedSentence[]): boolean {
  const { text, edits } = document;
  if (edits.length === 0) return false;
  return labelledSentences(text, mentionsOf(document)).some((sentence) => {
    const own = edits.filter((edit) => isIn(edit, sentence));
    return own.length > 0 && !saved.some((one) => isAsSaved(one, sentence.labelled, typesOf(own)));
  });
}

interface Judged extends TextSentence {
  readonly isCorrected: boolean;
  readonly isSaved: boolean;
}

function judged(document: WorkDocument, { pool, saved }: SavePlace): readonly Judged[] {
  const before = new Map(saved.filter((one) => one.pool === pool).map((one) => [one.text, one]));
  return labelledSentences(document.text, mentionsOf(document)).map((sentence) => {
    const { labelled } = sentence;
    const last = before.get(labelled.text);
    const edits = document.edits.filter((edit) => isIn(edit, sentence));
    return {
      ...sentence,
      // What was saved and is otherwise now is so by a person's word, too.
      isCorrected: last !== undefined || edits.length > 0,
      isSaved: last !== undefined && isAsSaved(last, labelled, typesOf(edits)),
    };
  });
}

function typesOf(edits: Edits): readonly string[] {
  return edits.flatMap(({ to }) => to?.type ?? []);
}

function isIn({ from, to }: Edit, sentence: TextSentence): boolean {
  return [from, to].some((span) => span !== undefined && overlap(sentence, span));
}
