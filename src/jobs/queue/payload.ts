import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';

/** What a worker gets: documents of a run, and what is to be told of them. */
export const chunkSchema = z.object({
  /** Which run it is of. */
  run: z.string(),
  /** Documents, packed by {@link pack}. */
  documents: z.string(),
  count: z.int().min(1),
  /** Whether results have every decision. */
  trace: z.boolean(),
  /** Whether calls are told. */
  calls: z.boolean(),
  /** Outcomes of a worker before, packed, in the order of the documents: `null` for those that are not done. */
  kept: z.string().exactOptional(),
});
export type ChunkPayload = z.infer<typeof chunkSchema>;

export const documentsSchema = z.array(z.object({ id: z.string(), text: z.string() }));

const tokens = z.number().min(0);
/** What a model did for a document, without what was said. */
const callSchema = z.object({
  stage: z.string(),
  modelId: z.string(),
  kind: z.literal('tagger').optional(),
  usage: z.object({ promptTokens: tokens, cachedTokens: tokens, replyTokens: tokens }),
  durationMs: z.number(),
  replayed: z.literal(true).exactOptional(),
});

/** What became of one document. */
export const shippedSchema = z.object({
  /** The result as a line of JSON, as `el4ner run` writes it. */
  line: z.string(),
  /** Of one that failed. */
  failure: z.object({ message: z.string(), isOutage: z.boolean() }).exactOptional(),
  /** Where they are wanted. */
  calls: z.array(callSchema).exactOptional(),
});
export type Shipped = z.infer<typeof shippedSchema>;

export const keptSchema = z.array(shippedSchema.nullable());

/** What a worker returns of a chunk. */
export const returnSchema = z.object({
  /** An outcome for each document in their order, packed. */
  outcomes: z.string(),
  /** How many of them failed for want of models. */
  outages: z.int().min(0),
});
export type ChunkReturn = z.infer<typeof returnSchema>;

/** How far a worker is with a chunk. */
export const progressSchema = z.object({ done: z.int().min(0), failed: z.int().min(0) });

/** A value as compressed text. Servers keep it as it is, where they would change or refuse JSON: PostgreSQL takes no U+0000 and sorts keys. */
export function pack(value: unknown): string {
  return deflateRawSync(JSON.stringify(value)).toString('base64');
}

/** @throws if it is not what {@link pack} makes, or of another shape. */
export function unpack<T>(schema: z.ZodType<T>, packed: string): T {
  return schema.parse(JSON.parse(inflateRawSync(Buffer.from(packed, 'base64')).toString()));
}
