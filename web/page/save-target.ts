import type { PoolBody } from '../../src/server/schemas.ts';
import { ownPool } from './settings.ts';

/** Where corrections go. */
export interface SaveTarget {
  /** Of a pool of the server; `undefined`: the pool of this page. */
  readonly pool: string | undefined;
  readonly name: string;
  readonly note: string | undefined;
}

/** Corrections go to the pool that is chosen if it can be added to, else to the only one that can, else to that of this page. */
export function targetOf(chosen: string, pools: readonly PoolBody[]): SaveTarget {
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
