import { z } from 'zod';

/** The part of an OpenAI embedding request that Ollama's own route takes too. */
const embeddingRequest = z.object({ model: z.string(), input: z.array(z.string()) });

/** Ollama's reply; a count of 0 is left out of it. */
const ollamaReply = z.object({ embeddings: z.array(z.array(z.number())), prompt_eval_count: z.number().default(0) });

/**
 * A `fetch` that sends by another, but puts an OpenAI embedding request to Ollama's own `/api/embed`, and gives its reply back in the form of
 * OpenAI's; what is
 * none of its replies comes unchanged. Ollama is to embed the beginning of a text that is too long (`truncate`).
 * @see https://docs.ollama.com/api/embed
 */
export function ollamaEmbeddingsFetch(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = embeddingRequest.parse(JSON.parse(String(init?.body)));
    const response = await send(input, { ...init, body: JSON.stringify({ ...request, truncate: true }) });
    if (!response.ok) return response;
    const body = await response.text();
    return new Response(openAiReply(body) ?? body, { status: response.status });
  };
}

function openAiReply(body: string): string | undefined {
  const { success, data } = ollamaReply.safeParse(json(body));
  if (!success) return undefined;
  return JSON.stringify({
    data: data.embeddings.map((embedding) => ({ embedding })),
    usage: { prompt_tokens: data.prompt_eval_count },
  });
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // no reply of Ollama's, but perhaps a proxy's page
  }
}
