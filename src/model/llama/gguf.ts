import { basename } from 'node:path';
import { chatJson } from '../../prompting/chat-json.ts';
import type { ChatPrompt, Dialect } from '../../prompting/dialect.ts';
import { nano } from '../../prompting/nano.ts';
import { languageModel } from '../dialogue.ts';
import type { LanguageModel } from '../language-model.ts';
import { chatTransport } from './chat-transport.ts';
import { nanoTransport } from './nano-transport.ts';
import { type Device, withWeights } from './runtime.ts';
import { nanoVocabulary } from './vocabulary.ts';

export interface GgufOptions {
  readonly path: string;
  /** Defaults to `gguf:` and the file's name. */
  readonly id?: string;
  /** How to put tasks to it. By default a model with the nano vocabulary is asked in `nano`, any other in `chat-json`. */
  readonly dialect?: Dialect<ChatPrompt>;
  /** Prompt and reply together, in tokens. By default what the file says, but at most 8,192. */
  readonly contextTokens?: number;
  /** Longest text given at once, in UTF-16 code units. Default: as many as the context has tokens, at most 4,000. */
  readonly textLimit?: number;
  /** Default `auto`. */
  readonly device?: Device;
  /** Longest time for one reply, in milliseconds, from when the model turns to it. Default: no limit. */
  readonly timeoutMs?: number;
}

/** Contexts cost memory in proportion to their size, so that a model's full length is used only on request. */
const defaultContextTokens = 8192;
const defaultTextLimit = 4000;

/**
 * Any GGUF model, run in this process by llama.cpp.
 * @throws {NerError} `model-unavailable` if the file is missing or no model, or the context does not fit the memory.
 */
export async function ggufModel(options: GgufOptions): Promise<LanguageModel> {
  const { id, path, device = 'auto', timeoutMs } = options;
  const modelId = id ?? `gguf:${basename(path)}`;
  return withWeights({ modelId, path, device }, async (model) => {
    const contextTokens = options.contextTokens ?? Math.min(model.trainContextSize, defaultContextTokens);
    const textLimit = options.textLimit ?? Math.min(contextTokens, defaultTextLimit);
    const told = { textLimit, origin: { provider: 'llama.cpp', model: basename(path) } };
    const vocabulary = options.dialect === undefined ? nanoVocabulary(model) : undefined;
    if (vocabulary !== undefined) {
      return languageModel(await nanoTransport({ modelId, model, vocabulary, contextTokens, timeoutMs }), nano, told);
    }
    const dialect = options.dialect ?? chatJson({ verify: 'each' });
    return languageModel(await chatTransport({ modelId, model, contextTokens, timeoutMs }), dialect, told);
  });
}
