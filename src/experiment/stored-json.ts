import type { z } from 'zod';
import type { NerError } from '../error.ts';

/**
 * What a file of this program holds, as far as the schema asks for it.
 * @param failed - makes the error; a problem is a phrase that names the place in the JSON.
 */
export function parseStored<T>(json: string, schema: z.ZodType<T>, failed: (problem: string, cause: unknown) => NerError): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw failed('it is no JSON', cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw failed(`${place}${issue?.message.replace('Invalid input: ', '')}`, parsed.error);
}
