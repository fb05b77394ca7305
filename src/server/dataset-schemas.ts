import { z } from '@hono/zod-openapi';
import { datasetFormatNames } from '../dataset/format.ts';
import { datasetFormats } from '../dataset/formats.ts';

const file = z.object({
  name: z.string().min(1).max(200).meta({ description: 'Of the file, without folders; its ending may tell the format.' }),
  content: z.string(),
});

const notes = z.array(z.string()).readonly().meta({ description: 'How the data were understood, and what was left out or changed.' });

const sampleSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    entities: z.array(z.object({ start: z.int(), end: z.int(), type: z.string(), score: z.number().min(0).max(1).optional() })).readonly(),
  })
  .openapi('Sample');
export type SampleBody = z.infer<typeof sampleSchema>;

/** Files of a data set to be read. */
export const readSchema = z
  .strictObject({
    files: z
      .array(file)
      .min(1)
      .max(1000)
      .meta({ description: 'One file, or those of a folder: texts, or texts with annotations of brat.' }),
    from: z.enum(datasetFormatNames).optional().meta({ description: 'Left out: what the content looks like.' }),
  })
  .openapi('ReadDatasetRequest');
export type ReadRequest = z.infer<typeof readSchema>;

export const samplesSchema = z
  .object({ format: z.enum(datasetFormatNames), samples: z.array(sampleSchema).readonly(), notes })
  .openapi('ReadDatasetResponse');

const writable = datasetFormatNames.filter((name) => datasetFormats[name].output !== 'none');

/** Samples to be written. */
export const writeSchema = z
  .strictObject({
    samples: z.array(sampleSchema),
    to: z.enum(writable),
    name: z
      .string()
      .regex(/^[\w-]{1,80}$/)
      .default('entities'),
  })
  .openapi('WriteDatasetRequest');
export type WriteRequest = z.infer<typeof writeSchema>;

export const filesSchema = z
  .object({ files: z.array(file).readonly().meta({ description: 'More than one only for brat.' }), notes })
  .openapi('WriteDatasetResponse');
