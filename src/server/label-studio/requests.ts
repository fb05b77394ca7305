import { z } from 'zod';
import { task } from '../../dataset/label-studio-task.ts';

/** What Label Studio sends; what is not needed of it is passed over, the access token among it. */
export const setupRequest = z.object({ schema: z.string() });

export const predictRequest = z.object({
  tasks: z.array(z.object({ data: z.record(z.string(), z.unknown()) })).min(1),
  label_config: z.string(),
});

/** A webhook; only those about annotations have a task and an annotation. */
export const webhookRequest = z.object({
  action: z.string(),
  project: z.object({ label_config: z.string() }).optional(),
  task: z.object({ data: z.record(z.string(), z.unknown()) }).optional(),
  annotation: z.unknown().optional(),
});
export type WebhookRequest = z.infer<typeof webhookRequest>;

/** A task with one annotation, as exports have it. */
export const annotatedTask = task;
