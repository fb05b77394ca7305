import type { Task, TaskKind } from '../prompting/task.ts';
import { abortable } from './abortable.ts';
import type { Answer, LanguageModel } from './language-model.ts';

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
      const answer = memory.get(key) ?? model.answer<K>(task, disposal.signal);
      if (!memory.has(key)) {
        memory.set(key, answer);
        answer.catch(() => memory.delete(key));
      }
      return abortable(answer as Promise<Answer<K>>, signal); // the key holds the task's kind
    },
    [Symbol.asyncDispose]() {
      disposal.abort(new Error('The model was closed.'));
      return model[Symbol.asyncDispose]();
    },
  };
}
