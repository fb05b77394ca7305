import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { chatJsonReply, taskOfChatJson } from '../prompting/chat-json.fixture.ts';
import type { Usage } from '../prompting/dialect.ts';
import type { Embedder } from './embedder.ts';
import type { LanguageModel } from './language-model.ts';
import { commit, type ServerFault, spoil, spoilsAnswer } from './server-fault.fixture.ts';

/** A request that came, whatever became of it. */
interface ServedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When it had come, by `performance.now()`. */
  readonly atMs: number;
}

/** A running server; disposing of it closes its port and all connections. */
export interface ModelServer extends AsyncDisposable {
  /** For example `http://127.0.0.1:34567`. */
  readonly url: string;
  readonly requests: readonly ServedRequest[];
  /** One fault for each of the next requests. */
  stage(...faults: readonly ServerFault[]): void;
}

export interface ServeOptions {
  /** Where it listens; default: any that is free. */
  readonly port?: number;
  /** The only model's name; default `test-model`. */
  readonly name?: string;
  /** Other names that it answers to. */
  readonly aliases?: readonly string[];
  /** Of the model, as `/api/tags` tells it; default: it is empty. */
  readonly digest?: string;
  /** Requests must bear it; default: none is asked for. */
  readonly apiKey?: string;
  /** What `/v1/embeddings` and `/api/embed` answer with, under the model's name; default: these paths are not there. */
  readonly embedder?: Pick<Embedder, 'embed'>;
  /** Whether the next request goes wrong, and how; default: none does but those that are staged. */
  readonly plan?: () => ServerFault | undefined;
  /** Requests that come while so many are being answered get 429, with a `retry-after` of 0; default: none does. */
  readonly mostAtOnce?: number;
}

/**
 * Serves a model on 127.0.0.1 as OpenAI-compatible servers do (`/v1/models`, `/v1/chat/completions`, `/v1/embeddings`) and as Ollama
 * does (`/api/tags`, `/api/chat`, `/api/embed`). It takes prompts of the dialect `chat-json` only, which it turns back into tasks.
 */
export async function serveModel(model: LanguageModel, options: ServeOptions = {}): Promise<ModelServer> {
  const { name = 'test-model', aliases = [], apiKey, embedder, plan = () => undefined, mostAtOnce = Number.POSITIVE_INFINITY } = options;
  const requests: ServedRequest[] = [];
  const open = new Set<ServerResponse>();
  const faults: ServerFault[] = [];

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => refuse(response, 500, String(error)));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request;
    const body = await text(request);
    requests.push({ path, headers, body, atMs: performance.now() });
    response.on('close', () => open.delete(response));
    const fault = faults.shift() ?? (open.add(response).size > mostAtOnce ? busy : plan());
    if (fault?.kind === 'status') return refuseFor(response, fault);
    if (fault !== undefined && !spoilsAnswer(fault)) return commit(response, fault);
    if (apiKey !== undefined && headers.authorization !== `Bearer ${apiKey}`)
      return refuse(response, 401, `Bad credentials: ${headers.authorization}`);
    const reply = await replyTo(request, body, response);
    if (reply === undefined || fault === undefined) return reply && send(response, 200, reply);
    return spoil(response, { status: 200, contentType: 'application/json', body: JSON.stringify(reply) }, fault);
  }

  /** `undefined` for what has been refused. */
  async function replyTo({ url: path = '', method }: IncomingMessage, body: string, response: ServerResponse): Promise<object | undefined> {
    const embedding = embeddingApis[path];
    if (embedding !== undefined && embedder !== undefined) {
      const { model: asked, input } = embeddingRequest.parse(JSON.parse(body));
      if (asked === name) return embedding(name, await embedder.embed(input, closing(response)));
      return void refuse(response, 404, `The model ${asked} does not exist.`);
    }
    const api = apis[path];
    if (api === undefined) return void refuse(response, 404, `No such path: ${path}`);
    if (method === 'GET') return api.list(name, options.digest);
    const chat = chatRequest.parse(JSON.parse(body));
    if (![name, ...aliases].includes(chat.model)) return void refuse(response, 404, `The model ${chat.model} does not exist.`);
    return api.reply(chat.model, await converse(model, chat.messages, closing(response)));
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // of a server that listens on a port
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    stage: (...staged) => void faults.push(...staged),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const busy: ServerFault = { kind: 'status', status: 429, retryAfter: '0' };

const chatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(['system', 'user']), content: z.string() })),
});

const embeddingRequest = z.object({ model: z.string(), input: z.array(z.string()) });

interface Utterance {
  readonly text: string;
  readonly finish: 'stop' | 'length';
  readonly usage: Usage;
}

async function converse(model: LanguageModel, messages: z.infer<typeof chatRequest>['messages'], signal: AbortSignal): Promise<Utterance> {
  const task = taskOfChatJson(messages);
  const answer = await model.answer(task, signal);
  const { usage, cutOff } = answer;
  const whole = answer.ok ? chatJsonReply(task, answer.data) : answer.exchanges.map(({ reply }) => reply).join('');
  return { text: cutOff ? cut(whole) : whole, finish: cutOff ? 'length' : 'stop', usage };
}

/** A JSON reply of whole items, cut off in the middle of one more. */
function cut(reply: string): string {
  return `${reply.slice(0, reply.lastIndexOf('"') + 1)}, "Not who`;
}

interface Api {
  list(name: string, digest: string | undefined): object;
  reply(name: string, utterance: Utterance): object;
}

const openAi: Api = {
  list: (name) => ({ object: 'list', data: [{ id: name, object: 'model', created: 0, owned_by: 'test' }] }),
  reply: (name, { text: content, finish, usage }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: name,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
    usage: {
      prompt_tokens: usage.promptTokens,
      completion_tokens: usage.replyTokens,
      total_tokens: usage.promptTokens + usage.replyTokens,
      prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    },
  }),
};

const ollama: Api = {
  list: (name, digest = '') => ({ models: [{ name, model: name, size: 0, digest }] }),
  reply: (name, { text: content, finish, usage }) => ({
    model: name,
    created_at: '2026-01-01T00:00:00Z',
    message: { role: 'assistant', content },
    done: true,
    done_reason: finish,
    prompt_eval_count: usage.promptTokens,
    eval_count: usage.replyTokens,
  }),
};

const apis: Readonly<Record<string, Api>> = {
  '/v1/models': openAi,
  '/v1/chat/completions': openAi,
  '/api/tags': ollama,
  '/api/chat': ollama,
};

const embeddingApis: Readonly<Record<string, (name: string, vectors: readonly Float32Array[]) => object>> = {
  '/v1/embeddings': (name, vectors) => ({
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: [...vector] })),
    model: name,
    usage: { prompt_tokens: vectors.length, total_tokens: vectors.length },
  }),
  '/api/embed': (name, vectors) => ({
    model: name,
    embeddings: vectors.map((vector) => [...vector]),
    total_duration: 1,
    load_duration: 1,
    prompt_eval_count: vectors.length,
  }),
};

/** Aborted when the client is gone before its answer is. */
function closing(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => response.writableEnded || controller.abort(new Error('The client has gone.')));
  return controller.signal;
}

function refuseFor(response: ServerResponse, { status, retryAfter, body }: ServerFault & { readonly kind: 'status' }): void {
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  if (body === undefined) refuse(response, status, 'staged');
  else response.writeHead(status).end(body);
}

/** In the form of OpenAI's errors, or of Ollama's on its paths. */
function refuse(response: ServerResponse, status: number, message: string): void {
  send(
    response,
    status,
    response.req.url?.startsWith('/api/') ? { error: message } : { error: { message, type: 'invalid_request_error', code: status } },
  );
}

function send(response: ServerResponse, status: number, value: unknown): void {
  if (!response.destroyed) response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
