import type { Embedder } from '../../model/embedder.ts';
import { candidateSource, preparePool } from '../../pipeline/retrieve/candidates.ts';
import type { PreparedPool } from '../../pool/prepared-pool.ts';
import { usualCandidateSpans } from '../../pool/span-sources.ts';
import type { TrainedTagger } from '../../pool/tagger/tagger.ts';
import { labelledTypes, trainTagger } from '../../pool/tagger/train-tagger.ts';
import { once } from './once.ts';
import type { NamedPool } from './pools.ts';

/** Whose gold mentions are retrieved by asks no model. */
const nobody = { members: [], quorum: 0 };

/**
 * Prepares pools as an index is: for all of their types at once, whichever of them a request wants. Each is prepared once until it changes, and
 * its tagger is trained once, when the first request wants it; both are finished even if that request gives up.
 * @param signal - of the server.
 */
export function preparedPools(embedder: () => Promise<Embedder>, signal: AbortSignal): (pool: NamedPool) => Promise<PreparedPool> {
  const latest = new Map<string, { readonly revision: string; readonly prepared: () => Promise<PreparedPool> }>();

  async function prepare({ pool: sentences = [], labels }: NamedPool): Promise<PreparedPool> {
    const source = candidateSource({ ensemble: nobody, types: labels.map((name) => ({ name })), candidateSpans: usualCandidateSpans });
    const { pool } = await preparePool(sentences, { candidates: source.find, embedder: await embedder() }, signal);
    const types = labelledTypes(sentences, labels);
    const train = async (): Promise<TrainedTagger> => trainTagger(sentences, { types, embedder: await embedder() }, signal);
    return { ...pool, candidateSpans: usualCandidateSpans, goldTypes: labels, trainedTagger: once(train) };
  }

  return (pool) => {
    const { name, revision } = pool.told;
    let known = latest.get(name);
    if (known?.revision !== revision) known = { revision, prepared: once(() => prepare(pool)) };
    latest.set(name, known);
    return known.prepared();
  };
}
