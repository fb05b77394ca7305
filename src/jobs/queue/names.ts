import { createHash } from 'node:crypto';
import type { RunIdentity } from '../run-journal.ts';

/** A short name of what decides results: the chunks of all runs that have it in common are in one queue, which other workers do not see. */
export function pipelineKey(pipeline: RunIdentity): string {
  return hash(sorted(JSON.parse(JSON.stringify(pipeline))));
}

/** A short name of a run, by what its files say: the same whenever it is resumed. */
export function runKey(id: string): string {
  return hash(id);
}

/** The queue of a pipeline's chunks. Its number is of the form of what is in it. */
export function chunkQueue(pipeline: string): string {
  return `chunks-1-${pipeline}`;
}

/** A chunk by its run, its first document and how many it has: what is equal in all of them is one job. */
export function chunkId(run: string, first: number, count: number): string {
  return `${run}-${first}-${count}`;
}

/** Servers may change the order of keys. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 20);
}
