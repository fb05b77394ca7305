import { getLlama, type Llama, type LlamaModel } from 'node-llama-cpp';
import { NerError } from '../../error.ts';

/** Where llama.cpp computes: on the best device it finds, or on the processor alone. */
export type Device = 'auto' | 'cpu';

const runtimes = new Map<Device, Promise<Llama>>();

/** The process' llama.cpp, started once a device and never built from source. */
export function llamaRuntime(device: Device): Promise<Llama> {
  const running = runtimes.get(device);
  if (running !== undefined) return running;
  const starting = getLlama({ gpu: device === 'cpu' ? false : 'auto', build: 'never', skipDownload: true, progressLogs: false });
  runtimes.set(device, starting);
  // A start that failed may succeed later, for example once a driver is installed.
  starting.catch(() => runtimes.delete(device));
  return starting;
}

/**
 * Loads the weights of a GGUF file.
 * @throws {NerError} `model-unavailable` if llama.cpp does not start or the file is missing or no model.
 */
export async function loadWeights(options: {
  readonly modelId: string;
  readonly path: string;
  readonly device: Device;
}): Promise<LlamaModel> {
  const { modelId, path, device } = options;
  try {
    const llama = await llamaRuntime(device);
    return await llama.loadModel({ modelPath: path });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      `The model ${modelId} did not load from ${path}: ${reason}. Expected a GGUF file that llama.cpp can read; \`el4ner doctor\` shows what is installed.`,
      { code: 'model-unavailable', modelId },
      { cause },
    );
  }
}

/** Below this size a model is slower on several threads than on one, since they wait for each other longer than they compute. */
const smallestForThreads = 64 * 2 ** 20;

/** How many threads a context of the model should have, as an option of node-llama-cpp; its own default for models that are not tiny. */
export function threadsFor(model: LlamaModel): { readonly threads?: 1 } {
  return model.size < smallestForThreads ? { threads: 1 } : {};
}
