import type { LabelledSentence, TypedSpan } from '../../document/labelled.ts';
import type { Embedder } from '../../model/embedder.ts';
import { featuresOf } from './features.ts';
import { gazetteerOf, placesIn, type TokenMention, type TokenSentence } from './gazetteer.ts';
import { labelsOf, layersOf, mentionsIn } from './layers.ts';
import { type Token, textReader } from './reading.ts';
import { rounded } from './rounding.ts';
import { known, type TrainedTagger } from './tagger.ts';
import { type LabelledFeatures, trainWeights } from './train-weights.ts';
import { turns } from './turns.ts';
import { inDirections, principalDirections } from './word-space.ts';

export interface TrainTaggerOptions {
  /** Mentions of other types are as if they were not there. */
  readonly types: readonly string[];
  readonly embedder: Embedder;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Larger pools give every second, third, … sentence, so that training takes about a minute at most. */
const mostSentences = 20_000;
/** Likewise where many layers label each sentence anew. */
const mostLabellings = 100_000;
/** Enough to know in which directions vectors differ. */
const mostVectors = 5_000;
/** From so many on, features that occur once are left out, which would fill the file. */
const manyLabellings = 20_000;

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
  const nextTurn = turns(signal);
  const all: TokenSentence[] = [];
  const read = await textReader();
  for (const { text, entities } of evenly(pool, mostSentences)) {
    const tokens = read(text);
    all.push({
      tokens,
      mentions: tokenMentions(
        tokens,
        entities.filter(({ type }) => types.includes(type)),
      ),
    });
    await nextTurn();
  }
  const layers = layersOf(all, types);
  const sentences = evenly(all, mostLabellings / layers.length);
  const gazetteer = gazetteerOf(sentences);
  const words = [...new Set(sentences.flatMap(({ tokens }) => tokens.map(({ lower }) => lower)))];
  const vectors = await embedder.embed(words, signal);
  const directions = principalDirections(evenly(vectors, mostVectors));
  const wordVectors = new Map(words.map((word, at) => [word, inDirections(directions, vectors[at] ?? new Float32Array())]));
  const hashes: (readonly Int32Array[])[] = [];
  for (const { tokens, mentions } of sentences) {
    hashes.push(featuresOf({ tokens, gazetteer: placesIn(gazetteer, tokens, mentions) }));
    await nextTurn();
  }
  const places = placesOf(hashes, sentences.length * layers.length > manyLabellings ? 2 : 1);
  const labelled: LabelledFeatures[] = [];
  for (const [at, { tokens, mentions }] of sentences.entries()) {
    const sentenceVectors = new Float32Array(tokens.length * directions.count);
    for (const [token, { lower }] of tokens.entries()) sentenceVectors.set(wordVectors.get(lower) ?? [], token * directions.count);
    labelled.push({
      features: (hashes[at] ?? []).map((own) => known(own, places)),
      vectors: sentenceVectors,
      labels: layers.map((layer) => labelsOf(layer, mentionsIn(layer, mentions), tokens.length)),
    });
    await nextTurn();
  }
  const weights = await trainWeights(labelled, { layers, places, dimensions: directions.count, onProgress }, signal);
  return { types, weights: rounded(weights), gazetteer, directions };
}

/** At most so many of a list, from all of it. */
function evenly<T>(all: readonly T[], most: number): readonly T[] {
  const every = Math.max(1, Math.ceil(all.length / Math.max(1, most)));
  return all.filter((_, at) => at % every === 0);
}

/** Those of these types that a pool has mentions of. */
export function labelledTypes(pool: readonly Pick<LabelledSentence, 'entities'>[], types: readonly string[]): readonly string[] {
  const labelled = new Set(pool.flatMap(({ entities }) => entities.map(({ type }) => type)));
  return types.filter((type) => labelled.has(type));
}

/** Mentions by their tokens, each once. */
function tokenMentions(tokens: readonly Token[], entities: readonly TypedSpan[]): readonly TokenMention[] {
  const mentions = new Map<string, TokenMention>();
  for (const { start, end, type } of entities) {
    const first = tokens.findIndex((token) => token.end > start);
    const last = tokens.findLastIndex((token) => token.start < end);
    if (first >= 0 && last >= first) mentions.set(`${first} ${last} ${type}`, { first, last, type });
  }
  return [...mentions.values()];
}

/** The features that occur at least so often, numbered in the order of their first occurrence. */
function placesOf(sentences: readonly (readonly Int32Array[])[], least: number): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const sentence of sentences) {
    for (const features of sentence) for (const hash of features) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const places = new Map<number, number>();
  for (const [hash, count] of counts) if (count >= least) places.set(hash, places.size);
  return places;
}
