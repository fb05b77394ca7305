import type { Command } from 'commander';
import { z } from 'zod';
import type { RecognizerOptions } from '../pipeline/options.ts';
import type { DemonstrationSelection } from '../pool/demonstration.ts';
import { share } from './flag-values.ts';

/** How the commands that use demonstrations can be told to choose them from a ranking; the keys mean the same as in the recognizer's options. */
export const selectionFlags = {
  coverTypes: z.boolean().exactOptional(),
  coverSpans: z.boolean().exactOptional(),
  diversity: share.exactOptional(),
  nearDuplicates: share.refine((value) => value > 0, 'a number above 0, at most 1').exactOptional(),
  allowQuery: z.boolean().exactOptional(),
};
type SelectionFlags = z.infer<z.ZodObject<typeof selectionFlags>>;

/** Adds these flags to a command, as a group of their own in its help, and the bound of what is chosen. */
export function addSelection(command: Command): void {
  command
    .optionsGroup('Choice of demonstrations from the ranking (default: the k best):')
    .option('--cover-types', 'each type that the best ranked show is demonstrated')
    .option('--cover-spans', 'together they are most like the spans of the text (with the retriever span-similarity)')
    .option('--diversity <λ>', 'they are unlike each other: from 0, which is off, to 1, where nothing else counts')
    .option('--near-duplicates <bound>', 'none shares so many trigrams with the text or another: above 0, at most 1; 0.9 leaves out copies')
    .option('--allow-query', 'even a sentence that is the text itself')
    .option('--demonstration-tokens <number>', 'the most that they take of any prompt (default: what the smallest context has room for)');
}

/** The flags with those of the selection gathered, as the recognizer's options have them. */
export function withSelection<F extends SelectionFlags>(flags: F): Omit<F, keyof SelectionFlags> & Pick<RecognizerOptions, 'selection'> {
  const { coverTypes, coverSpans, diversity, nearDuplicates, allowQuery, ...others } = flags;
  const all = { coverTypes, coverSpans, diversity, nearDuplicates, allowQuery };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  if (given.length === 0) return others;
  return { ...others, selection: Object.fromEntries(given) as DemonstrationSelection }; // `all` has its keys
}
