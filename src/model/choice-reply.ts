import { z } from 'zod';
import type { JsonSchema } from '../prompting/dialect.ts';

/** How a closed choice is asked for: as JSON, since strict servers take no schema for a bare string. */
export function choiceFormat(choices: readonly string[]): { readonly name: string; readonly schema: JsonSchema } {
  const properties = { choice: { type: 'string', enum: choices } } as const;
  return { name: 'choice', schema: { type: 'object', properties, required: ['choice'], additionalProperties: false } };
}

const choiceReply = z.object({ choice: z.string() });

/** The bare choice of a reply in that format; any other reply as it is. */
export function bareChoice(reply: string): string {
  try {
    return choiceReply.parse(JSON.parse(reply)).choice;
  } catch {
    return reply; // a server that is not held to schemas may answer in plain words, which the dialect reads
  }
}

const alternative = z.object({ token: z.string(), logprob: z.number() });
const ranked = alternative.extend({ top_logprobs: z.array(alternative) });

/** A chat completion with log-probabilities, as OpenAI-compatible servers answer `logprobs` and `top_logprobs`. */
const rankedCompletion = z.object({
  choices: z.tuple([z.object({ logprobs: z.object({ content: z.array(ranked) }) })], z.unknown()),
});

/** What may stand before a choice, in its own token or before it. */
const lead = /^[\s":]*/;
const jsonLead = /^\s*\{\s*"choice"\s*:\s*"/;

/**
 * The probability of each of several choices among them, from the alternatives to the token with which the reply's choice begins.
 * @param response - the body of a chat completion; its text is a choice, bare or in the format above.
 * @returns `undefined` if the server told no log-probabilities, or the first token does not tell all choices apart.
 */
export function choiceProbabilities(response: unknown, choices: readonly string[]): ReadonlyMap<string, number> | undefined {
  const { success, data } = rankedCompletion.safeParse(response);
  if (!success) return undefined;
  const tokens = data.choices[0].logprobs.content;
  const written = tokens.map(({ token }) => token).join('');
  const [before = ''] = jsonLead.exec(written) ?? lead.exec(written) ?? [];
  const first = tokenAt(tokens, before.length);
  const mass = new Map(choices.map((choice) => [choice, 0]));
  for (const { token, logprob } of first?.top_logprobs ?? []) {
    const letters = token.replace(lead, '').toLowerCase();
    const meant = letters === '' ? [] : choices.filter((choice) => agree(choice.toLowerCase(), letters));
    if (meant.length > 1) return undefined;
    for (const choice of meant) mass.set(choice, (mass.get(choice) ?? 0) + Math.exp(logprob));
  }
  const total = mass.values().reduce((sum, share) => sum + share, 0);
  return total > 0 ? new Map([...mass].map(([choice, share]) => [choice, share / total])) : undefined;
}

function tokenAt(tokens: readonly z.infer<typeof ranked>[], offset: number): z.infer<typeof ranked> | undefined {
  let end = 0;
  for (const token of tokens) {
    end += token.token.length;
    if (end > offset) return token;
  }
  return undefined;
}

/** Whether a token may be the beginning of a choice, or holds all of it. */
function agree(choice: string, letters: string): boolean {
  return choice.startsWith(letters) || (letters.startsWith(choice) && !/^\p{L}/u.test(letters.slice(choice.length)));
}
