import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { NerError, usageError } from '../error.ts';
import { chatJson } from '../prompting/chat-json.ts';
import { chatPaper } from '../prompting/chat-paper.ts';
import type { ChatPrompt, Dialect } from '../prompting/dialect.ts';
import { bundledModels, modelCalled } from './bundled.ts';
import type { LanguageModel } from './language-model.ts';
import { ggufModel } from './llama/gguf.ts';
import { withoutSecrets } from './server-url.ts';
import { ollama, openai, openaiCompatible } from './servers.ts';

/** The forms of a model's URI, with an example of each. */
export const modelUriForms = [
  ['nano:NAME', 'nano:social', 'a model that comes with this package'],
  ['pool:tagger', 'pool:tagger', 'no language model: a tagger that learns from the pool, of a command that has one'],
  ['gguf:PATH', 'gguf:models/qwen2.5-3b.gguf', 'a GGUF file, run in this process'],
  ['ollama:MODEL', 'ollama:qwen2.5:14b', 'a model of a local Ollama'],
  ['http://HOST/v1#MODEL', 'http://127.0.0.1:8000/v1#qwen', 'an OpenAI-compatible server: vLLM, llama-server, LM Studio'],
  ['openai:MODEL', 'openai:gpt-5-mini', "OpenAI's own servers"],
] as const;

/** What a URI leaves open. */
export interface OpenModelOptions {
  /** Longest wait for one reply, in milliseconds. Default: 120,000 for servers, no limit for models in this process. */
  readonly timeoutMs?: number;
  /**
   * Most requests in flight to the server of the model, a whole number from 1; see `OpenAICompatibleOptions.concurrency`. What the URI says
   * goes before it, and models in this process have no use for it. Default: 64.
   */
  readonly concurrency?: number;
  /** Default: the process'; API keys and server addresses are read from here and nowhere else. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a model by its URI (see `modelUriForms`). All forms but `nano:` take `?dialect=chat-json` or `?dialect=chat-paper`,
 * those of servers also `?concurrency=8` (both: `?dialect=chat-paper&concurrency=8`), before the `#` of a server's. The model's id is
 * `modelId(uri)`.
 * @throws {NerError} `usage` for a URI of no known form or with settings that it does not take, `model-unavailable` for a model that does not load.
 * Servers are not asked before their first task.
 */
export async function openModel(uri: string, options: OpenModelOptions = {}): Promise<LanguageModel> {
  const environment = options.environment ?? env;
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  const [scheme, rest] = split(uri, ':');
  if (scheme === 'nano') return openBundled(uri, rest, timeout);
  if (uri === 'pool:tagger') {
    throw usageError(
      `${uri} cannot be opened by itself: pool:tagger learns from a pool. Name it among the models of an ensemble that has a pool.`,
    );
  }
  const { id, plain, dialect, concurrency = options.concurrency } = withoutSettings(uri, scheme);
  const chosen = dialect === undefined ? {} : { dialect };
  const served = { id, ...chosen, ...timeout, ...(concurrency === undefined ? {} : { concurrency }) };
  const name = split(plain, ':')[1];
  if (name === '') throw unknownUri(uri);
  switch (scheme) {
    case 'gguf':
      return ggufModel({ id, path: expandHome(name), ...chosen, ...timeout });
    case 'ollama':
      return ollama({ ...served, model: name, baseUrl: environment['OLLAMA_HOST'] || undefined });
    case 'openai':
      return openai({ ...served, model: name, apiKey: environment['OPENAI_API_KEY'] || undefined });
    case 'http':
    case 'https': {
      const [baseUrl, model] = split(plain, '#');
      if (model === '' || !URL.canParse(baseUrl)) throw unknownUri(uri);
      return openaiCompatible({ ...served, baseUrl, model, apiKey: environment['EL4NER_API_KEY'] || undefined });
    }
    default:
      throw unknownUri(uri);
  }
}

/**
 * The id of the model that a URI opens: the URI without what does not influence answers, `?concurrency=8`.
 * @throws {NerError} `usage` for settings that it does not take.
 */
export function modelId(uri: string): string {
  const [scheme] = split(uri, ':');
  return scheme === 'nano' ? uri : withoutSettings(uri, scheme).id;
}

/**
 * The file that the model of a URI is loaded from; `undefined` for one of a server.
 * @throws {NerError} `usage` for a bundled model, a dialect or another setting that there is not.
 */
export async function weightsPath(uri: string): Promise<string | undefined> {
  const [scheme, rest] = split(uri, ':');
  if (scheme === 'nano') return modelCalled(rest, await bundledModels()).path;
  return scheme === 'gguf' ? expandHome(split(withoutSettings(uri, scheme).plain, ':')[1]) : undefined;
}

async function openBundled(uri: string, name: string, timeout: Pick<OpenModelOptions, 'timeoutMs'>): Promise<LanguageModel> {
  const { path, contextTokens, textLimit, windowLength, weight } = modelCalled(name, await bundledModels());
  return { ...(await ggufModel({ id: uri, path, contextTokens, textLimit, device: 'cpu', ...timeout })), windowLength, weight };
}

/** A model in this process tells probabilities of single claims, and evaluates what they share once; servers are asked about all at once. */
const dialects: Readonly<Record<string, (scheme: string) => Dialect<ChatPrompt>>> = {
  'chat-json': (scheme) => chatJson({ verify: scheme === 'gguf' ? 'each' : 'batched' }),
  'chat-paper': chatPaper,
};

/** A URI taken apart by what stands behind its `?`. */
interface Settings {
  readonly id: string;
  /** Without all settings. */
  readonly plain: string;
  readonly dialect?: Dialect<ChatPrompt>;
  readonly concurrency?: number;
}

/** A URI without its settings, and what they say. A `?` with other words behind it is part of a name. */
function withoutSettings(uri: string, scheme: string): Settings {
  const [found, written = ''] = /\?((?:dialect|concurrency)=[^#]*)/.exec(uri) ?? [];
  if (found === undefined) return { id: uri, plain: uri };
  const { dialect, concurrency, ...others } = Object.fromEntries(new URLSearchParams(written));
  const [unknown] = scheme === 'gguf' && concurrency !== undefined ? ['concurrency'] : Object.keys(others);
  if (unknown !== undefined) {
    const known = scheme === 'gguf' ? 'Known is dialect' : 'Known are dialect and concurrency';
    throw usageError(`"${unknown}" is no setting of ${withoutSecrets(uri)}. ${known}.`);
  }
  const naming = written.split('&').filter((setting) => !setting.startsWith('concurrency='));
  return {
    id: uri.replace(found, () => (naming.length === 0 ? '' : `?${naming.join('&')}`)),
    plain: uri.replace(found, ''),
    ...(dialect === undefined ? {} : { dialect: dialectCalled(dialect, uri, scheme) }),
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
  };
}

function dialectCalled(name: string, uri: string, scheme: string): Dialect<ChatPrompt> {
  const make = Object.hasOwn(dialects, name) ? dialects[name] : undefined;
  if (make === undefined)
    throw usageError(`No dialect is called "${name}" in ${withoutSecrets(uri)}. Known are ${Object.keys(dialects).join(' and ')}.`);
  return make(scheme);
}

function unknownUri(uri: string): NerError {
  const forms = modelUriForms.map(([form, example]) => `${form} (${example})`).join(', ');
  return new NerError(`"${withoutSecrets(uri)}" names no model. Known forms are ${forms}.`, { code: 'usage' });
}

/** A shell expands `~/` only at the beginning of a word, and in a URI it never is. */
function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
}

/** The parts before and after the first separator; the second is empty if there is none. */
function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
