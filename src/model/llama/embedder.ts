import { basename } from 'node:path';
import { type Embedder, normalize } from '../embedder.ts';
import { type Device, loadWeights, threadsFor } from './runtime.ts';

/**
 * Any GGUF embedding model in this process; its pooling is the one that its file names.
 * @throws {NerError} `model-unavailable` if the file is missing or no model.
 */
export async function ggufEmbedder(options: { readonly path: string; readonly id?: string; readonly device?: Device }): Promise<Embedder> {
  const id = options.id ?? `gguf:${basename(options.path)}`;
  const model = await loadWeights({ modelId: id, path: options.path, device: options.device ?? 'auto' });
  const context = await model.createEmbeddingContext({ contextSize: { max: 512 }, ...threadsFor(model) });
  return {
    id,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        signal.throwIfAborted();
        vectors.push(normalize(Float32Array.from((await context.getEmbeddingFor(text)).vector)));
      }
      return vectors;
    },
    async [Symbol.asyncDispose]() {
      await context.dispose();
      await model.dispose();
    },
  };
}
