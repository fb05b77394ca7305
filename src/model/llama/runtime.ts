import { getLlama, getModuleVersion, type Llama, type LlamaContextSequence, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { NerError } from '../../error.ts';

/** Where llama.cpp computes: on the best device it finds, or on the processor alone. */
export type Device = 'auto' | 'cpu';

const runtimes = new Map<Device, Promise<Llama>>();

/** The process' llama.cpp, started once a device and never built from source. */
export function llamaRuntime(device: Device): Promise<Llama> {
  const running = runtimes.get(device);
  if (running !== undefined) return running;
  const gpu = device === 'cpu' ? false : 'auto';
  // Its warnings are about itself, such as one for every text that is embedded.
  const starting = getLlama({ gpu, build: 'never', skipDownload: true, progressLogs: false, logLevel: LlamaLogLevel.error });
  runtimes.set(device, starting);
  // A start that failed may succeed later, for example once a driver is installed.
  starting.catch(() => runtimes.delete(device));
  return starting;
}

/** The version of node-llama-cpp, which brings llama.cpp along. */
export function runtimeVersion(): Promise<string> {
  return getModuleVersion();
}

/** A GGUF file, the id of its model, and where it is to run. */
export interface WeightsOptions {
  readonly modelId: string;
  readonly path: string;
  readonly device: Device;
}

/**
 * Loads the weights of a GGUF file.
 * @throws {NerError} `model-unavailable` if llama.cpp does not start or the file is missing or no model.
 */
export async function loadWeights({ modelId, path, device }: WeightsOptions): Promise<LlamaModel> {
  try {
    const llama = await llamaRuntime(device);
    return await llama.loadModel({ modelPath: path });
  } catch (cause) {
    throw new NerError(
      `The model ${modelId} did not load from ${path}: ${messageOf(cause)}. Expected a GGUF file that llama.cpp can read; \`el4ner doctor\` shows what is installed.`,
      { code: 'model-unavailable', modelId },
      { cause },
    );
  }
}

/**
 * Loads the weights of a GGUF file for what `make` makes of them, which then owns them; they are released if it fails.
 * @throws {NerError} `model-unavailable` if the weights do not load or `make` fails, for example as a context needs too much memory.
 */
export async function withWeights<T>(options: WeightsOptions, make: (model: LlamaModel) => Promise<T>): Promise<T> {
  const { modelId } = options;
  const model = await loadWeights(options);
  try {
    return await make(model);
  } catch (cause) {
    await model.dispose();
    throw new NerError(
      `${modelId} loaded, but no context could be made for it: ${messageOf(cause)}. Ask for a shorter one, or free memory.`,
      { code: 'model-unavailable', modelId },
      { cause },
    );
  }
}

/** How long a sequence may become, in tokens, and how many of them are computed at once; by default as many as llama.cpp likes. */
export interface SequenceOptions {
  readonly contextTokens: number;
  readonly batchTokens?: number;
}

/** The only sequence of a new context, which can be rolled back to any place and never forgets a token by itself. */
export async function soleSequence(model: LlamaModel, { contextTokens, batchTokens }: SequenceOptions): Promise<LlamaContextSequence> {
  const context = await model.createContext({
    contextSize: contextTokens,
    ...(batchTokens === undefined ? {} : { batchSize: batchTokens }),
    sequences: 1,
    swaFullCache: true,
    threads: threadsFor(model),
  });
  return context.getSequence({ contextShift: { size: refuseShift } });
}

/** In place of a context shift, which would go on without the beginning of the prompt. */
export function refuseShift(): never {
  throw new Error('Prompt and reply are longer than the context');
}

/** Below this size a model is slower on several threads than on one, since they wait for each other longer than they compute. */
const smallestForThreads = 64 * 2 ** 20;

/** What decides on the number of threads: the size of the weights in bytes, and the runtime's limits. */
export interface ThreadNeeds {
  readonly size: number;
  readonly llama: Pick<Llama, 'maxThreads' | 'cpuMathCores'>;
}

/**
 * The threads of a model's context. Their number is fixed and not shared with other contexts at work, since sums are taken in
 * another order with another number of threads: an answer must not depend on what else is running.
 */
export function threadsFor({ size, llama }: ThreadNeeds): { readonly ideal: number; readonly min: number } {
  const threads = size < smallestForThreads ? 1 : llama.maxThreads || llama.cpuMathCores; // 0 is no maximum
  return { ideal: threads, min: threads };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
