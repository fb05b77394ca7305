import { createHash } from 'node:crypto';
import type { LlamaContextSequence, LlamaModel, Token } from 'node-llama-cpp';
import { branchingSequence } from '../src/model/llama/branching-sequence.ts';
import { llamaRuntime, refuseShift } from '../src/model/llama/runtime.ts';

/** What a document takes: tokens of a prompt, which are evaluated at once, and of a reply, one by one. */
export interface Work {
  readonly prompt: number;
  readonly reply: number;
}

/** Documents that a model has to do. */
export type Worker = (documents: readonly number[]) => Promise<void>;

/** Loads weights into memory of their own. */
export async function loadAlone(path: string): Promise<LlamaModel> {
  return (await llamaRuntime('cpu')).loadModel({ modelPath: path, useMmap: false });
}

/** Threads of a context: as many as it likes, and at least. */
interface Threads {
  readonly ideal: number;
  readonly min: number;
}

/** Sequences of one context, whose tokens are evaluated together where several are waiting. */
export async function sequencesOf(model: LlamaModel, threads: Threads, count: number): Promise<readonly LlamaContextSequence[]> {
  const contextTokens = 512;
  const context = await model.createContext({
    contextSize: contextTokens,
    batchSize: contextTokens * count,
    sequences: count,
    threads,
  });
  return Array.from({ length: count }, () => context.getSequence({ contextShift: { size: refuseShift } }));
}

/** Each sequence takes the next document when it is done with one. */
export function workerOn(sequences: readonly LlamaContextSequence[], work: Work): Worker {
  return async (documents) => {
    const waiting = [...documents];
    await Promise.all(
      sequences.map(async (sequence) => {
        for (let document = waiting.shift(); document !== undefined; document = waiting.shift()) await answer(sequence, document, work);
      }),
    );
  };
}

/** Tokens of a document's prompt: each has its own length. */
export function lengthOf(document: number, prompt: number): number {
  return prompt + 7 * document;
}

/** Reads a made-up document as a nano transport does. Returns a hash of all that was read. */
export async function answer(sequence: LlamaContextSequence, document: number, { prompt, reply }: Work): Promise<string> {
  const length = lengthOf(document, prompt);
  const token = (at: number) => (300 + ((document * 7919 + at * 104_729) % 7000)) as Token; // behind the bytes, in every made-up vocabulary
  const hash = createHash('sha256');
  const { signal } = new AbortController();
  const prefix = Array.from({ length }, (_, at) => token(at));
  await sequence.clearHistory();
  return branchingSequence(sequence).branch(
    [prefix],
    async (decoder) => {
      for (let at = 0; at < reply; at++) hash.update(JSON.stringify([...(await decoder.likeliest([token(length + at)]))]));
      return hash.digest('hex');
    },
    signal,
  );
}
