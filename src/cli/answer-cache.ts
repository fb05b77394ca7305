import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AnswerCache, openAnswerCache } from '../cache/answer-cache.ts';
import { cachedModel } from '../cache/cached-model.ts';
import { cacheDirectory } from '../dataset/cache.ts';
import { modelIdentity } from '../experiment/manifest.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { runtimeVersion } from '../model/llama/runtime.ts';
import { ollamaDigest } from '../model/ollama-digest.ts';
import { ollamaUrl } from '../model/server-url.ts';
import { codeFingerprint } from './code-fingerprint.ts';
import { counted } from './counted.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import type { CacheStatsFlags } from './flags.ts';
import type { Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/** One for all models that a stack releases. */
const openCaches = new WeakMap<AsyncDisposableStack, AnswerCache>();

type CachingTerminal = Pick<Terminal, 'environment' | 'note' | 'signal'>;

/** The model with a cache, which is for `opened` to release and which all models that it releases share. */
export async function withCache(model: LanguageModel, opened: AsyncDisposableStack, terminal: CachingTerminal): Promise<LanguageModel> {
  const identity = await cacheIdentity(model, terminal);
  const cache = openCaches.get(opened) ?? opened.use(open(terminal));
  openCaches.set(opened, cache);
  return cachedModel(model, { cache, identity });
}

/** All that decides what a model answers, as far as it can be known: a server may have another model behind the same name. */
async function cacheIdentity(model: LanguageModel, { environment, signal }: Omit<CachingTerminal, 'note'>): Promise<readonly unknown[]> {
  const identity = await modelIdentity(model);
  const { origin } = model;
  // Another llama.cpp may round otherwise, and other code of this package ask otherwise.
  const runtime = identity.sha256 === undefined ? '' : await runtimeVersion();
  const code = [await packageVersion(), codeFingerprint()];
  if (origin?.provider !== 'ollama') return [identity, origin, runtime, code];
  const baseUrl = ollamaUrl(environment['OLLAMA_HOST']);
  return [identity, origin, runtime, code, await ollamaDigest({ baseUrl, model: origin.model }, signal)];
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
