import { z } from 'zod';
import type { Span } from '../document/span.ts';
import type { Task, TaskData, TaskKind } from '../prompting/task.ts';

const probability = z.number().min(0).max(1);
const probabilities = z.record(z.string(), probability);
const located = z.object({ start: z.int().min(0), end: z.int().min(1), probability }).refine(({ start, end }) => start < end);
/** Made once: making them costs more than they do. */
const schemas = {
  extract: z.array(z.union([z.string(), located])),
  joint: z.array(z.object({ text: z.string(), type: z.string(), found: located.optional() })),
  classify: z.array(
    z.object({ type: z.string(), probability: probability.optional(), probabilities: probabilities.optional() }).optional(),
  ),
  verify: z.array(z.object({ yes: z.boolean(), probability: probability.optional() }).optional()),
} as const;

/** Whether data are what the task asked for. Models that users bring are not held to it by a compiler. */
export function isWellFormed<K extends TaskKind>(task: Extract<Task, { kind: K }>, data: TaskData[K]): boolean {
  const asked: Task = task;
  const isWithin = (span: Span | undefined) => span === undefined || span.end <= asked.text.length;
  switch (asked.kind) {
    case 'extract': {
      const parsed = schemas.extract.safeParse(data);
      return parsed.success && parsed.data.every((mention) => typeof mention === 'string' || isWithin(mention));
    }
    case 'joint': {
      const parsed = schemas.joint.safeParse(data);
      return parsed.success && parsed.data.every(({ found }) => isWithin(found));
    }
    case 'classify':
      return data.length === asked.mentions.length && schemas.classify.safeParse(data).success;
    case 'verify':
      return data.length === asked.claims.length && schemas.verify.safeParse(data).success;
    default:
      return asked satisfies never;
  }
}
