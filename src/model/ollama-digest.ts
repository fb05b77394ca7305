import { z } from 'zod';
import { boundedFetch } from './bounded-fetch.ts';

const tags = z.object({ models: z.array(z.object({ name: z.string(), digest: z.string().min(1) })) });

/** Longest wait for the list of models, in milliseconds. */
const patience = 5_000;

/**
 * What Ollama says of the content behind a model's name, which is another one after another was pulled or made under the name.
 * `undefined` where the server does not tell.
 * @throws `signal.reason` once the signal is aborted.
 * @see https://docs.ollama.com/api/tags
 */
export async function ollamaDigest(
  { baseUrl, model }: { readonly baseUrl: string; readonly model: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const response = await boundedFetch(`ollama:${model}`)(`${baseUrl}/api/tags`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    const { data } = tags.safeParse(await response.json());
    return data?.models.find(({ name }) => name === model || name === `${model}:latest`)?.digest;
  } catch {
    signal.throwIfAborted();
    return undefined; // the task that is asked next tells why
  }
}
