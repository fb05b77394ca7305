import { NerError } from '../error.ts';
import type { ClassifyTask, ExtractTask, JointTask, Task, TaskData, TaskKind, VerifyTask } from '../prompting/task.ts';
import { abortable } from './abortable.ts';
import { noUsage } from './dialogue.ts';
import type { Answer, LanguageModel } from './language-model.ts';

type Answering<T, D> = (task: T, signal: AbortSignal) => D | Promise<D>;

/** A model of one's own: a name, and a function for each kind of task that it can do. */
export interface ModelDefinition {
  /** Unique in an ensemble. */
  readonly id: string;
  /** Longest text given at once, in UTF-16 code units; default no limit. */
  readonly textLimit?: number;
  readonly extract?: Answering<ExtractTask, TaskData['extract']>;
  readonly classify?: Answering<ClassifyTask, TaskData['classify']>;
  readonly verify?: Answering<VerifyTask, TaskData['verify']>;
  readonly joint?: Answering<JointTask, TaskData['joint']>;
}

/**
 * A member of an ensemble made of functions: a dictionary, a rule, a service of one's own. Where it has no function for a task it
 * abstains. What the functions throw is a failure of this member alone.
 * @example
 * ```ts
 * const cities = defineModel({
 *   id: 'cities',
 *   extract: ({ text }) => ['Berlin', 'Paris'].filter((city) => text.includes(city)),
 *   classify: ({ mentions }) => mentions.map(() => ({ type: 'city' })),
 * });
 * ```
 */
export function defineModel(definition: ModelDefinition): LanguageModel {
  const { id, textLimit = Number.POSITIVE_INFINITY } = definition;
  return {
    id,
    dialect: 'function@1',
    textLimit,
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      signal.throwIfAborted();
      const started = performance.now();
      const data = await abortable((async () => dataFor(definition, task, signal))(), signal);
      const durationMs = performance.now() - started;
      const record = { exchanges: [], usage: noUsage, durationMs, cutOff: false, droppedDemonstrations: 0 };
      return { ok: true, data: data as TaskData[K], ...record }; // `dataFor` calls the function of the task's kind, which K is
    },
    async [Symbol.asyncDispose]() {
      // It holds nothing.
    },
  };
}

function dataFor(definition: ModelDefinition, task: Task, signal: AbortSignal): TaskData[TaskKind] | Promise<TaskData[TaskKind]> {
  const { id, extract, classify, verify, joint } = definition;
  switch (task.kind) {
    case 'extract':
      return extract?.(task, signal) ?? unable(id, task.kind);
    case 'classify':
      return classify?.(task, signal) ?? unable(id, task.kind);
    case 'verify':
      return verify?.(task, signal) ?? unable(id, task.kind);
    case 'joint':
      return joint?.(task, signal) ?? unable(id, task.kind);
    default:
      return task satisfies never;
  }
}

function unable(modelId: string, kind: TaskKind): never {
  throw new NerError(`${modelId} has no function for the task "${kind}".`, { code: 'model-failed', modelId });
}
