import { z } from 'zod';
import { extractSchema, resultSchema, typedSpanSchema } from '../../server/schemas.ts';

/** The request of the HTTP interface, about one text. */
const askedOfText = extractSchema.omit({ documents: true, trace: true }).extend({
  text: z.string().min(1).meta({ description: 'The text, as it is; offsets count in it.' }),
});

export const extractInput = askedOfText;
export const extractOutput = resultSchema.omit({ id: true, error: true, trace: true });

export const explainInput = askedOfText.extend({
  mention: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'Tell only of the places where the text has this string, and of what overlaps them. Left out: of all.' }),
});

const probability = z.number().optional().meta({ description: 'In [0, 1], where the model tells.' });

const explainedMention = z.object({
  start: z.int(),
  end: z.int(),
  text: z.string(),
  status: z.enum(['found', 'rejected']),
  type: z.string().optional(),
  score: z.number().optional().meta({ description: 'Only of what was found.' }),
  rejectedBy: z.string().optional().meta({ description: 'The stage that took it out.' }),
  reason: z.string().optional().meta({ description: 'Why it was rejected.' }),
  proposals: z.array(z.object({ modelId: z.string(), reply: z.string(), alignment: z.string(), probability })),
  votes: z.array(z.object({ modelId: z.string(), choice: z.string(), probability })),
  verdicts: z.array(z.object({ modelId: z.string(), type: z.string(), accepted: z.boolean(), probability })),
});
export type ExplainedMention = z.infer<typeof explainedMention>;

export const explainOutput = z.object({
  mentions: z.array(explainedMention).meta({ description: 'In order of reading, what was rejected among them.' }),
  demonstrations: z
    .array(z.object({ id: z.string(), text: z.string(), score: z.number() }))
    .meta({ description: 'Labelled sentences that the models were shown, the most similar first.' }),
  hallucinations: z
    .array(z.object({ modelId: z.string(), stage: z.string(), reply: z.string() }))
    .meta({ description: 'Strings that a model wrote and that are not in the text.' }),
  degraded: resultSchema.shape.degraded,
});
export type Explanation = z.infer<typeof explainOutput>;

const mentions = z.array(typedSpanSchema).max(100_000);

export const scoreInput = z.strictObject({
  documents: z
    .array(z.strictObject({ gold: mentions, predicted: mentions }))
    .min(1)
    .max(10_000)
    .meta({
      description: 'For each text the right mentions and those to be scored. One is right if start, end and type are those of a gold one.',
    }),
});

const ratios = { precision: z.number(), recall: z.number(), f1: z.number() };
const counts = z.object({ truePositives: z.int(), falsePositives: z.int(), falseNegatives: z.int() });
const countedRatios = z.object({ ...ratios, counts });

export const scoreOutput = z.object({
  micro: z.object(ratios).meta({ description: 'Of the summed counts.' }),
  macro: z.object(ratios).meta({ description: 'Means over the types.' }),
  boundary: countedRatios.meta({ description: 'With types ignored.' }),
  perType: z.record(z.string(), countedRatios),
});
