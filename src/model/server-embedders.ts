import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible, OpenAICompatibleEmbeddingModel } from '@ai-sdk/openai-compatible';
import { NerError } from '../error.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { Embedder } from './embedder.ts';
import { ollamaEmbeddingsFetch } from './ollama-embeddings.ts';
import { type SdkEmbedderOptions, sdkEmbedder } from './sdk-embedder.ts';
import { serverAccess } from './server-access.ts';
import { ollamaUrl, serverUrl } from './server-url.ts';

/** What is to be known of an embedding model of any server. */
interface ServerEmbedderOptions extends SdkEmbedderOptions {
  /** The model's name on the server. */
  readonly model: string;
  /** Default: how `openEmbedder` calls it. */
  readonly id?: string;
}

export interface OpenAICompatibleEmbedderOptions extends ServerEmbedderOptions {
  /** Where `/embeddings` is, for example `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** For servers that want one; empty is none. */
  readonly apiKey?: string | undefined;
}

/**
 * An embedding model of an OpenAI-compatible server: vLLM, llama-server, Text Embeddings Inference, LM Studio. Its id is by default
 * `<baseUrl>#<model>`. The server is not asked before the first text.
 * @throws {NerError} `usage` for an address that is not `http:` or `https:`, or has a password in it.
 */
export function openaiCompatibleEmbedder(options: OpenAICompatibleEmbedderOptions): Embedder {
  const { model, apiKey } = options;
  const baseUrl = serverUrl(options.baseUrl);
  const { port } = new URL(baseUrl);
  const listening = port === '' ? '' : ` --port ${port}`;
  const modelId = options.id ?? `${baseUrl}#${model}`;
  const provider = createOpenAICompatible({
    name: 'server',
    baseURL: baseUrl,
    fetch: boundedFetch(modelId),
    ...(apiKey ? { apiKey } : {}),
  });
  return sdkEmbedder(provider.embeddingModel(model), options, {
    modelId,
    access: serverAccess({ url: baseUrl, modelId }),
    advice: {
      unreachable: `Start the server there, for example with "vllm serve ${model} --runner pooling${listening}" or "llama-server -m MODEL.gguf --embeddings${listening}".`,
      unknownModel: `Compare the name "${model}" with the list at ${baseUrl}/models; the address of most servers ends in /v1.`,
      denied: `${apiKey ? 'The API key was not accepted; check' : 'No API key was given; set'} the environment variable EL4NER_API_KEY.`,
    },
    ...(apiKey ? { secret: apiKey } : {}),
  });
}

export interface OllamaEmbedderOptions extends ServerEmbedderOptions {
  /** In any form that `OLLAMA_HOST` may have; default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
}

/**
 * An embedding model of Ollama, through its own API, which embeds the beginning of a text that is too long. Its id is by default
 * `ollama:<model>`. Ollama is not asked before the first text.
 * @throws {NerError} `usage` for an address that is none.
 */
export function ollamaEmbedder(options: OllamaEmbedderOptions): Embedder {
  const { model } = options;
  const baseUrl = ollamaUrl(options.baseUrl);
  const modelId = options.id ?? `ollama:${model}`;
  const embedding = new OpenAICompatibleEmbeddingModel(model, {
    provider: 'ollama',
    url: () => `${baseUrl}/api/embed`,
    fetch: ollamaEmbeddingsFetch(boundedFetch(modelId)),
  });
  return sdkEmbedder(embedding, options, {
    modelId,
    access: serverAccess({ url: baseUrl, modelId }),
    advice: {
      unreachable: `Start Ollama with "ollama serve" and get the model with "ollama pull ${model}", or set OLLAMA_HOST to where it runs.`,
      unknownModel: `Get the model with "ollama pull ${model}".`,
      denied: `Ollama itself wants no key; for one behind a proxy that does, use "${baseUrl}/v1#${model}" and set EL4NER_API_KEY.`,
    },
  });
}

export interface OpenAIEmbedderOptions extends ServerEmbedderOptions {
  readonly apiKey?: string | undefined;
  /** Default `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
}

/**
 * An embedding model of OpenAI's own servers, for example `text-embedding-3-small`. Its id is by default `openai:<model>`.
 * @throws {NerError} `model-unavailable` without a key, `usage` for an address that is none.
 */
export function openaiEmbedder(options: OpenAIEmbedderOptions): Embedder {
  const { model, apiKey } = options;
  const baseUrl = serverUrl(options.baseUrl ?? 'https://api.openai.com/v1');
  const modelId = options.id ?? `openai:${model}`;
  if (!apiKey) {
    const message = `${modelId} needs a key. No API key was given; set the environment variable OPENAI_API_KEY.`;
    throw new NerError(message, { code: 'model-unavailable', modelId });
  }
  return sdkEmbedder(createOpenAI({ apiKey, baseURL: baseUrl, fetch: boundedFetch(modelId) }).embeddingModel(model), options, {
    modelId,
    access: serverAccess({ url: baseUrl, modelId }),
    advice: {
      unreachable: 'Check the connection to the internet and its proxy.',
      unknownModel: `Compare the name "${model}" with the models that the key may use.`,
      denied: 'The API key was not accepted; check the environment variable OPENAI_API_KEY.',
    },
    secret: apiKey,
  });
}
