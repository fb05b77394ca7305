import { useRef, useState } from 'preact/hooks';
import type { LabelledBody, PoolBody } from '../../src/server/schemas.ts';
import { ownPool } from './settings.ts';
import { problemIn, type Server } from './use-server.ts';
import type { Happening } from './workspace.ts';

/** Where corrections go. */
interface Target {
  /** Of a pool of the server; `undefined`: the pool of this page. */
  readonly pool: string | undefined;
  readonly name: string;
  readonly note: string | undefined;
}

/** Corrections go to the pool that is chosen if it can be added to, else to the only one that can, else to that of this page. */
export function targetOf(chosen: string, pools: readonly PoolBody[]): Target {
  const pool = pools.find(({ name }) => name === chosen);
  if (pool?.isWritable) return { pool: pool.name, name: pool.name, note: undefined };
  const own = { pool: undefined, name: 'the pool of this page' };
  if (pool !== undefined) return { ...own, note: `${pool.name} cannot be added to; the next run uses the pool of this page instead.` };
  const writable = pools.filter(({ isWritable }) => isWritable);
  const [only] = writable.length === 1 ? writable : [];
  if (chosen === '' && only !== undefined) return { pool: only.name, name: only.name, note: 'The next run uses this pool.' };
  const note = chosen === ownPool || writable.length === 0 ? undefined : 'To keep it on the server, choose a pool that can be added to.';
  return { ...own, note };
}

/** Saves labelled sentences, each once, however often it is tried. */
export function useSaving(server: Server, tell: (happening: Happening) => void) {
  const [isSaving, setSaving] = useState(false);
  const saved = useRef(new Set<string>());
  /** Whether all of them are saved. */
  async function save(sentences: readonly LabelledBody[], { pool }: Target): Promise<boolean> {
    if (isSaving) return false;
    if (pool === undefined) {
      tell({ kind: 'saved', toOwnPool: sentences });
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
      await server.refresh();
      tell({ kind: 'saved', toOwnPool: [] });
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
