import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { NerError } from '../error.ts';
import { checkedEmbedder } from './checked-embedder.ts';
import type { Embedder } from './embedder.ts';
import { modelTurns } from './llama/turns.ts';

/** Not a dependency, as it takes some hundred megabytes. It is no literal in the import, so that nothing wants it before that. */
const packageName: string = '@huggingface/transformers';

/** The part of the package that is used here; its own types are missing where it is not installed. */
export interface TransformersPackage {
  pipeline(task: 'feature-extraction', model: string, options: { readonly local_files_only: boolean }): Promise<FeatureExtractor>;
}

/** Pools the vectors of a text's tokens; of a text that is too long, those of its beginning. */
interface FeatureExtractor {
  (
    texts: readonly string[],
    options: { readonly pooling: 'mean'; readonly normalize: boolean },
  ): Promise<{ tolist(): readonly number[][] }>;
  dispose(): Promise<unknown>;
}

export interface TransformersEmbedderOptions {
  /** A folder with `config.json`, `tokenizer.json` and `onnx/model.onnx`, or the name of a model on the Hugging Face hub. */
  readonly model: string;
  /** Default `transformers:<model>`. */
  readonly id?: string;
  /** Longest time for one batch of texts, in milliseconds; default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Gives the package; default: imports it. */
  readonly load?: () => Promise<unknown>;
}

/**
 * An ONNX embedding model in this process, through `@huggingface/transformers`, which has to be installed beside this package. The mean
 * of the tokens' vectors is taken. A folder is loaded without a look at the network; other models are downloaded once.
 * @throws {NerError} `model-unavailable` if the package is not installed or the model does not load.
 */
export async function transformersEmbedder(options: TransformersEmbedderOptions): Promise<Embedder> {
  const { model, id = `transformers:${model}`, timeoutMs, load = () => import(packageName) } = options;
  const { pipeline } = await transformersPackage(id, load);
  const extractor = await extractorOf(id, model, pipeline);
  const turns = modelTurns({ modelId: id });
  return checkedEmbedder(
    {
      id,
      embed: (texts, signal) =>
        turns.take(async () => (await extractor([...texts], { pooling: 'mean', normalize: true })).tolist(), signal),
      async [Symbol.asyncDispose]() {
        await turns.close();
        await extractor.dispose();
      },
    },
    { timeoutMs },
  );
}

async function transformersPackage(modelId: string, load: () => Promise<unknown>): Promise<TransformersPackage> {
  try {
    return (await load()) as TransformersPackage; // of the versions that package.json names as a peer
  } catch (cause) {
    const missing =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND' && cause.message.includes(packageName);
    const message = missing
      ? `${modelId} needs the package ${packageName}, which is not installed. Run "npm install ${packageName}" beside el4ner.`
      : `${modelId} needs the package ${packageName}, which did not load: ${messageOf(cause)}. Run "npm install ${packageName}" again.`;
    throw new NerError(message, { code: 'model-unavailable', modelId }, { cause });
  }
}

async function extractorOf(modelId: string, model: string, pipeline: TransformersPackage['pipeline']): Promise<FeatureExtractor> {
  const folder = existsSync(model) || isAbsolute(model) || model.startsWith('.');
  try {
    // The package takes an absolute path for a folder and everything else for a name on the hub.
    return await pipeline('feature-extraction', folder ? resolve(model) : model, { local_files_only: folder });
  } catch (cause) {
    const advice = folder
      ? 'Expected a folder with config.json, tokenizer.json and onnx/model.onnx.'
      : 'There is no such folder, and it could not be had from the Hugging Face hub: check the name and the connection to the internet.';
    const message = `${modelId} did not load: ${messageOf(cause)}. ${advice}`;
    throw new NerError(message, { code: 'model-unavailable', modelId }, { cause });
  }
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
}
