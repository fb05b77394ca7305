import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { type Answer, type LanguageModel, replayed } from '../model/language-model.ts';
import type { Task, TaskKind } from '../prompting/task.ts';
import type { AnswerCache } from './answer-cache.ts';

/**
 * The same model, which takes answers from a cache that it or its like gave before, and keeps what it answers. A reply that made no sense is asked
 * for anew. An answer keeps the usage and the duration of the time when it was made.
 * @param identity - all that decides the answers besides task and dialect: the model's file or name, versions, parameters. Equal identities
 * must answer alike.
 */
export function cachedModel(
  model: LanguageModel,
  { cache, identity }: { readonly cache: AnswerCache; readonly identity: unknown },
): LanguageModel {
  return {
    ...model,
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      signal.throwIfAborted();
      const key = createHash('sha256')
        .update(JSON.stringify([identity, model.dialect, task]))
        .digest();
      const known = unpacked<K>(cache.get(key));
      if (known !== undefined) return replayed(known);
      const answer = await model.answer<K>(task, signal);
      if (answer.ok) cache.put(key, packed(answer));
      return answer;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

/** Answers hold `undefined`, which JSON has not. */
function packed(answer: Answer): Uint8Array {
  return brotliCompressSync(serialize(answer), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

/** An answer that cannot be read, because a later version of Node wrote it or the file was damaged, is none. */
function unpacked<K extends TaskKind>(bytes: Uint8Array | undefined): Answer<K> | undefined {
  if (bytes === undefined) return undefined;
  try {
    return deserialize(brotliDecompressSync(bytes)) as Answer<K>; // the key holds the task's kind
  } catch {
    return undefined;
  }
}
