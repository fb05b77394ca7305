import { deserialize, serialize } from 'node:v8';
import { templatesId } from './features.ts';
import type { Layer } from './layers.ts';
import { stepsOf, weightsOf } from './rounding.ts';
import type { TrainedTagger } from './tagger.ts';

const version = 2;

/** Taggers of another version are not read, and must be trained anew. */
export const taggerVersion: string = `crf@${version}-${templatesId}`;

/** A tagger as it is stored, by the structured clone that Node reads and writes. */
interface StoredTagger {
  readonly version: typeof version;
  readonly templates: string;
  readonly types: readonly string[];
  readonly layers: readonly Layer[];
  readonly features: Int32Array;
  readonly firstWeights: Uint32Array;
  readonly weightLabels: Uint16Array;
  readonly weights: Int16Array;
  readonly dimensions: number;
  readonly vectorWeights: Int16Array;
  readonly steps: readonly { readonly inside: Int16Array; readonly adjacent: Int16Array }[];
  readonly gazetteer: TrainedTagger['gazetteer'];
  readonly directions: TrainedTagger['directions'];
}

/** The bytes of a tagger; equal ones of equal taggers. */
export function serializeTagger({ types, weights, gazetteer, directions }: TrainedTagger): Buffer {
  const { layers, places, firstWeights, weightLabels, dimensions } = weights;
  const stored: StoredTagger = {
    version,
    templates: templatesId,
    types,
    layers,
    features: Int32Array.from(places.keys()),
    firstWeights,
    weightLabels,
    weights: stepsOf(weights.weights),
    dimensions,
    vectorWeights: stepsOf(weights.vectorWeights),
    steps: weights.steps.map(({ inside, adjacent }) => ({ inside: stepsOf(inside), adjacent: stepsOf(adjacent) })),
    gazetteer,
    directions,
  };
  return serialize(stored);
}

/**
 * The tagger that {@link serializeTagger} wrote.
 * @param bytes - known to be whole, by a checksum.
 * @returns `undefined` if they are of another version of the form or of the features, so that the tagger must be trained anew.
 */
export function deserializeTagger(bytes: Uint8Array): TrainedTagger | undefined {
  try {
    const stored = deserialize(bytes) as StoredTagger; // where it is none, the next lines fail
    return stored.version === version && stored.templates === templatesId ? taggerOf(stored) : undefined;
  } catch {
    return undefined; // another version of Node may have written it in a form that this one does not know
  }
}

function taggerOf(stored: StoredTagger): TrainedTagger {
  const { types, layers, features, firstWeights, weightLabels, dimensions, gazetteer, directions } = stored;
  const weights = {
    layers,
    places: new Map(Array.from(features, (hash, place) => [hash, place])),
    firstWeights,
    weightLabels,
    weights: weightsOf(stored.weights),
    dimensions,
    vectorWeights: weightsOf(stored.vectorWeights),
    steps: stored.steps.map(({ inside, adjacent }) => ({ inside: weightsOf(inside), adjacent: weightsOf(adjacent) })),
  };
  return { types, weights, gazetteer, directions };
}
