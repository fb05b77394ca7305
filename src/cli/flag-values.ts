import { z } from 'zod';
import type { Aim } from '../pipeline/decide/threshold.ts';

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

/** What the thresholds of a calibration are chosen for. */
export const aim = z
  .string()
  .regex(/^(?:f1|macro-f1|(?:precision|recall):(?:0?\.\d+|[01]|1\.0+))$/, 'f1, macro-f1, or precision: or recall: and a number from 0 to 1')
  .transform((value): Aim => {
    const [name, least] = value.split(':');
    if (least === undefined) return value === 'f1' ? 'f1' : 'macro-f1';
    return name === 'precision' ? { precision: Number(least) } : { recall: Number(least) };
  });

/** The aim as the flag takes it. */
export function aimText(value: Aim): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([name, least]) => `${name}:${least}`)
    .join();
}
