import type { Job } from 'bullmq';
import { z } from 'zod';
import type { QueueBackend } from './backend.ts';

/** A run that is submitted now. */
const runSchema = z.object({
  kind: z.literal('run'),
  id: z.string(),
  /** What decides its results. */
  pipeline: z.record(z.string(), z.unknown()),
  /** What people know it by. */
  title: z.string(),
});
export type RunEntry = z.infer<typeof runSchema>;

/** A worker that is there now. */
const workerSchema = z.object({
  kind: z.literal('worker'),
  id: z.string(),
  /** The hash of what decides its results. */
  pipeline: z.string(),
  /** What people know it by. */
  title: z.string(),
  /** Documents in work at once. */
  workers: z.number(),
  state: z.enum(['ready', 'draining', 'refused']),
  /** Runs that it takes no part in, by id, and why. */
  refusals: z.record(z.string(), z.string()),
});
export type WorkerEntry = z.infer<typeof workerSchema>;

const entrySchema = z.discriminatedUnion('kind', [runSchema, workerSchema]);
type Entry = z.infer<typeof entrySchema>;

/** Who submits and who works, as all of them see it. An entry that is not renewed is not seen any more after a while. */
export interface Registry {
  /** Makes the entry known, or renews it. */
  put(entry: Entry): Promise<void>;
  remove(entry: Pick<Entry, 'kind' | 'id'>): Promise<void>;
  list(): Promise<{ readonly runs: readonly RunEntry[]; readonly workers: readonly WorkerEntry[] }>;
}

/** How often entries are to be renewed, in milliseconds. */
export const renewalMs = 2_000;
/** After so long without renewal an entry is not seen, in milliseconds: clocks of machines may differ by a part of it; … */
const seenForMs = 20_000;
/** … and after so long it is removed by whoever sees it. */
const keptForMs = 600_000;

/** The registry is a queue that nobody takes from: a job for each entry, known by its id. */
export async function openRegistry(backend: QueueBackend): Promise<Registry> {
  const queue = await backend.queue('registry-1');
  const jobId = ({ kind, id }: Pick<Entry, 'kind' | 'id'>): string => `${kind}-${id}`;
  const jobs = new Map<string, Job>();
  return {
    put: (entry) =>
      backend.call(async () => {
        const id = jobId(entry);
        const data = { ...entry, atMs: Date.now() };
        const known = jobs.get(id);
        const isRenewed = known !== undefined && (await known.updateData(data).then(() => true, isMissing));
        if (isRenewed) return;
        const job = await queue.add(entry.kind, data, { jobId: id });
        await job.updateData(data); // where it was there already
        jobs.set(id, job);
      }),
    async remove(entry) {
      await backend.call(() => queue.remove(jobId(entry)));
    },
    list: () =>
      backend.call(async () => {
        const runs: RunEntry[] = [];
        const workers: WorkerEntry[] = [];
        const now = Date.now();
        for (const job of await queue.getJobs(['waiting'])) {
          const ageMs = now - z.object({ atMs: z.number() }).catch({ atMs: 0 }).parse(job.data).atMs;
          if (ageMs > keptForMs) await job.remove().catch(isMissing);
          const entry = entrySchema.safeParse(job.data).data;
          if (ageMs > seenForMs || entry === undefined) continue;
          if (entry.kind === 'run') runs.push(entry);
          else workers.push(entry);
        }
        return { runs, workers };
      }),
  };
}

/** `false` for the error of a job that is not there. */
function isMissing(error: unknown): false {
  if (error instanceof Error && /missing|not found|could not be removed|does not exist/i.test(error.message)) return false;
  throw error;
}
