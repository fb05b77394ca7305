import { type LanguageModel as AnySdkModel, generateText, type JSONSchema7, Output, wrapLanguageModel } from 'ai';
import { chatJson } from '../prompting/chat-json.ts';
import type { ChatPrompt, ChatReply, Completion, Dialect } from '../prompting/dialect.ts';
import { abortable } from './abortable.ts';
import { bareChoice, choiceFormat, choiceProbabilities } from './choice-reply.ts';
import { languageModel } from './dialogue.ts';
import type { LanguageModel, ModelOrigin } from './language-model.ts';
import { linkedSignal } from './linked-signal.ts';
import { chatPromptSize, estimatedTokens } from './prompt-size.ts';
import type { ServerAccess } from './server-access.ts';
import { type FailingServer, finalFailure, serverFailure } from './server-failure.ts';
import { timeout } from './timeout.ts';
import type { Transport } from './transport.ts';

/** An AI SDK language model; not its string form, which stands for a model behind a hosted gateway. */
export type SdkModel = Exclude<AnySdkModel, string>;

/** What every model behind the AI SDK can be told. */
export interface ChatModelOptions {
  /** Unique in an ensemble. Default: the provider's name and the model's. */
  readonly id?: string;
  /** Default `chatJson()`. */
  readonly dialect?: Dialect<ChatPrompt>;
  /**
   * Longest wait for one reply, in milliseconds from when it is asked for; default 120,000. Waits between attempts, and for a turn at
   * the server, do not count. Above 300,000 it has no effect on providers that use Node's `fetch`, which waits no longer for a reply to
   * begin.
   */
  readonly timeoutMs?: number;
  /**
   * How often a request is sent again after a status of 408, 409, 429 or 5xx or a broken connection; default 4. The wait is what
   * the server's `retry-after` says if that is below a minute, otherwise 2 s, doubled each time.
   */
  readonly maxRetries?: number;
  /** For servers that sample in spite of temperature 0; default 0. */
  readonly seed?: number;
  /** Longest text it is given at once, in UTF-16 code units; default 4,000. */
  readonly textLimit?: number;
  /**
   * Prompt and reply together, in tokens. Prompts are held to it by an estimate, a token for three UTF-8 bytes. Default: unknown, and left
   * to the server.
   */
  readonly contextTokens?: number;
}

/** What is known of the server behind a model. */
export interface ModelServer extends FailingServer {
  /** The provider's options with which it tells log-probabilities, as OpenAI's chat completions have them. */
  readonly logprobs?: ProviderOptions;
  /** Default: what the AI SDK knows. */
  readonly origin?: ModelOrigin;
  /** By which each attempt goes; the transport owns it. Default: nothing is known of the server, and requests are not limited. */
  readonly access?: ServerAccess;
}

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;

/** How a transport treats its model. */
export interface SdkTransportOptions extends ModelServer {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly seed: number;
  /** Infinity where it is unknown. */
  readonly contextTokens: number;
}

/**
 * Any language model of the AI SDK as a member of an ensemble.
 * @example `aiSdkModel(anthropic('claude-haiku-4-5'))`
 */
export function aiSdkModel(model: SdkModel, options: ChatModelOptions = {}): LanguageModel {
  const modelId = options.id ?? `${model.provider}:${model.modelId}`;
  return chatModel(model, options, { modelId, advice: generalAdvice });
}

/** A chat model that is called, and whose failures are explained, by what is known of its server. */
export function chatModel(model: SdkModel, options: ChatModelOptions, server: ModelServer): LanguageModel {
  const {
    dialect = chatJson(),
    timeoutMs = 120_000,
    maxRetries = 4,
    seed = 0,
    textLimit = 4_000,
    contextTokens = Number.POSITIVE_INFINITY,
  } = options;
  return languageModel(aiSdkTransport(model, { ...server, timeoutMs, maxRetries, seed, contextTokens }), dialect, {
    textLimit,
    origin: server.origin ?? sdkOrigin(model),
  });
}

/** Providers whose name in the GenAI semantic conventions is not the first word of their name in the AI SDK. */
const providers: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'aws.bedrock',
  'azure-openai': 'azure.ai.openai',
  azure: 'azure.ai.openai',
  google: 'gcp.gemini',
  mistral: 'mistral_ai',
  moonshotai: 'moonshot_ai',
  xai: 'x_ai',
};

function sdkOrigin({ provider, modelId }: SdkModel): ModelOrigin {
  const [first = provider] = provider.split('.');
  return { provider: provider.startsWith('google.vertex') ? 'gcp.vertex_ai' : (providers[first] ?? first), model: modelId };
}

/**
 * Chat prompts to an AI SDK model, at temperature 0. JSON replies and choices are asked for by a JSON schema; the reply's text
 * comes back as it was, whatever it is.
 */
export function aiSdkTransport(model: SdkModel, options: SdkTransportOptions): Transport<ChatPrompt> {
  const { modelId, maxRetries, seed, logprobs, contextTokens, access, secret } = options;
  const attempts = withTimeout(model, options);
  return {
    modelId,
    describe: (prompt) => prompt.messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n'),
    measure: (prompt) => ({ ...chatPromptSize(prompt, estimatedTokens(prompt), contextTokens), isEstimate: true }),
    async complete({ messages, reply, maxReplyTokens }, signal) {
      signal.throwIfAborted();
      try {
        const result = await generateText({
          model: attempts,
          // Half a character is no valid UTF-8, which some servers refuse.
          messages: messages.map(({ role, content }) => ({ role, content: content.toWellFormed() })),
          allowSystemInMessages: true,
          output: unparsed(reply),
          maxOutputTokens: maxReplyTokens,
          temperature: 0,
          seed,
          maxRetries,
          abortSignal: signal,
          telemetry: { isEnabled: false }, // one that the program has registered would record texts
          ...(reply.kind === 'choice' && logprobs !== undefined ? { providerOptions: logprobs, include: { responseBody: true } } : {}),
        });
        const { text, ...rest } = completion(result, reply, maxReplyTokens * longestToken);
        return { ...rest, text: secret ? text.replaceAll(secret, '***') : text }; // a server may write back what it got
      } catch (error) {
        signal.throwIfAborted();
        throw serverFailure(error, options);
      }
    },
    async [Symbol.asyncDispose]() {
      access?.[Symbol.dispose](); // connections are Node's, which closes idle ones
    },
  };
}

/**
 * The model with a place at its server and then a time limit for each attempt, without the SDK's printed warnings, and failing at once where
 * no server is.
 */
function withTimeout(sdkModel: SdkModel, server: SdkTransportOptions): SdkModel {
  const { modelId, timeoutMs, access } = server;
  return wrapLanguageModel({
    model: sdkModel,
    middleware: {
      wrapGenerate({ model, params }) {
        const attempt = async () => {
          const limit = AbortSignal.timeout(timeoutMs);
          using linked = linkedSignal(limit, ...(params.abortSignal === undefined ? [] : [params.abortSignal]));
          const abortSignal = linked.signal;
          try {
            return { ...(await abortable(model.doGenerate({ ...params, abortSignal }), abortSignal)), warnings: [] };
          } catch (error) {
            params.abortSignal?.throwIfAborted();
            throw limit.aborted ? timeout(modelId, timeoutMs) : (finalFailure(error, server) ?? error);
          }
        };
        return access === undefined ? attempt() : access.request(attempt, params.abortSignal);
      },
    },
  });
}

/** Asks for the reply's form, and leaves the reading of it to the dialect. */
function unparsed(reply: ChatReply): ReturnType<typeof Output.text> {
  if (reply.kind === 'text') return Output.text();
  const { name, schema } = reply.kind === 'json' ? reply : choiceFormat(reply.choices);
  const format = { type: 'json', name, schema: schema as JSONSchema7 } as const; // a subset of theirs, written with readonly arrays
  return { ...Output.text(), responseFormat: Promise.resolve(format) };
}

/** Code units of a token, generously: what a server writes beyond the tokens that it was allowed is not read. */
const longestToken = 32;

function completion(result: Awaited<ReturnType<typeof generateText>>, reply: ChatReply, mostText: number): Completion {
  const { usage, response } = result;
  const text = result.text.slice(0, mostText);
  const finishReason = text.length < result.text.length ? 'length' : result.finishReason;
  const probabilities = reply.kind === 'choice' ? choiceProbabilities(response.body, reply.choices) : undefined;
  return {
    text: reply.kind === 'choice' ? bareChoice(text) : text,
    finishReason: finishReason === 'stop' || finishReason === 'length' ? finishReason : 'other',
    usage: {
      promptTokens: usage.inputTokens ?? 0,
      cachedTokens: usage.inputTokenDetails.cacheReadTokens ?? 0,
      replyTokens: usage.outputTokens ?? 0,
    },
    ...(probabilities === undefined ? {} : { probabilities }),
  };
}

const generalAdvice = {
  unreachable: 'Check the address that the model was made with, and that its server runs.',
  unknownModel: "Check the model's name and the address that it was made with.",
  denied: 'Check the API key that the model was made with.',
};
