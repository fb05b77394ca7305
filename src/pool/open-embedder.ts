import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { isMisspelling } from '../document/fuzzy.ts';
import { usageError } from '../error.ts';
import { checkedEmbedder } from '../model/checked-embedder.ts';
import type { Embedder } from '../model/embedder.ts';
import { ggufEmbedder } from '../model/llama/embedder.ts';
import { ollamaEmbedder, openaiCompatibleEmbedder, openaiEmbedder } from '../model/server-embedders.ts';
import { withoutSecrets } from '../model/server-url.ts';
import { transformersEmbedder } from '../model/transformers-embedder.ts';
import { ngramEmbedder } from './ngram-embedder.ts';
import { wordEmbedder } from './word-embedder.ts';

/** The forms of an embedder's URI, with an example of each. */
export const embedderUriForms = [
  ['words', 'words', 'what words mean and how they are spelled, by a table that comes with this package'],
  ['ngram', 'ngram', 'how words are spelled'],
  ['gguf:PATH', 'gguf:models/all-minilm-l6-v2.gguf', 'a GGUF file, run in this process'],
  ['ollama:MODEL', 'ollama:nomic-embed-text', 'a model of a local Ollama'],
  [
    'http://HOST/v1#MODEL',
    'http://127.0.0.1:8000/v1#bge-small',
    'an OpenAI-compatible server: vLLM, llama-server, Text Embeddings Inference',
  ],
  ['openai:MODEL', 'openai:text-embedding-3-small', "OpenAI's own servers"],
  ['transformers:MODEL', 'transformers:models/all-minilm-l6-v2', 'a folder with an ONNX model, or a name on the Hugging Face hub'],
] as const;

/** What an embedder's URI leaves open. */
export interface OpenEmbedderOptions {
  /** Longest wait for one batch of texts, in milliseconds. Default: 120,000 for servers, no limit for models in this process. */
  readonly timeoutMs?: number;
  /** Default: the process'; API keys and server addresses are read from here and nowhere else. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens an embedder by its URI (see `embedderUriForms`); by its id, too, as that is its URI, with a version where one is needed
 * (`words@1`). What it gives is checked, scaled to length 1 and remembered for texts that come again.
 * @throws {NerError} `usage` for a URI of no known form, `model-unavailable` for a model that does not load. Servers are not
 * asked before their first text.
 */
export async function openEmbedder(uri = 'words', options: OpenEmbedderOptions = {}): Promise<Embedder> {
  const environment = options.environment ?? env;
  const timeout = options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs };
  for (const [name, open] of Object.entries(builtIn)) {
    if (uri !== name && !uri.startsWith(`${name}@`)) continue;
    const embedder = await open();
    if (uri !== name && uri !== embedder.id) throw usageError(`"${uri}" is not in this version of the package, which has ${embedder.id}.`);
    return checkedEmbedder(embedder, { batchSize: 256 });
  }
  const [scheme, name] = split(uri, ':');
  if (name === '') throw unknownUri(uri);
  switch (scheme) {
    case 'gguf':
      return checkedEmbedder(await ggufEmbedder({ id: uri, path: expandHome(name) }), timeout);
    case 'transformers':
      return transformersEmbedder({ id: uri, model: expandHome(name), ...timeout });
    case 'ollama':
      return ollamaEmbedder({ id: uri, model: name, baseUrl: environment['OLLAMA_HOST'] || undefined, ...timeout });
    case 'openai':
      return openaiEmbedder({ id: uri, model: name, apiKey: environment['OPENAI_API_KEY'] || undefined, ...timeout });
    case 'http':
    case 'https': {
      const [baseUrl, model] = split(uri, '#');
      if (model === '' || !URL.canParse(baseUrl)) throw unknownUri(uri);
      return openaiCompatibleEmbedder({ id: uri, baseUrl, model, apiKey: environment['EL4NER_API_KEY'] || undefined, ...timeout });
    }
    default:
      throw unknownUri(uri);
  }
}

/** Embedders without a model, by what their ids begin with. */
const builtIn: Readonly<Record<string, () => Promise<Embedder>>> = {
  words: wordEmbedder,
  ngram: () => Promise.resolve(ngramEmbedder),
};

function unknownUri(uri: string): Error {
  const forms = embedderUriForms.map(([form, example]) => (form === example ? form : `${form} (${example})`)).join(', ');
  const meant = likelyForm(split(uri, ':')[0]);
  return usageError(
    `"${withoutSecrets(uri)}" names no embedder.${meant === undefined ? '' : ` Did you mean ${meant}?`} Known forms are ${forms}.`,
  );
}

/** Shortest part of a scheme that is taken for it. */
const shortestPart = 3;

/** The form whose scheme is misspelt by this one, or that it is a part of or has as a part: `word`, `ngrams`, `open-ai`, `olama`. */
function likelyForm(written: string): string | undefined {
  const typed = written.toLowerCase().replace(/[^a-z]/g, '');
  if (typed.length < shortestPart) return undefined;
  const near = embedderUriForms.find(([form]) => {
    const [scheme] = split(form, ':');
    return scheme === typed || isMisspelling(scheme, typed) || scheme.startsWith(typed) || typed.startsWith(scheme);
  });
  return near?.[0];
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
