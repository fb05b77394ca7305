import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible, OpenAICompatibleChatLanguageModel } from '@ai-sdk/openai-compatible';
import { NerError } from '../error.ts';
import { type ChatModelOptions, chatModel } from './ai-sdk.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { LanguageModel, ModelOrigin } from './language-model.ts';
import { ollamaFetch, ollamaRequest } from './ollama-wire.ts';
import { serverAccess } from './server-access.ts';
import { ollamaUrl, serverUrl } from './server-url.ts';

/** What every model of a server can be told. */
interface ServedModelOptions extends ChatModelOptions {
  /**
   * Most requests in flight to the server (its scheme, host and port), a whole number from 1; default 64. All models and embedders of
   * this process that are open there share its requests, and the least of what they say counts. Fewer are sent as long as the server
   * answers 429 or 503 or not in time: the limit starts at 4, rises with answers and is halved by such failures.
   */
  readonly concurrency?: number;
}

export interface OpenAICompatibleOptions extends ServedModelOptions {
  /** Where `/chat/completions` is, for example `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  /** The model's name on the server. */
  readonly model: string;
  /** For servers that want one; empty is none. */
  readonly apiKey?: string | undefined;
  /** Whether to ask how probable closed choices are; default true. False is for servers that refuse `logprobs`. */
  readonly logprobs?: boolean;
}

/** How many alternatives to each token servers are asked for: as many as all of them allow. */
const alternatives = 20;

/**
 * A model of an OpenAI-compatible server: vLLM, llama-server, LM Studio, SGLang. JSON replies are asked for by a strict schema.
 * Its id is by default `<baseUrl>#<model>`. The server is not asked before the first task.
 * @throws {NerError} `usage` for an address that is not `http:` or `https:`, or has a password in it, and for a senseless concurrency.
 */
export function openaiCompatible(options: OpenAICompatibleOptions): LanguageModel {
  const { model, apiKey, logprobs = true } = options;
  const baseUrl = serverUrl(options.baseUrl);
  const { port } = new URL(baseUrl);
  const modelId = options.id ?? `${baseUrl}#${model}`;
  const provider = createOpenAICompatible({
    name: 'server',
    baseURL: baseUrl,
    supportsStructuredOutputs: true,
    fetch: boundedFetch(modelId),
    ...(apiKey ? { apiKey } : {}),
  });
  const listening = port === '' ? '' : ` --port ${port}`;
  return chatModel(provider.chatModel(model), options, {
    modelId,
    origin: originAt(baseUrl, 'openai_compatible', model),
    access: serverAccess({ url: baseUrl, modelId, concurrency: options.concurrency }),
    advice: {
      unreachable: `Start the server there, for example with "vllm serve ${model}${listening}" or "llama-server -m MODEL.gguf${listening}".`,
      unknownModel: `Compare the name "${model}" with the list at ${baseUrl}/models; the address of most servers ends in /v1.`,
      denied: keyAdvice('EL4NER_API_KEY', apiKey),
    },
    ...(apiKey ? { secret: apiKey } : {}),
    ...(logprobs ? { logprobs: { server: { logprobs: true, top_logprobs: alternatives } } } : {}),
  });
}

export interface OllamaOptions extends ServedModelOptions {
  /** For example `qwen2.5:14b`. */
  readonly model: string;
  /** In any form that `OLLAMA_HOST` may have, for example `192.168.0.7` or `:11500`; default `http://127.0.0.1:11434`. */
  readonly baseUrl?: string | undefined;
  /**
   * Prompt and reply together, in tokens; default 8,192. Ollama takes memory for as many, loads the model anew where it ran with
   * another number, and refuses what is longer (old versions cut it silently).
   */
  readonly contextTokens?: number;
}

/**
 * A model of Ollama, through its own API. Its id is by default `ollama:<model>`. Ollama is not asked before the first task.
 * @throws {NerError} `usage` for an address that is none, and for a senseless concurrency.
 */
export function ollama(options: OllamaOptions): LanguageModel {
  const { model, contextTokens = 8_192 } = options;
  const baseUrl = ollamaUrl(options.baseUrl);
  const modelId = options.id ?? `ollama:${model}`;
  const chat = new OpenAICompatibleChatLanguageModel(model, {
    provider: 'ollama',
    url: () => `${baseUrl}/api/chat`,
    supportsStructuredOutputs: true,
    transformRequestBody: (request) => ollamaRequest(request, contextTokens),
    fetch: ollamaFetch(boundedFetch(modelId)),
  });
  return chatModel(
    chat,
    { ...options, contextTokens },
    {
      modelId,
      origin: originAt(baseUrl, 'ollama', model),
      access: serverAccess({ url: baseUrl, modelId, concurrency: options.concurrency }),
      advice: {
        unreachable: `Start Ollama with "ollama serve" and get the model with "ollama pull ${model}", or set OLLAMA_HOST to where it runs.`,
        unknownModel: `Get the model with "ollama pull ${model}".`,
        denied: `Ollama itself wants no key; for one behind a proxy that does, use "${baseUrl}/v1#${model}" and set EL4NER_API_KEY.`,
      },
      logprobs: { ollama: { logprobs: true, top_logprobs: alternatives } },
    },
  );
}

export interface OpenAIOptions extends ServedModelOptions {
  /** For example `gpt-5-mini`. */
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Default `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
}

/**
 * A model of OpenAI's own servers. Its id is by default `openai:<model>`.
 * @throws {NerError} `model-unavailable` without a key, `usage` for an address that is none and for a senseless concurrency.
 */
export function openai(options: OpenAIOptions): LanguageModel {
  const { model, apiKey } = options;
  const baseUrl = serverUrl(options.baseUrl ?? 'https://api.openai.com/v1');
  const modelId = options.id ?? `openai:${model}`;
  const denied = keyAdvice('OPENAI_API_KEY', apiKey);
  if (!apiKey) throw new NerError(`${modelId} needs a key. ${denied}`, { code: 'model-unavailable', modelId });
  return chatModel(createOpenAI({ apiKey, baseURL: baseUrl, fetch: boundedFetch(modelId) }).chat(model), options, {
    modelId,
    origin: originAt(baseUrl, 'openai', model),
    access: serverAccess({ url: baseUrl, modelId, concurrency: options.concurrency }),
    advice: {
      unreachable: 'Check the connection to the internet and its proxy.',
      unknownModel: `Compare the name "${model}" with the models that the key may use.`,
      denied,
    },
    secret: apiKey,
    logprobs: { openai: { logprobs: alternatives } },
  });
}

function originAt(url: string, provider: string, model: string): ModelOrigin {
  const { hostname, port, protocol } = new URL(url);
  return { provider, model, server: { address: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) } };
}

function keyAdvice(variable: string, apiKey: string | undefined): string {
  return apiKey
    ? `The API key was not accepted; check the environment variable ${variable}.`
    : `No API key was given; set the environment variable ${variable}.`;
}
