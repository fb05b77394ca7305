import { basename } from 'node:path';
import { type Embedder, normalize } from '../embedder.ts';
import { type Device, threadsFor, withWeights } from './runtime.ts';
import { modelTurns } from './turns.ts';

/** Longest input, in tokens: what most embedding models were trained for, and enough for spans and sentences. */
const longestInput = 512;
/** Tokens that llama.cpp may add around a text, and one place that it leaves free. */
const reservedTokens = 3;

/**
 * Any GGUF embedding model in this process; its pooling is the one that its file names. Of a text longer than the model's
 * context, or than 509 tokens, the beginning is embedded.
 * @throws {NerError} `model-unavailable` if the file is missing or no model, or the context does not fit the memory.
 */
export async function ggufEmbedder(options: { readonly path: string; readonly id?: string; readonly device?: Device }): Promise<Embedder> {
  const { path, id = `gguf:${basename(path)}`, device = 'auto' } = options;
  return withWeights({ modelId: id, path, device }, async (model) => {
    const contextTokens = Math.min(model.trainContextSize, longestInput);
    const context = await model.createEmbeddingContext({ contextSize: contextTokens, threads: threadsFor(model).ideal });
    const turns = modelTurns({ modelId: id });

    async function embedOne(text: string): Promise<Float32Array> {
      const tokens = text.trim() === '' ? [] : model.tokenize(text).slice(0, contextTokens - reservedTokens);
      if (tokens.length === 0) return new Float32Array(model.embeddingVectorSize);
      return normalize(Float32Array.from((await context.getEmbeddingFor(tokens)).vector));
    }

    return {
      id,
      embed: (texts, signal) =>
        turns.take(async (stop) => {
          const vectors: Float32Array[] = [];
          for (const text of texts) {
            stop.throwIfAborted();
            vectors.push(await embedOne(text));
          }
          return vectors;
        }, signal),
      async [Symbol.asyncDispose]() {
        await turns.close();
        await context.dispose();
        await model.dispose();
      },
    };
  });
}
