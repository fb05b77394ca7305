import { bundledModels } from '../model/bundled.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { openModel } from '../model/open.ts';
import type { ModelSource } from '../pipeline/options.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import type { Terminal } from './terminal.ts';

/** The flags that name an ensemble. */
interface EnsembleFlags {
  readonly models?: readonly string[];
  /** Longest wait for a reply, in seconds. */
  readonly timeout?: number;
}

/**
 * Opens the members of an ensemble, the bundled ones if none are named. What is opened is for `opened` to release. The tagger stays a URI, for
 * the recognizer trains it from the pool.
 */
export async function openEnsemble(
  { models, timeout }: EnsembleFlags,
  opened: AsyncDisposableStack,
  terminal: Pick<Terminal, 'environment' | 'signal' | 'progress'>,
): Promise<readonly ModelSource[]> {
  const ensemble: ModelSource[] = [];
  for (const uri of models ?? (await bundledModels()).map(({ name }) => `nano:${name}`))
    ensemble.push(uri === taggerId ? uri : await openMember(uri, { timeout }, opened, terminal));
  return ensemble;
}

/** Opens one model. */
export async function openMember(
  uri: string,
  { timeout }: { readonly timeout: number | undefined },
  opened: AsyncDisposableStack,
  { environment, signal, progress }: Pick<Terminal, 'environment' | 'signal' | 'progress'>,
): Promise<LanguageModel> {
  signal.throwIfAborted();
  progress(`Loading ${uri}`);
  return opened.use(await openModel(uri, { environment, ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }) }));
}
