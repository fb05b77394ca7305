import { z } from 'zod';

/** The part of a chat completion request that `ollamaRequest` carries over. */
const completionRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  max_tokens: z.number().optional(),
  temperature: z.number().optional(),
  seed: z.number().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.number().optional(),
  response_format: z.object({ json_schema: z.object({ schema: z.unknown() }).optional() }).optional(),
});

/** Ollama's reply to a chat that is not streamed; counts that are 0 are left out of it. */
const ollamaReply = z.object({
  message: z.object({ content: z.string() }),
  done_reason: z.string().optional(),
  prompt_eval_count: z.number().default(0),
  eval_count: z.number().default(0),
  logprobs: z.unknown().optional(),
});

/**
 * A chat completion request as the body of Ollama's own `/api/chat`, which unlike its OpenAI-compatible endpoint takes a context
 * size. A prompt that does not fit is to be refused, not cut (`truncate`, `shift`), and thinking models are to answer at once.
 * @see https://docs.ollama.com/api/chat
 */
export function ollamaRequest(request: unknown, contextTokens: number): Record<string, unknown> {
  const { model, messages, max_tokens, temperature, seed, logprobs, top_logprobs, response_format } = completionRequest.parse(request);
  return {
    model,
    messages,
    stream: false,
    think: false,
    truncate: false,
    shift: false,
    logprobs,
    top_logprobs,
    format: response_format?.json_schema?.schema,
    options: { num_ctx: contextTokens, num_predict: max_tokens, temperature, seed },
  };
}

/**
 * A `fetch` that sends by another, but Ollama's replies come as chat completions; what is none of its replies comes unchanged. So the provider of chat
 * completions serves here too, which keeps what Ollama's own client loses: aborts, and the status and headers of a failure.
 */
export function ollamaFetch(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init);
    if (!response.ok) return response;
    const body = await response.text();
    return new Response(chatCompletion(body) ?? body, { status: response.status });
  };
}

function chatCompletion(body: string): string | undefined {
  const { success, data } = ollamaReply.safeParse(json(body));
  if (!success) return undefined;
  const { message, done_reason, logprobs, prompt_eval_count, eval_count } = data;
  return JSON.stringify({
    choices: [{ message: { role: 'assistant', content: message.content }, finish_reason: done_reason, logprobs: { content: logprobs } }],
    usage: { prompt_tokens: prompt_eval_count, completion_tokens: eval_count },
  });
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // no reply of Ollama's, but perhaps a proxy's page
  }
}
