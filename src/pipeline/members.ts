import { entityTypes } from '../document/entity-type.ts';
import { usageError } from '../error.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { modelId, openModel } from '../model/open.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import type { Ensemble } from './ensemble.ts';
import { type ModelSource, type RecognizerOptions, whole } from './options.ts';
import { usualModels } from './usual-models.ts';

/** The open models of a recognizer. Disposing releases those that were opened here. */
export interface OpenMembers extends AsyncDisposable {
  readonly ensemble: Ensemble;
  /** `undefined` if nobody verifies. */
  readonly verifiers: Ensemble | undefined;
}

/** Everybody who is asked about a text, each once. */
export function everybody({ ensemble, verifiers }: OpenMembers): readonly LanguageModel[] {
  return [...new Set([...ensemble.members, ...(verifiers?.members ?? [])].map(({ model }) => model))];
}

/**
 * Opens the ensemble and the verifier.
 * @param openTagger - opens the member that learns from the pool.
 * @throws {NerError} `usage` or `model-unavailable`
 * @throws `signal.reason` once the signal is aborted.
 */
export async function openMembers(
  options: RecognizerOptions,
  openTagger: () => Promise<LanguageModel>,
  signal: AbortSignal,
): Promise<OpenMembers> {
  await using opening = new AsyncDisposableStack();
  let tagger: Promise<LanguageModel> | undefined;
  const open = async (source: ModelSource): Promise<LanguageModel> => {
    signal.throwIfAborted();
    if (typeof source !== 'string') return source;
    if (source === taggerId) {
      tagger ??= openTagger();
      return tagger;
    }
    return opening.use(await openModel(source));
  };
  const models: LanguageModel[] = [];
  for (const source of options.models ?? (await usualModels(options, { ...options, types: entityTypes(options.types) })))
    models.push(await open(source));
  const ensemble = ensembleOf(models, options);
  const verifiers = await verifiersOf(options.verifier ?? 'all', ensemble, open);
  const owned = opening.move();
  return { ensemble, verifiers, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function ensembleOf(models: readonly LanguageModel[], { weights, quorum = 1, recordContent = false }: RecognizerOptions): Ensemble {
  const twice = models.find((model, index) => models.findIndex(({ id }) => id === model.id) !== index);
  if (twice !== undefined) throw usageError(`The model ${twice.id} is in the ensemble twice; every member needs an id of its own.`);
  whole('quorum', quorum, 1, models.length);
  if (weights !== undefined && weights.length !== models.length) {
    throw usageError(`There are ${weights.length} weights for ${models.length} models; expected one for each.`);
  }
  const own = models.every(({ weight }) => weight !== undefined);
  const members = models.map((model, index) => ({ model, weight: weights?.[index] ?? (own ? model.weight : undefined) ?? 1 }));
  return { members, quorum, recordContent };
}

/** A verifier that fails must not fail a document that the ensemble has decided, so that no quorum is asked of one alone. */
async function verifiersOf(
  verifier: RecognizerOptions['verifier'],
  ensemble: Ensemble,
  open: (source: ModelSource) => Promise<LanguageModel>,
): Promise<Ensemble | undefined> {
  if (verifier === undefined || verifier === 'nobody') return undefined;
  if (verifier === 'all') return ensemble;
  const id = typeof verifier === 'string' ? modelId(verifier) : verifier.id;
  const member = ensemble.members.find(({ model }) => model.id === id);
  if (member !== undefined && typeof verifier !== 'string' && member.model !== verifier) {
    throw usageError(`The verifier and a member of the ensemble are both called ${id}; every model needs an id of its own.`);
  }
  return { ...ensemble, members: [member ?? { model: await open(verifier), weight: 1 }], quorum: 0 };
}
