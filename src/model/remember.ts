import type { Task, TaskKind } from '../prompting/task.ts';
import type { Answer, LanguageModel } from './language-model.ts';

/**
 * The same model, which answers a task that it has answered before from memory. An answer keeps the usage and the duration of
 * the time when it was made; failures are not remembered.
 */
export function remembering(model: LanguageModel): LanguageModel {
  const memory = new Map<string, Promise<Answer>>();
  return {
    ...model,
    answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      const key = JSON.stringify(task);
      const known = memory.get(key);
      if (known !== undefined) return known as Promise<Answer<K>>; // the key holds the task's kind
      const answer = model.answer<K>(task, signal);
      memory.set(key, answer);
      answer.catch(() => memory.delete(key));
      return answer;
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
