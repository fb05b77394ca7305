import { z } from 'zod';
import { readTextFile } from '../dataset/text-file.ts';
import { NerError } from '../error.ts';
import type { Usage } from '../prompting/dialect.ts';

const amount = z.number('expected a number').min(0, 'expected a number of at least 0');
const price = z.strictObject({ input: amount, cachedInput: amount.exactOptional(), output: amount }, 'expected an object');
const pricesFile = z.record(z.string(), price, 'expected an object');

/** Of a million tokens, in whatever currency. Without `cachedInput`, tokens that stood in a model's memory cost what others do. */
export type Price = z.infer<typeof price>;
/** By a model's URI. */
export type Prices = ReadonlyMap<string, Price>;

const expectedFile = 'JSON such as {"openai:gpt-5-mini": {"input": 0.25, "cachedInput": 0.025, "output": 2}}, prices of a million tokens,';

/**
 * Reads prices from a file.
 * @throws {NerError} `unreadable-input`, naming the price, what was expected and what came.
 */
export async function readPrices(path: string): Promise<Prices> {
  const text = await readTextFile(path, expectedFile);
  const wrong = (reason: string, cause: unknown) =>
    new NerError(`${path} has no prices: ${reason}. Write ${expectedFile} and try again.`, { code: 'unreadable-input', path }, { cause });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw wrong('it is no JSON', cause);
  }
  const parsed = pricesFile.safeParse(content, { reportInput: true });
  if (parsed.success) return new Map(Object.entries(parsed.data));
  const [issue] = parsed.error.issues;
  throw wrong(issue === undefined ? 'it is of another form' : reasonOf(issue), parsed.error);
}

function reasonOf({ path, ...issue }: z.core.$ZodIssue): string {
  const place = path.length === 0 ? 'it' : path.map(String).join(' → ');
  if (issue.code === 'unrecognized_keys')
    return `${place} has ${issue.keys.map((key) => `"${key}"`).join(', ')}; expected input, cachedInput and output`;
  return `${place} is ${JSON.stringify(issue.input) ?? 'missing'}; ${issue.message}`;
}

/** What these tokens cost. */
export function costOf({ promptTokens, cachedTokens, replyTokens }: Usage, { input, cachedInput = input, output }: Price): number {
  return ((promptTokens - cachedTokens) * input + cachedTokens * cachedInput + replyTokens * output) / 1e6;
}
