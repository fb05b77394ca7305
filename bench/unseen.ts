import { readJsonl } from '../src/dataset/jsonl.ts';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
import type { Embedder } from '../src/model/embedder.ts';
import type { RecognizerOptions } from '../src/pipeline/options.ts';
import type { Entity } from '../src/pipeline/recognition.ts';
import { createRecognizer } from '../src/pipeline/recognizer.ts';
import { candidateSource, preparePool } from '../src/pipeline/retrieve/candidates.ts';
import type { PreparedPool } from '../src/pool/prepared-pool.ts';
import type { LocatedSet } from './sets.ts';

/**
 * Splits that the bundled models have not learnt from, of the sets whose usual pool they have: pools from the others look better to them than
 * sentences of a user's own. Of a set that has but a test split unseen, it is halved by chance.
 */
const unseenPools: Readonly<Record<string, string>> = {
  wnut17: 'dev',
  bc5cdr: 'dev',
  'litbank-nested': 'dev',
  btc: 'test',
  jnlpba: 'test',
  'genia-nested': 'test',
};

/** Most sentences of a pool whose set the bundled models know nothing of: it stands for a domain that has but few. */
export const mostUnknown = 100;

/** What a set has to score and to learn from. */
export interface UnseenMaterial {
  readonly scored: readonly LabelledSentence[];
  /** None of it is scored. */
  readonly rest: readonly LabelledSentence[];
  readonly types: readonly { readonly name: string }[];
}

/** `limit` sentences to score, the same always, and all others that are there to learn from and that no bundled model has seen. */
export async function unseenMaterial(set: LocatedSet, limit: number): Promise<UnseenMaterial> {
  const split = unseenPools[set.name];
  const poolPath = split === undefined ? set.poolPath : set.poolPath.replace(/[^/]+$/, `${split}.jsonl`);
  const all = await sentencesOf(poolPath);
  const scored = sampleSentences(await sentencesOf(set.dataPath), limit, 0);
  const texts = new Set(scored.map(({ text }) => text));
  const types = [...new Set(all.flatMap(({ entities }) => entities.map(({ type }) => type)))].sort().map((name) => ({ name }));
  return { scored, rest: all.filter(({ text }) => !texts.has(text)), types };
}

/** A pool of a set, prepared, and what is scored with it. */
export interface UnseenPool extends Omit<UnseenMaterial, 'rest'> {
  readonly pool: readonly LabelledSentence[];
  readonly index: PreparedPool;
}

/** Of a set, a pool of at most `size` sentences, chosen by the seed, and `limit` sentences to score, always the same. */
export async function unseenPool(
  set: LocatedSet,
  { limit, size, seed, embedder }: { readonly limit: number; readonly size: number; readonly seed: number; readonly embedder: Embedder },
  signal: AbortSignal,
): Promise<UnseenPool> {
  const { scored, rest, types } = await unseenMaterial(set, limit);
  const pool = sampleSentences(rest, size, seed);
  const { find } = candidateSource({ ensemble: { members: [], quorum: 0 }, types, candidateSpans: 'gold' });
  const { pool: index } = await preparePool(pool, { candidates: find, embedder }, signal);
  return { scored, types, pool, index };
}

/** What a system finds in each sentence that is scored; nothing where it fails. */
export async function foundBy(
  options: RecognizerOptions,
  scored: readonly LabelledSentence[],
  signal: AbortSignal,
): Promise<readonly (readonly Entity[])[]> {
  await using recognizer = await createRecognizer(options);
  const found = await Array.fromAsync(recognizer.recognizeAll(scored, { signal }));
  return found.map((one) => (one.status === 'failed' ? [] : one.entities));
}

async function sentencesOf(path: string): Promise<readonly LabelledSentence[]> {
  const samples = await Array.fromAsync(readJsonl(path));
  return samples.map(({ text, entities }, at) => ({ id: String(at), text, entities }));
}
