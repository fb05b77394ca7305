import { readJsonl } from '../src/dataset/jsonl.ts';
import type { LabelledSentence } from '../src/document/labelled.ts';
import { sampleSentences } from '../src/experiment/experiment.ts';
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

async function sentencesOf(path: string): Promise<readonly LabelledSentence[]> {
  const samples = await Array.fromAsync(readJsonl(path));
  return samples.map(({ text, entities }, at) => ({ id: String(at), text, entities }));
}
