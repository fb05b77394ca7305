import { useRef, useState } from 'preact/hooks';
import type { LabelledBody } from '../../src/server/schemas.ts';
import type { SaveTarget } from './save-target.ts';
import { problemIn, type Server } from './use-server.ts';
import type { Happening, WorkDocument } from './workspace.ts';

/** Saves labelled sentences of a document; where it failed halfway, the next try goes on from there. */
export function useSaving(server: Server, tell: (happening: Happening) => void) {
  const [isSaving, setSaving] = useState(false);
  const saved = useRef(new Set<string>());
  /** Whether all of them are saved. */
  async function save(document: WorkDocument, sentences: readonly LabelledBody[], { pool }: SaveTarget): Promise<boolean> {
    if (isSaving) return false;
    if (pool === undefined) {
      tell({ kind: 'saved', document, toOwnPool: sentences });
      return true;
    }
    setSaving(true);
    try {
      for (const sentence of sentences) {
        const key = JSON.stringify([pool, sentence]);
        if (saved.current.has(key)) continue;
        await server.client.addSentence(pool, sentence);
        saved.current.add(key);
      }
      saved.current.clear();
      tell({ kind: 'saved', document, toOwnPool: [] });
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
