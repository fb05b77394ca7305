import type { Task, TaskKind } from '../prompting/task.ts';
import { abortable } from './abortable.ts';
import { type Answer, type LanguageModel, replayed } from './language-model.ts';

/**
 * The same model, which answers a task that it has answered before from memory. An answer keeps the usage and the duration of
 * the time when it was made; failures are not remembered. Askers of one task share its work, which an abort of one of them does not end;
 * disposal does.
 */
export function remembering(model: LanguageModel): LanguageModel {
  const memory = new Map<string, Promise<Answer>>();
  const disposal = new AbortController();
  return {
    ...model,
    answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      const key = JSON.stringify(task);
      const known = memory.get(key) as Promise<Answer<K>> | undefined; // the key holds the task's kind
      if (known !== undefined) return abortable(known.then(replayed), signal);
      const answer = model.answer<K>(task, disposal.signal);
      memory.set(key, answer);
      answer.catch(() => memory.delete(key));
      return abortable(answer, signal);
    },
    [Symbol.asyncDispose]() {
      disposal.abort(new Error('The model was closed.'));
      return model[Symbol.asyncDispose]();
    },
  };
}
