import { z } from 'zod';
import type { DocumentResult } from './document-result.ts';

/** The first line of a journal; the identity is compared, key by key, and otherwise not used. */
export const headSchema = z.object({ identity: z.record(z.string(), z.unknown()) });

/** What a system made of a sentence: each further line of a journal. */
export interface Entry {
  readonly system: string;
  readonly result: DocumentResult;
}

const probability = z.number().exactOptional();
const evidence = {
  start: z.number(),
  end: z.number(),
  proposals: z.array(z.object({ modelId: z.string(), reply: z.string(), alignment: z.enum(['exact', 'normalized', 'fuzzy']) })),
  votes: z.array(z.object({ modelId: z.string(), choice: z.string(), probability })),
  verdicts: z.array(z.object({ modelId: z.string(), type: z.string(), accepted: z.boolean(), probability })),
};
const mention = z.discriminatedUnion('status', [
  z.object({ status: z.literal('verified'), ...evidence, type: z.string(), score: z.number() }),
  z.object({
    status: z.literal('rejected'),
    stage: z.enum(['extract', 'classify', 'verify', 'resolve', 'merge']),
    reason: z.string(),
    ...evidence,
    type: z.string().exactOptional(),
  }),
]);

export const entrySchema: z.ZodType<Entry> = z.object({
  system: z.string(),
  result: z.object({
    id: z.string(),
    mentions: z.array(mention),
    calls: z.number(),
    promptTokens: z.number(),
    cachedTokens: z.number(),
    replyTokens: z.number(),
    modelMs: z.number(),
    malformed: z.number(),
    hallucinated: z.number(),
    failure: z.string().exactOptional(),
    degraded: z.array(z.object({ modelId: z.string(), reason: z.string() })).exactOptional(),
  }),
});
