import { access } from 'node:fs/promises';
import { join } from 'node:path';

/** A public set that the bundled ensemble is measured on. */
export interface BenchSet {
  readonly name: string;
  /** Names that its folder may have. */
  readonly folders: readonly string[];
  /** The split that is scored. */
  readonly data: string;
  /** Splits that demonstrations may come from; the first that is there is taken. */
  readonly pools: readonly string[];
  readonly nested: boolean;
  /** Whether the bundled models have learnt from sentences of the pool, or know neither its texts nor its types. */
  readonly isKnown: boolean;
}

/** A set whose files are there. */
export interface LocatedSet extends BenchSet {
  readonly pool: string;
  readonly dataPath: string;
  readonly poolPath: string;
}

const flat = { data: 'test', pools: ['train'], nested: false, isKnown: true };

const sets: readonly BenchSet[] = [
  { ...flat, name: 'wnut17', folders: ['wnut17'] },
  { ...flat, name: 'btc', folders: ['btc'] },
  { ...flat, name: 'bc5cdr', folders: ['bc5cdr'] },
  { ...flat, name: 'jnlpba', folders: ['jnlpba'], pools: ['dev', 'train'] },
  { ...flat, name: 'wikigold', folders: ['wikigold'], data: 'all', pools: ['all'] },
  { ...flat, name: 'genia-nested', folders: ['genia-nested'], pools: ['pool'], nested: true },
  { ...flat, name: 'litbank-nested', folders: ['litbank-nested', 'litbank'], nested: true },
  { ...flat, name: 're3d', folders: ['re3d'], isKnown: false },
  { ...flat, name: 'music', folders: ['music'], data: 'train', pools: ['train'], isKnown: false },
];

/** The sets that a folder has, one folder a set; others are named on stderr. */
export async function locateSets(directory: string): Promise<readonly LocatedSet[]> {
  const located: LocatedSet[] = [];
  for (const set of sets) {
    const folder = await firstThere(set.folders.map((name) => join(directory, name)));
    const dataPath = folder && (await firstThere([join(folder, `${set.data}.jsonl`)]));
    const poolPath = folder && (await firstThere(set.pools.map((split) => join(folder, `${split}.jsonl`))));
    if (dataPath && poolPath) {
      located.push({ ...set, dataPath, poolPath, pool: set.pools.find((split) => poolPath.endsWith(`${split}.jsonl`)) ?? '' });
    } else {
      console.error(
        `${set.name} is left out: expected ${set.data}.jsonl and ${set.pools.join('.jsonl or ')}.jsonl in ${directory}/${set.name}.`,
      );
    }
  }
  return located;
}

async function firstThere(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}
