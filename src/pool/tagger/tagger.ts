import type { TypedSpan } from '../../document/labelled.ts';
import type { Span } from '../../document/span.ts';
import type { Embedder } from '../../model/embedder.ts';
import { type Inferred, infer } from './crf.ts';
import { featuresOf } from './features.ts';
import { type Gazetteer, placesIn } from './gazetteer.ts';
import { type Token, textReader } from './reading.ts';
import { spanMarginal, spansOver } from './span-marginals.ts';
import { featureScores, firstLabelsOf, type Weights } from './weights.ts';
import { type Directions, wordScorer } from './word-space.ts';

/** A span that may be a mention of a type. */
interface ScoredSpan extends TypedSpan {
  /** In [0, 1]. */
  readonly probability: number;
}

/** What a tagger thinks of a text. */
export interface TaggedText {
  /**
   * Every typed span of at least this probability, in order of reading, the longer of those that begin together first.
   * @param least - above 0.
   */
  spans(least: number): readonly ScoredSpan[];
  /** The probability that a span is a mention of each type of the tagger, in their order; 0 for a span that does not begin and end with tokens. */
  probabilities(span: Span): readonly number[];
}

/** A linear-chain CRF (Lafferty et al., ICML 2001) that was trained on a pool. */
export interface Tagger {
  readonly types: readonly string[];
  /** @throws what the embedder throws; `signal.reason` once the signal is aborted. */
  tag(text: string, signal: AbortSignal): Promise<TaggedText>;
}

/** A tagger that had nothing to learn from: it abstains on everything. */
export const unlearnedTagger: Tagger = { types: [], tag: async () => taggedText([], [], []) };

/** All that training found out. */
export interface TrainedTagger {
  readonly types: readonly string[];
  readonly weights: Weights;
  readonly gazetteer: Gazetteer;
  readonly directions: Directions;
}

/**
 * A trained tagger, ready to work.
 * @param embedder - the one that it was trained with.
 */
export async function openTagger({ types, weights, gazetteer, directions }: TrainedTagger, embedder: Embedder): Promise<Tagger> {
  const read = await textReader();
  const words = wordScorer(directions, weights.vectorWeights, embedder);
  const { layers, places } = weights;
  const firstLabels = firstLabelsOf(layers);
  const stride = firstLabels.at(-1) ?? 0;
  return {
    types,
    async tag(text, signal) {
      signal.throwIfAborted();
      const tokens = read(text);
      if (tokens.length === 0) return taggedText([], [], types);
      const hashes = featuresOf({ tokens, gazetteer: placesIn(gazetteer, tokens) });
      const features = hashes.map((own) => known(own, places));
      const scores = featureScores(weights, features);
      await words.addTo(
        scores,
        tokens.map(({ lower }) => lower),
        signal,
      );
      const readings = layers.flatMap((layer, index) => {
        const steps = weights.steps[index];
        if (steps === undefined) return [];
        const first = firstLabels[index] ?? 0;
        return [{ types: layer.types, inferred: infer({ scores, stride, first, tokens: tokens.length }, layer.types.length, steps) }];
      });
      return taggedText(tokens, readings, types);
    },
  };
}

/** The places of features that the weights know. */
export function known(hashes: Int32Array, places: ReadonlyMap<number, number>): Uint32Array {
  const found: number[] = [];
  for (const hash of hashes) {
    const place = places.get(hash);
    if (place !== undefined) found.push(place);
  }
  return Uint32Array.from(found);
}

/** A layer's view of a text. */
interface Reading {
  readonly types: readonly string[];
  readonly inferred: Inferred;
}

function taggedText(tokens: readonly Token[], readings: readonly Reading[], types: readonly string[]): TaggedText {
  const firstAt = new Map(tokens.map(({ start }, at) => [start, at]));
  const lastAt = new Map(tokens.map(({ end }, at) => [end, at]));
  return {
    spans(least) {
      const found = new Map<string, ScoredSpan>();
      for (const reading of readings) {
        for (const { first, last, type, probability } of spansOver(reading.inferred, least)) {
          const span = { start: tokens[first]?.start ?? 0, end: tokens[last]?.end ?? 0, type: reading.types[type] ?? '', probability };
          const key = `${span.start} ${span.end} ${span.type}`;
          if (probability > (found.get(key)?.probability ?? 0)) found.set(key, span);
        }
      }
      return [...found.values()].sort((a, b) => a.start - b.start || b.end - a.end || types.indexOf(a.type) - types.indexOf(b.type));
    },
    probabilities({ start, end }) {
      const [first, last] = [firstAt.get(start), lastAt.get(end)];
      if (first === undefined || last === undefined || last < first) return types.map(() => 0);
      return types.map((type) =>
        readings.reduce((best, reading) => {
          const place = reading.types.indexOf(type);
          return place < 0 ? best : Math.max(best, spanMarginal(reading.inferred, place, first, last));
        }, 0),
      );
    },
  };
}
