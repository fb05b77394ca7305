import type { EntityType } from '../document/entity-type.ts';
import { usageError } from '../error.ts';
import { abortable } from '../model/abortable.ts';
import type { Embedder } from '../model/embedder.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { sentencesOf } from '../pool/prepared-pool.ts';
import { openTagger as openTrained } from '../pool/tagger/tagger.ts';
import { taggerId, taggerMember } from '../pool/tagger/tagger-member.ts';
import { labelledTypes, trainTagger } from '../pool/tagger/train-tagger.ts';
import { checkIndex } from './check-index.ts';
import { poolSentence, type RecognizerOptions, type Said } from './options.ts';

/**
 * Opens the member that learns from the pool, trained with an index or here.
 * @throws {NerError} `usage` if there is no pool.
 * @throws what the embedder throws; `signal.reason` once the signal is aborted.
 */
export async function openTagger(
  { pool = [], index, onProgress }: RecognizerOptions,
  { types, embedder }: { readonly types: readonly EntityType[]; readonly embedder: () => Promise<Embedder> },
  signal: AbortSignal,
): Promise<LanguageModel> {
  const names = labelsIn({ pool, index }, types);
  if (names.length === 0) {
    const isEmpty = (index?.size ?? pool.length) === 0;
    throw usageError(
      `${taggerId} learns from labelled sentences, and ${isEmpty ? 'there is no pool' : 'the pool has no mention of these types'}. Give it one, or leave ${taggerId} out.`,
    );
  }
  if (index !== undefined) checkIndex(index, await embedder());
  const stored = await abortable(Promise.resolve(index?.trainedTagger?.()), signal);
  const isEnough = stored !== undefined && names.every((name) => stored.types.includes(name));
  const progress = onProgress === undefined ? {} : { onProgress };
  const sentences = () => (index === undefined ? pool.map(poolSentence) : sentencesOf(index));
  const trained = isEnough ? stored : await trainTagger(sentences(), { types: names, embedder: await embedder(), ...progress }, signal);
  return taggerMember(await openTrained(trained, await embedder()));
}

/** Names of the types that a pool has mentions of. */
export function labelsIn({ pool = [], index }: Said<'pool' | 'index'>, types: readonly EntityType[]): readonly string[] {
  const names = types.map(({ name }) => name);
  const labels = index?.labels?.().map(({ type }) => type);
  if (labels !== undefined) return names.filter((name) => labels.includes(name));
  return labelledTypes(index === undefined ? pool : sentencesOf(index), names);
}
