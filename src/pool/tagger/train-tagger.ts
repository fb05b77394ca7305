import type { LabelledSentence, TypedSpan } from '../../document/labelled.ts';
import type { Embedder } from '../../model/embedder.ts';
import { featuresOf } from './features.ts';
import { gazetteerOf, placesIn, type TokenMention, type TokenSentence } from './gazetteer.ts';
import { labelsOf, layersOf, mentionsIn } from './layers.ts';
import { type Token, textReader } from './reading.ts';
import { rounded } from './rounding.ts';
import { known, type TrainedTagger } from './tagger.ts';
import { type LabelledFeatures, trainWeights } from './train-weights.ts';
import { inDirections, principalDirections } from './word-space.ts';

export interface TrainTaggerOptions {
  /** Mentions of other types are as if they were not there. */
  readonly types: readonly string[];
  readonly embedder: Embedder;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Larger pools give every second, third, … sentence, so that training takes about a minute at most. */
const mostSentences = 20_000;

/**
 * Trains a tagger on a pool; the same pool gives the same tagger. Mentions that begin or end within a token are learnt as if they had
 * all of it.
 * @throws what the embedder throws; `signal.reason` once the signal is aborted.
 */
export async function trainTagger(
  pool: readonly Pick<LabelledSentence, 'text' | 'entities'>[],
  { types, embedder, onProgress }: TrainTaggerOptions,
  signal: AbortSignal,
): Promise<TrainedTagger> {
  const read = await textReader();
  const every = Math.ceil(pool.length / mostSentences);
  const learnt = pool.filter((_, at) => at % every === 0);
  const sentences = learnt.map(({ text, entities }): TokenSentence => {
    const tokens = read(text);
    return { tokens, mentions: entities.filter(({ type }) => types.includes(type)).flatMap((entity) => tokenMention(tokens, entity)) };
  });
  const layers = layersOf(sentences, types);
  const gazetteer = gazetteerOf(sentences);
  const words = [...new Set(sentences.flatMap(({ tokens }) => tokens.map(({ lower }) => lower)))];
  const vectors = await embedder.embed(words, signal);
  const directions = principalDirections(vectors);
  const wordVectors = new Map(words.map((word, at) => [word, inDirections(directions, vectors[at] ?? new Float32Array())]));
  const hashes = sentences.map(({ tokens, mentions }) => featuresOf({ tokens, gazetteer: placesIn(gazetteer, tokens, mentions) }));
  const places = placesOf(hashes);
  const labelled = sentences.map(({ tokens, mentions }, at): LabelledFeatures => {
    const sentenceVectors = new Float32Array(tokens.length * directions.count);
    for (const [token, { lower }] of tokens.entries()) sentenceVectors.set(wordVectors.get(lower) ?? [], token * directions.count);
    return {
      features: (hashes[at] ?? []).map((own) => known(own, places)),
      vectors: sentenceVectors,
      labels: layers.map((layer) => labelsOf(layer, mentionsIn(layer, mentions), tokens.length)),
    };
  });
  const weights = await trainWeights(labelled, { layers, places, dimensions: directions.count, onProgress }, signal);
  return { types, weights: rounded(weights), gazetteer, directions };
}

/** Those of these types that a pool has mentions of. */
export function labelledTypes(pool: readonly Pick<LabelledSentence, 'entities'>[], types: readonly string[]): readonly string[] {
  const labelled = new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)));
  return types.filter((type) => labelled.has(type));
}

function tokenMention(tokens: readonly Token[], { start, end, type }: TypedSpan): TokenMention[] {
  const first = tokens.findIndex((token) => token.end > start);
  const last = tokens.findLastIndex((token) => token.start < end);
  return first < 0 || last < first ? [] : [{ first, last, type }];
}

function placesOf(sentences: readonly (readonly Uint32Array[])[]): ReadonlyMap<number, number> {
  const places = new Map<number, number>();
  for (const sentence of sentences) {
    for (const features of sentence) for (const hash of features) if (!places.has(hash)) places.set(hash, places.size);
  }
  return places;
}
