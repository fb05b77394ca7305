import { useState } from 'preact/hooks';
import type { LabelledBody } from '../../src/server/schemas.ts';
import type { SavedSentence } from '../correct/saved-sentences.ts';
import type { SaveTarget } from './save-target.ts';
import { problemIn, type Server } from './use-server.ts';
import type { Happening } from './workspace.ts';

/** Saves labelled sentences; each is known to be saved as soon as it is, so that after a failure the others are left. */
export function useSaving(server: Server, tell: (happening: Happening) => void) {
  const [isSaving, setSaving] = useState(false);
  /**
   * @param types - that are in question.
   * @returns whether all of them are saved.
   */
  async function save(sentences: readonly LabelledBody[], { pool }: SaveTarget, types: readonly string[]): Promise<boolean> {
    if (isSaving) return false;
    const saved = (sentence: LabelledBody): SavedSentence => ({ ...sentence, pool, types });
    if (pool === undefined) {
      tell({ kind: 'saved', sentences: sentences.map(saved) });
      return true;
    }
    setSaving(true);
    try {
      for (const sentence of sentences) {
        await server.client.addSentence(pool, sentence);
        tell({ kind: 'saved', sentences: [saved(sentence)] });
      }
      await server.refresh();
      return true;
    } catch (error) {
      tell({ kind: 'problem', problem: problemIn(error) });
      return false;
    } finally {
      setSaving(false);
    }
  }
  return { isSaving, save };
}
