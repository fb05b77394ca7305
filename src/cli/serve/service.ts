import { createHash } from 'node:crypto';
import { usageError } from '../../error.ts';
import type { Embedder } from '../../model/embedder.ts';
import { checkSelection, type ModelSource, type RecognizerOptions } from '../../pipeline/options.ts';
import { createRecognizer, type Recognizer } from '../../pipeline/recognizer.ts';
import { openEmbedder } from '../../pool/open-embedder.ts';
import { taggerIdentity } from '../../pool/tagger/tagger-member.ts';
import { pointed, pointingTo } from '../../server/problem.ts';
import type { Asked, Service } from '../../server/service.ts';
import { labelsOf, noPool, type OpenedPool } from '../pool.ts';
import type { Terminal } from '../terminal.ts';
import { membersFor } from './asked-members.ts';
import { typesFor } from './asked-types.ts';
import { defined } from './defined.ts';
import { once } from './once.ts';
import type { NamedPool, Pools } from './pools.ts';
import { preparedPools } from './prepared-pools.ts';
import { sharedRecognizers } from './shared-recognizers.ts';

/** Opens recognizers as they are asked for, of models and pools that are open already. What is opened is for `opened` to release. */
export function createService(
  { ensemble, pools }: { readonly ensemble: readonly ModelSource[]; readonly pools: Pools },
  opened: AsyncDisposableStack,
  { environment }: Pick<Terminal, 'environment'>,
): Service {
  const openEmbedders = opened.use(new AsyncDisposableStack());
  const embedders = new Map<string, () => Promise<Embedder>>();
  const embedderCalled = (uri: string | undefined): Promise<Embedder> => {
    const known = embedders.get(uri ?? '') ?? once(async () => openEmbedders.use(await openEmbedder(uri, { environment })));
    embedders.set(uri ?? '', known);
    return known();
  };
  const ending = new AbortController();
  const prepared = preparedPools(() => embedderCalled(undefined), ending.signal);
  const recognizers = opened.use(sharedRecognizers());
  opened.defer(() => ending.abort(new Error('The server has ended.')));

  /** What a recognizer takes of a pool; requests that name the same file share it. */
  async function preparedFrom(source: OpenedPool | NamedPool): Promise<Pick<RecognizerOptions, 'pool' | 'index'>> {
    const { pool = [], index } = source;
    if (index !== undefined) return { index };
    return 'told' in source && pool.length > 0 ? { index: await prepared(source) } : { pool };
  }

  async function create(asked: Asked, source: OpenedPool | NamedPool, signal: AbortSignal): Promise<Recognizer> {
    const { decision: _, verifier: __, selection, ...settings } = asked.options ?? {};
    const types = typesFor(asked, source.labels);
    checkTogether(asked.options ?? {});
    const members = await membersFor(asked, { types, source }, ensemble);
    const options: RecognizerOptions = {
      types,
      embedder: await embedderCalled(source.index?.embedder),
      ...(await preparedFrom(source)),
      ...defined(settings),
      ...(selection && { selection: defined(selection) }),
      ...members,
    };
    return createRecognizer(options, { signal: AbortSignal.any([ending.signal, signal]) });
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
    addToPool: async (name, sentences, types) => (await pools.add(name, sentences, types)).told,
  };
}

function inlinePool(sentences: Exclude<Asked['pool'], string | undefined>): OpenedPool {
  const pool = sentences.map((sentence, at) => ({ id: `pool:${at + 1}`, ...sentence }));
  return { pool, labels: labelsOf(pool) };
}

/**
 * Options that do not go together, which the pipeline would not point to.
 * @throws {ProblemError}
 */
function checkTogether({ preset, combination, retriever, selection = {} }: NonNullable<Asked['options']>): void {
  if (preset === 'fast' && combination === 'rescue')
    throw pointed(
      ['options', 'combination'],
      usageError('"rescue" is of spans before they are typed, and the preset "fast" types them at once; expected one of the two.'),
    );
  pointingTo(['options', 'selection', 'coverSpans'], () => checkSelection(defined({ selection: defined(selection), retriever })));
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
