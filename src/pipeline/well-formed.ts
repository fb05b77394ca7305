import { z } from 'zod';
import type { Task, TaskData, TaskKind } from '../prompting/task.ts';

const probability = z.number().min(0).max(1);
const probabilities = z.record(z.string(), probability);
const typeChoice = z.object({ type: z.string(), probability: probability.optional(), probabilities: probabilities.optional() }).optional();
const yesNo = z.object({ yes: z.boolean(), probability: probability.optional() }).optional();

function located(text: string) {
  const offset = z.int().min(0).max(text.length);
  return z.object({ start: offset, end: offset, probability }).refine(({ start, end }) => start < end);
}

/** Whether data are what the task asked for. Models that users bring are not held to it by a compiler. */
export function isWellFormed<K extends TaskKind>(task: Extract<Task, { kind: K }>, data: TaskData[K]): boolean {
  const asked: Task = task;
  switch (asked.kind) {
    case 'extract':
      return z.array(z.union([z.string(), located(asked.text)])).safeParse(data).success;
    case 'joint':
      return z.array(z.object({ text: z.string(), type: z.string(), found: located(asked.text).optional() })).safeParse(data).success;
    case 'classify':
      return z.array(typeChoice).length(asked.mentions.length).safeParse(data).success;
    case 'verify':
      return z.array(yesNo).length(asked.claims.length).safeParse(data).success;
    default:
      return asked satisfies never;
  }
}
