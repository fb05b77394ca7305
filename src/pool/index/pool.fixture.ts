import type { LabelledSentence } from '../../document/labelled.ts';
import type { CandidateFinder } from '../embed-sentences.ts';
import { ngramEmbedder } from '../ngram-embedder.ts';
import type { BuildOptions } from './build-index.ts';

const names = ['Ada', 'Boris', 'Chiara', 'Dmitri', 'Émile', '藤原', 'Gunnar'];
const towns = ['Aachen', 'Bergen', 'Cádiz', 'Dover'];

/** Sentences with no, one or two mentions. */
export function madeUpPool(size: number): readonly LabelledSentence[] {
  return Array.from({ length: size }, (_, index) => {
    const name = `${names[index % names.length]} ${index}`;
    const town = towns[index % towns.length] ?? '';
    if (index % 5 === 0) return { id: `p${index}`, text: `Nothing happened on day ${index}.`, entities: [] };
    const person = { start: 0, end: name.length, type: 'person' };
    if (index % 3 === 0) return { id: `p${index}`, text: `${name} slept.`, entities: [person] };
    const text = `${name} flew to ${town}.`;
    return { id: `p${index}`, text, entities: [person, { start: text.length - town.length - 1, end: text.length - 1, type: 'town' }] };
  });
}

const goldMentions: CandidateFinder = async ({ entities }) => ({ spans: entities });

/** Options of a build that asks no model. */
export function madeUpOptions(candidates = goldMentions): BuildOptions {
  return {
    settings: { candidateSpans: 'gold', models: [], types: ['person', 'town'], embedder: ngramEmbedder.id },
    embedder: ngramEmbedder,
    candidates,
  };
}
