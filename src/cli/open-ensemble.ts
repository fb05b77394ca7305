import { bundledUris } from '../model/bundled.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { openModel } from '../model/open.ts';
import { withoutSecrets } from '../model/server-url.ts';
import type { ModelSource } from '../pipeline/options.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import { withCache } from './answer-cache.ts';
import type { Terminal } from './terminal.ts';

/** The flags that name an ensemble. */
export interface EnsembleFlags {
  readonly models?: readonly string[];
  /** Longest wait for a reply, in seconds. */
  readonly timeout?: number;
  /** Whether answers are kept, and taken from where they were kept. Default: no. */
  readonly cache?: boolean;
  /** What each model is put behind. Default: nothing. */
  readonly guard?: ((model: LanguageModel) => LanguageModel) | undefined;
}

/**
 * Opens the members of an ensemble, the bundled ones if none are named. What is opened is for `opened` to release. The tagger stays a URI, for
 * the recognizer trains it from the pool.
 */
export async function openEnsemble(
  flags: EnsembleFlags,
  opened: AsyncDisposableStack,
  terminal: OpeningTerminal,
): Promise<readonly ModelSource[]> {
  const ensemble: ModelSource[] = [];
  for (const uri of flags.models ?? (await bundledUris()))
    ensemble.push(uri === taggerId ? uri : await openMember(uri, flags, opened, terminal));
  return ensemble;
}

type OpeningTerminal = Pick<Terminal, 'environment' | 'signal' | 'progress' | 'note'>;

/** Opens one model. */
export async function openMember(
  uri: string,
  { timeout, cache, guard = (model) => model }: Omit<EnsembleFlags, 'models'>,
  opened: AsyncDisposableStack,
  terminal: OpeningTerminal,
): Promise<LanguageModel> {
  const { environment, signal, progress } = terminal;
  signal.throwIfAborted();
  progress(`Loading ${withoutSecrets(uri)}`);
  const model = opened.use(await openModel(uri, { environment, ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }) }));
  return guard(cache ? await withCache(model, opened, terminal) : model);
}
