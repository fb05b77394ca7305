import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';
import { counted } from '../counted.ts';

/** Types that are named one by one. */
const namedTypes = 10;

/** The gold sentences as they are scored, and what a user should know about them. */
export interface ScoredGold {
  readonly data: readonly LabelledSentence[];
  readonly notes: readonly string[];
}

/** The sentences without mentions that nobody is asked for: no system could find them. */
export function scoredGold(sentences: readonly LabelledSentence[], types: readonly EntityType[]): ScoredGold {
  const inventory = new Set(types.map(({ name }) => name));
  const left = sentences.flatMap(({ entities }) => entities.map(({ type }) => type)).filter((type) => !inventory.has(type));
  const data = sentences.map((sentence) => ({ ...sentence, entities: sentence.entities.filter(({ type }) => inventory.has(type)) }));
  const hasGold = data.some(({ entities }) => entities.length > 0);
  return {
    data,
    notes: [
      ...(left.length === 0
        ? []
        : [`Not scored: ${counted(left.length, 'gold mention')} of types that --types does not name: ${listed(left)}.`]),
      ...(hasGold ? [] : ['No sentence that is scored has a gold mention: recall says nothing, and all that is found is wrong.']),
    ],
  };
}

/** A note where the labels of pool and data are different ones throughout. */
export function strangersNote(ofPool: readonly string[], ofData: readonly string[]): string | undefined {
  if (ofPool.length === 0 || ofData.length === 0 || ofPool.some((type) => ofData.includes(type))) return undefined;
  return `Pool and data have no type in common: ${listed(ofPool)} in the pool, ${listed(ofData)} in the data.`;
}

/** Different names, the first few of many. */
function listed(names: Iterable<string>): string {
  const different = [...new Set(names)];
  const more = different.length - namedTypes;
  return `${different.slice(0, namedTypes).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
