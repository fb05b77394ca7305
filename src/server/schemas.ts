import { z } from '@hono/zod-openapi';
import { typeName } from '../dataset/json-rows.ts';
import { offsetConverter } from '../document/offsets.ts';
import { combinations } from '../pipeline/combination.ts';
import { documentAgreements } from '../pipeline/document-agreement.ts';
import { presetNames } from '../pipeline/options.ts';
import { votings } from '../pipeline/vote.ts';
import { retrievers } from '../pool/demonstration.ts';
import { querySpanSources } from '../pool/span-sources.ts';

const offset = 'In UTF-16 code units of the text, as JavaScript, Java and C# count.';

/** A mention that is said to be of a type. */
export const typedSpanSchema = z
  .strictObject({
    start: z.int().min(0).meta({ description: offset }),
    end: z
      .int()
      .min(1)
      .meta({ description: `After the last character. ${offset}` }),
    type: typeName,
  })
  .refine(({ start, end }) => start < end, { message: 'expected start before end', path: ['end'] });

/** A sentence with its mentions. */
export const labelledSchema = z
  .strictObject({ text: z.string().min(1), entities: z.array(typedSpanSchema) })
  .superRefine(({ text, entities }, context) => {
    // As a file with this sentence will be read.
    const { toCodePoint } = offsetConverter(text);
    for (const [at, span] of entities.entries()) {
      for (const bound of ['start', 'end'] as const) {
        try {
          toCodePoint(span[bound]);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
          context.addIssue({ code: 'custom', path: ['entities', at, bound], message: error.message });
        }
      }
    }
  })
  .openapi('LabelledSentence');
export type LabelledBody = z.infer<typeof labelledSchema>;

const entityType = z.union([z.string().min(1), z.strictObject({ name: z.string().min(1), definition: z.string().min(1).optional() })], {
  error: 'Invalid input: expected a name, or {"name": …, "definition": …}',
});

const options = z
  .strictObject({
    preset: z.enum(presetNames).meta({ description: 'Options at once, in place of the defaults of those that are left out.' }),
    k: z.int().min(0).max(100).meta({ description: 'Demonstrations for each text.' }),
    retriever: z.enum(retrievers).meta({ description: 'How demonstrations are chosen.' }),
    querySpans: z.enum(querySpanSources).meta({ description: 'Which spans stand for a text in retrieval.' }),
    voting: z.enum(votings).meta({ description: 'Votes of one each, or by probability and weight.' }),
    combination: z.enum(combinations).meta({ description: 'Whose spans go on to be typed.' }),
    verifier: z.string().min(1).meta({ description: 'A model of /v1/models, "all" or "nobody".' }),
    onReject: z.enum(['drop', 'retype']).meta({ description: 'What becomes of a mention that verification denies.' }),
    minScore: z.number().min(0).max(1).meta({ description: 'Least score of an entity that is kept.' }),
    overlaps: z.enum(['flat', 'nested']).meta({ description: 'Whether entities may overlap.' }),
    sparing: z.boolean().meta({ description: 'Do not ask models whose answers could change no entity.' }),
    windowLength: z.int().min(1).meta({ description: 'Characters to which sentences of a longer text go into one window.' }),
    windowOverlap: z.int().min(0).max(10).meta({ description: 'Sentences that windows of a long text share.' }),
    selection: z
      .strictObject({
        coverTypes: z.boolean().meta({ description: 'Demonstrate each type that the best ranked sentences show.' }),
        coverSpans: z.boolean().meta({ description: 'Choose sentences that together are most like the spans of the text.' }),
        diversity: z.number().min(0).max(1).meta({ description: 'How much sentences are to differ from those chosen before.' }),
        nearDuplicates: z
          .number()
          .gt(0)
          .max(1)
          .meta({ description: 'Leave out sentences that are so similar to one chosen; 0.9 is copies.' }),
        allowQuery: z.boolean().meta({ description: 'Whether the text itself may be a demonstration, where the pool has it.' }),
      })
      .partial()
      .meta({ description: 'Which of the best ranked sentences are demonstrated.' }),
    documentAgreement: z.enum(documentAgreements).meta({ description: 'What is done about strings that a text has as several types.' }),
    decision: z.enum(['calibrated', 'votes']).meta({
      description: 'By the calibration of the pool, or by votes. Left out: by the calibration if there is one for what is asked.',
    }),
  })
  .partial()
  .openapi('Options');

const atLeastOne = 'Too small: expected at least one';

/** What can be asked of the pipeline. */
export const extractSchema = z
  .strictObject({
    documents: z
      .array(z.strictObject({ id: z.string().optional(), text: z.string() }))
      .min(1, atLeastOne)
      .meta({
        description: 'Texts. One without an id is called by its number, from 1.',
        example: [{ id: 'letter', text: 'Ada Lovelace wrote to Charles Babbage from London.' }],
      }),
    types: z
      .array(entityType)
      .min(1, atLeastOne)
      .optional()
      .meta({
        description: 'Names, or names with definitions. Left out: the types of the pool; without a pool person, organization and location.',
        example: ['person', { name: 'place', definition: 'A city, country, river or other location.' }],
      }),
    pool: z
      .union([z.string().min(1), z.array(labelledSchema).max(5000)], {
        error:
          'Invalid input: expected the name of a pool, or a list of sentences {"text": …, "entities": [{"start": …, "end": …, "type": …}]}',
      })
      .optional()
      .meta({ description: 'The name of a pool of /v1/pools, or labelled sentences. Left out: none, the models know the types alone.' }),
    models: z.array(z.string().min(1)).min(1, atLeastOne).optional().meta({ description: 'Of /v1/models. Left out: all of them.' }),
    options: options.optional(),
    trace: z.boolean().default(false).meta({ description: 'Whether results tell every decision, prompts and replies among them.' }),
  })
  .openapi('ExtractRequest');
export type ExtractRequest = z.infer<typeof extractSchema>;

const entity = z
  .object({
    start: z.int().meta({ description: offset }),
    end: z.int().meta({ description: `After the last character. ${offset}` }),
    text: z.string(),
    type: z.string(),
    score: z.number().meta({ description: 'In [0, 1]; a probability where a calibration decided.' }),
  })
  .openapi('Entity');

/** What became of a text. */
export const resultSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    entities: z.array(entity).readonly().optional().meta({ description: 'In order of reading; missing where the text failed.' }),
    error: z.object({ code: z.string(), message: z.string() }).optional().meta({ description: 'Only where the text failed.' }),
    degraded: z
      .array(z.object({ modelId: z.string(), stage: z.string(), reason: z.string() }))
      .readonly()
      .optional()
      .meta({ description: 'Models that failed or gave no usable reply; only where there are any.' }),
    disagreements: z
      .array(z.object({ text: z.string(), types: z.record(z.string(), z.int()).readonly() }))
      .readonly()
      .optional()
      .meta({ description: 'Strings with several types; only where there are any, and they were asked for.' }),
    trace: z
      .object({ usage: z.unknown(), durationMs: z.number(), windows: z.array(z.unknown()).readonly() })
      .optional()
      .meta({ description: 'Every decision, on demand.' }),
  })
  .openapi('Result');

export const resultsSchema = z
  .object({ documents: z.array(resultSchema).readonly().meta({ description: 'In the order of the request.' }) })
  .openapi('ExtractResponse');
export type ResultBody = z.infer<typeof resultSchema>;

export const modelSchema = z
  .object({
    id: z.string(),
    dialect: z.string().meta({ description: 'How it is prompted, with a version.' }),
    kind: z.enum(['language model', 'tagger']),
  })
  .openapi('Model');
export type ModelBody = z.infer<typeof modelSchema>;

export const poolSchema = z
  .object({
    name: z.string(),
    sentences: z.int(),
    revision: z.string().meta({ description: 'Another one after each change of its sentences.' }),
    types: z.array(z.object({ name: z.string(), mentions: z.int() })).readonly(),
    isWritable: z.boolean().meta({ description: 'Whether sentences can be added.' }),
    isCalibrated: z.boolean().meta({ description: 'Whether a calibration is kept with it.' }),
  })
  .openapi('Pool');
export type PoolBody = z.infer<typeof poolSchema>;

/** RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().optional().meta({ description: 'What went wrong, for programs.' }),
    errors: z.array(z.object({ pointer: z.string().meta({ description: 'RFC 6901, into the request.' }), detail: z.string() })).optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problemSchema>;

/** A stage that is done with a window of a document, and what it came to. */
const stageSchema = z
  .object({
    id: z.string(),
    start: z.int().meta({ description: `Where the window begins. ${offset}` }),
    windows: z.int().meta({ description: 'Into how many windows the document is cut; one that does not fit the models is cut once more.' }),
    stage: z.string(),
    demonstrations: z.int().meta({ description: 'How many the models were shown; known from retrieval on.' }),
    mentions: z
      .array(z.object({ start: z.int(), end: z.int(), status: z.string(), type: z.string().optional() }))
      .meta({ description: 'As they stand, with offsets in the document.' }),
  })
  .openapi('StageEvent');

/** The data of a server-sent event, by its name: `stage`, `document`, `problem` and `end`. */
export const eventSchema = z
  .union([stageSchema, resultSchema, problemSchema, z.strictObject({}).openapi('EndEvent')])
  .openapi('ExtractEvent');
