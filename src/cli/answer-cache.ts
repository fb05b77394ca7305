import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AnswerCache, openAnswerCache } from '../cache/answer-cache.ts';
import { cachedModel } from '../cache/cached-model.ts';
import { cacheDirectory } from '../dataset/cache.ts';
import { modelIdentity } from '../experiment/manifest.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { runtimeVersion } from '../model/llama/runtime.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { CacheStatsFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/** The model with a cache, which is for `opened` to release. */
export async function withCache(
  model: LanguageModel,
  opened: AsyncDisposableStack,
  terminal: Pick<Terminal, 'environment' | 'note'>,
): Promise<LanguageModel> {
  const identity = await modelIdentity(model);
  // Another llama.cpp may round otherwise, and another version of this package ask otherwise.
  const runtime = identity.sha256 === undefined ? '' : await runtimeVersion();
  const cache = opened.use(open(terminal));
  return cachedModel(model, { cache, identity: [identity, runtime, await packageVersion()] });
}

function open({ environment, note }: Pick<Terminal, 'environment' | 'note'>): AnswerCache {
  const { EL4NER_CACHE: given = '' } = environment;
  const path = given === '' ? join(cacheDirectory(environment, homedir()), 'answers.sqlite') : given;
  return openAnswerCache(path, { onTrouble: note });
}

/** `el4ner cache stats`: what the cache of answers holds. */
export async function cacheStats({ json }: CacheStatsFlags, terminal: Terminal): Promise<ExitCode> {
  using cache = open(terminal);
  const stats = cache.stats();
  const { path, answers, bytes, mostBytes } = stats;
  await terminal.print(
    json
      ? `${JSON.stringify(stats, null, 2)}\n`
      : `${path}: ${counted(answers, 'answer')}, ${megabytes(bytes)} of at most ${megabytes(mostBytes)}.\n`,
  );
  return exitCodes.done;
}

/** `el4ner cache clear`: forgets all answers. */
export async function clearCache(terminal: Terminal): Promise<ExitCode> {
  using cache = open(terminal);
  const { path } = cache.stats();
  await terminal.print(`${path}: ${counted(cache.clear(), 'answer')} forgotten.\n`);
  return exitCodes.done;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
