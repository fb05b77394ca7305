import { z } from 'zod';
import { NerError } from '../error.ts';
import { formatNames } from './format.ts';

const names = z.string().transform((list) => list.split(',').map((name) => name.trim()));

function wholeNumber(least: number) {
  const expected = `a whole number of at least ${least}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => Number.isSafeInteger(value) && value >= least, expected);
}

const modelUris = names.refine((uris) => uris.every((uri) => uri !== ''), 'URIs of models, separated by commas');
const seconds = z
  .string()
  .transform(Number)
  .refine((value) => value > 0 && value <= 86_400, 'a number of seconds above 0, at most 86400');

/** What `el4ner extract` can be told. The keys that the recognizer's options have too mean the same. */
export const extractFlags = z.object({
  file: z.array(z.string()).default([]),
  types: z.string().exactOptional(),
  pool: z.string().exactOptional(),
  models: modelUris.exactOptional(),
  verifier: z.string().exactOptional(),
  k: wholeNumber(0).exactOptional(),
  quorum: wholeNumber(1).exactOptional(),
  overlaps: z.enum(['flat', 'nested']).exactOptional(),
  candidateSpans: z.enum(['models', 'gold']).exactOptional(),
  timeout: seconds.exactOptional(),
  workers: wholeNumber(1).default(1),
  format: z.enum(formatNames).default('text'),
  trace: z.boolean().default(false),
});
export type ExtractFlags = z.infer<typeof extractFlags>;

/** What `el4ner models ls` can be told. */
export const modelsFlags = z.object({ format: z.enum(['text', 'json']).default('text') });
export type ModelsFlags = z.infer<typeof modelsFlags>;

/** What `el4ner doctor` can be told. */
export const doctorFlags = z.object({ models: modelUris.exactOptional(), timeout: seconds.exactOptional() });
export type DoctorFlags = z.infer<typeof doctorFlags>;

/**
 * The values of a command's flags, from what the command line's parser collected.
 * @throws {NerError} `usage`, naming the flag, what was expected and what came.
 */
export function parseFlags<T>(schema: z.ZodType<T>, flags: Readonly<Record<string, unknown>>): T {
  const parsed = schema.safeParse(flags);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = String(issue?.path[0]);
  const flag = `--${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  throw new NerError(`${flag} is "${String(flags[key])}"; expected ${issue?.message}.`, { code: 'usage' }, { cause: parsed.error });
}
