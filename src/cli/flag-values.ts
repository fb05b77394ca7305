import { z } from 'zod';

const names = z.string().transform((list) => list.split(',').map((name) => name.trim()));

/** A whole number in these bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  const expected = most === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${least}` : `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= least && value <= most, expected);
}

/** A number from 0 to 1. */
export const share = z
  .string()
  .regex(/\d/, 'a number from 0 to 1')
  .transform(Number)
  .refine((value) => value >= 0 && value <= 1, 'a number from 0 to 1');

/** URIs of models, separated by commas. */
export const modelUris = names.refine((uris) => uris.every((uri) => uri !== ''), 'URIs of models, separated by commas');
/** A time in seconds. */
export const seconds = z
  .string()
  .transform(Number)
  .refine((value) => value > 0 && value <= 86_400, 'a number of seconds above 0, at most 86400');
