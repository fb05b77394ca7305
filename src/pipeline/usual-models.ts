import type { EntityType } from '../document/entity-type.ts';
import { bundledUris } from '../model/bundled.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import { labelsIn } from './open-tagger.ts';
import type { Said } from './options.ts';

/** What the tagger would learn, and from what. */
type Teaching = Said<'pool' | 'index'> & { readonly types: readonly EntityType[] };

/** From fewer sentences the tagger learns too little to be asked unless it is named. */
const fewestSentences = 20;

/** URIs of all that comes with the package: the bundled models and the tagger. */
export async function ownModels(): Promise<readonly string[]> {
  return [...(await bundledUris()), taggerId];
}

/**
 * URIs of the ensemble where no models are named: the bundled models, and the tagger where it joins them.
 * Deviation: the paper's members are language models.
 */
export async function usualModels(said: Said<'preset' | 'weights'>, teaching: Teaching): Promise<readonly string[]> {
  const bundled = await bundledUris();
  return taggerJoins(said, teaching, bundled.length) ? ownModels() : bundled;
}

/**
 * Whether the tagger is a member unasked: if the pool is large enough and has mentions of one of the types, unless the paper's ensemble is asked for,
 * or there are weights for the language models alone.
 * @param languageModels - how many there are.
 */
export function taggerJoins(
  { preset, weights }: Said<'preset' | 'weights'>,
  { types, ...pool }: Teaching,
  languageModels: number,
): boolean {
  if (preset === 'paper' || weights?.length === languageModels) return false;
  const size = pool.index?.size ?? pool.pool?.length ?? 0;
  return size >= fewestSentences && labelsIn(pool, types).length > 0;
}
