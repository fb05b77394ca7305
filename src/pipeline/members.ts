import { NerError } from '../error.ts';
import { bundledModels } from '../model/bundled.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { openModel } from '../model/open.ts';
import type { Ensemble } from './ensemble.ts';
import type { ModelSource, RecognizerOptions } from './options.ts';

/** The open models of a recognizer. Disposing releases those that were opened here. */
export interface OpenMembers extends AsyncDisposable {
  readonly ensemble: Ensemble;
  /** `undefined` if nobody verifies. */
  readonly verifiers: Ensemble | undefined;
}

/**
 * Opens the ensemble and the verifier; a URI that occurs twice is opened once.
 * @throws {NerError} `usage` or `model-unavailable`
 */
export async function openMembers(options: RecognizerOptions): Promise<OpenMembers> {
  await using opening = new AsyncDisposableStack();
  const opened = new Map<string, LanguageModel>();
  const open = async (source: ModelSource): Promise<LanguageModel> => {
    if (typeof source !== 'string') return source;
    const model = opened.get(source) ?? opening.use(await openModel(source));
    opened.set(source, model);
    return model;
  };

  const sources = options.models ?? (await bundledModels()).map(({ name }) => `nano:${name}`);
  const models: LanguageModel[] = [];
  for (const source of sources) models.push(await open(source));
  const twice = models.find((model, index) => models.findIndex(({ id }) => id === model.id) !== index);
  if (twice !== undefined)
    throw new NerError(`The model ${twice.id} is in the ensemble twice; every member needs an id of its own.`, { code: 'usage' });
  const ensemble: Ensemble = {
    members: models.map((model, index) => ({ model, weight: options.weights?.[index] ?? 1 })),
    quorum: options.quorum ?? 1,
  };

  const verifiers = await verifiersOf(options.verifier ?? models[0], ensemble, open);
  const owned = opening.move();
  return {
    ensemble,
    verifiers,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function verifiersOf(
  verifier: RecognizerOptions['verifier'],
  ensemble: Ensemble,
  open: (source: ModelSource) => Promise<LanguageModel>,
): Promise<Ensemble | undefined> {
  if (verifier === undefined || verifier === 'nobody') return undefined;
  if (verifier === 'all') return ensemble;
  const member = ensemble.members.find(({ model }) => model.id === (typeof verifier === 'string' ? verifier : verifier.id));
  return { members: [member ?? { model: await open(verifier), weight: 1 }], quorum: 1 };
}
