import { createHash } from 'node:crypto';
import { type EntityType, entityTypes } from '../../document/entity-type.ts';
import { usageError } from '../../error.ts';
import type { Embedder } from '../../model/embedder.ts';
import type { ModelSource, RecognizerOptions } from '../../pipeline/options.ts';
import { createRecognizer, type Recognizer } from '../../pipeline/recognizer.ts';
import { taggerJoins } from '../../pipeline/usual-models.ts';
import { openEmbedder } from '../../pool/open-embedder.ts';
import { taggerId, taggerIdentity } from '../../pool/tagger/tagger-member.ts';
import { pointingTo } from '../../server/problem.ts';
import type { Asked, Service } from '../../server/service.ts';
import { typesOfLabels } from '../inventory.ts';
import { labelsOf, noPool, type OpenedPool } from '../pool.ts';
import type { Terminal } from '../terminal.ts';
import { usableCalibration } from '../usable-calibration.ts';
import type { NamedPool, Pools } from './pools.ts';
import { preparedPools } from './prepared-pools.ts';
import { sharedRecognizers } from './shared-recognizers.ts';

/** What a recognizer is made of. */
interface Material {
  readonly types: readonly EntityType[];
  readonly source: OpenedPool | NamedPool;
}

/** Opens recognizers as they are asked for, of models and pools that are open already. What is opened is for `opened` to release. */
export function createService(
  { ensemble, pools }: { readonly ensemble: readonly ModelSource[]; readonly pools: Pools },
  opened: AsyncDisposableStack,
  terminal: Terminal,
): Service {
  const idOf = (model: ModelSource): string => (typeof model === 'string' ? model : model.id);
  const embedders = new Map<string, Promise<Embedder>>();
  const embedderCalled = (uri: string | undefined): Promise<Embedder> => {
    const opening = embedders.get(uri ?? '') ?? openEmbedder(uri, { environment: terminal.environment });
    embedders.set(uri ?? '', opening);
    return opening;
  };
  opened.defer(async () => {
    for (const embedder of embedders.values()) await (await embedder)[Symbol.asyncDispose]();
  });
  const prepared = preparedPools(() => embedderCalled(undefined), terminal.signal);
  const recognizers = opened.use(sharedRecognizers());

  /** The models with these names, in the order of the server's. */
  function modelsCalled(names: readonly string[] | undefined): readonly ModelSource[] {
    if (names === undefined) return ensemble;
    const unknown = names.filter((name) => !ensemble.some((model) => idOf(model) === name));
    if (unknown.length === 0) return names.flatMap((name) => ensemble.filter((model) => idOf(model) === name));
    throw usageError(`The server has no model ${unknown.join(', ')}; expected some of ${ensemble.map(idOf).join(', ')}.`);
  }

  /** By whom and by what is decided: by the pool's calibration, where it is of what is asked for and of models that the server has. */
  async function decisionOf(asked: Asked, { types, source }: Material): Promise<Pick<RecognizerOptions, 'models' | 'calibration' | 'k'>> {
    const { models: names, options = {} } = asked;
    const { selection, ...others } = options;
    const said = {
      ...defined(others),
      ...(selection && { selection: defined(selection) }),
      ...(names && { models: names }),
      ...('path' in source && { pool: source.path }),
    };
    const trusted = await usableCalibration(said, { ...source, types }, { note: () => undefined });
    const isServed = (member: string) => ensemble.some((model) => idOf(model) === member);
    if (trusted?.members.every(isServed)) {
      const models = modelsCalled(trusted.members);
      await trusted.check(models);
      return { models, ...trusted.options };
    }
    if (trusted !== undefined && options.decision === 'calibrated')
      throw usageError(`The calibration is of ${trusted.members.join(', ')}, and the server has ${ensemble.map(idOf).join(', ')}.`);
    const models = pointingTo(['models'], () => modelsCalled(names));
    const languageModels = models.filter((model) => idOf(model) !== taggerId);
    const hasTagger =
      names === undefined
        ? taggerJoins(options, { ...source, types }, languageModels.length)
        : types.some(({ name }) => source.labels.includes(name)); // else it has nothing to say
    return { models: hasTagger || languageModels.length === 0 ? models : languageModels };
  }

  function verifierCalled(name: string | undefined): Pick<RecognizerOptions, 'verifier'> {
    if (name === undefined) return {};
    const [verifier = name] = ['all', 'nobody'].includes(name) ? [name] : pointingTo(['options', 'verifier'], () => modelsCalled([name]));
    return { verifier };
  }

  /** What a recognizer takes of a pool; requests that name the same file share it. */
  async function preparedFrom(source: OpenedPool | NamedPool): Promise<Pick<RecognizerOptions, 'pool' | 'index'>> {
    const { pool = [], index } = source;
    if (index !== undefined) return { index };
    return 'told' in source && pool.length > 0 ? { index: await prepared(source) } : { pool };
  }

  async function create(asked: Asked, source: OpenedPool | NamedPool, signal: AbortSignal): Promise<Recognizer> {
    const { decision: _, verifier, selection, ...settings } = asked.options ?? {};
    const types = typesFor(asked, source.labels);
    const options: RecognizerOptions = {
      types,
      embedder: await embedderCalled(source.index?.embedder),
      ...(await preparedFrom(source)),
      ...defined(settings),
      ...(selection && { selection: defined(selection) }),
      ...verifierCalled(verifier),
      ...(await decisionOf(asked, { types, source })),
    };
    return createRecognizer(options, { signal: AbortSignal.any([terminal.signal, signal]) });
  }

  return {
    models: ensemble.map((model) =>
      typeof model === 'string' ? { ...taggerIdentity, kind: 'tagger' } : { id: model.id, dialect: model.dialect, kind: 'language model' },
    ),
    pools: () => pools.all().map(({ told }) => told),
    async hold(asked, { signal, inTurn }) {
      const { pool } = asked;
      const named: NamedPool | undefined = typeof pool === 'string' ? pointingTo(['pool'], () => pools.called(pool)) : undefined;
      const source: OpenedPool | NamedPool = named ?? (Array.isArray(pool) ? inlinePool(pool) : noPool);
      const key = hash({ ...asked, pool: named === undefined ? pool : [named.told.name, named.told.revision] });
      return recognizers.hold(key, {
        signal,
        create: (wanted) =>
          inTurn(async () => {
            wanted.throwIfAborted(); // while it waited for its turn
            return create(asked, source, wanted);
          }),
        isCurrent: () => named === undefined || pools.called(named.told.name) === named,
      });
    },
    addToPool: async (name, sentences) => (await pools.add(name, sentences)).told,
  };
}

/** Those that are asked for, or those of the pool. */
function typesFor({ types }: Asked, labels: readonly string[]): readonly EntityType[] {
  return types === undefined
    ? pointingTo(['pool'], () => typesOfLabels(labels))
    : pointingTo(['types'], () => entityTypes(types.map(typeOf)));
}

function inlinePool(sentences: Exclude<Asked['pool'], string | undefined>): OpenedPool {
  const pool = sentences.map((sentence, at) => ({ id: `pool:${at + 1}`, ...sentence }));
  return { pool, labels: labelsOf(pool) };
}

function typeOf(type: Exclude<Asked['types'], undefined>[number]): string | EntityType {
  if (typeof type === 'string') return type;
  const { name, definition } = type;
  return definition === undefined ? { name } : { name, definition };
}

/** The same without what is undefined. */
function defined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> }; // the others are left out
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
