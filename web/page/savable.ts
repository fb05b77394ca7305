import type { LabelledBody } from '../../src/server/schemas.ts';
import { sentencesToSave } from '../correct/sentences-to-save.ts';
import { isKnown, mentionsOf, type Run, type WorkDocument } from './workspace.ts';

/** The sentences of a document that can be saved: none as long as nobody has said what is in it, or while a run is to say so. */
export function savable(document: WorkDocument, run: Run | undefined): readonly LabelledBody[] {
  if (!isKnown(document) || (run?.state === 'running' && run.waiting.includes(document.id))) return [];
  return sentencesToSave(document.text, mentionsOf(document), document.edits);
}
