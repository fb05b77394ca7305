import type { Command } from 'commander';
import { seconds, wholeNumber } from './flag-values.ts';

/** What one document may take; the keys mean the same as in the recognizer's options. */
export const budgetFlags = { documentTimeout: seconds.exactOptional(), documentTokens: wholeNumber(1).exactOptional() };

/** Adds these flags to a command. */
export function addBudget(command: Command): Command {
  return command
    .option('--document-timeout <seconds>', 'longest time for one document, which fails when it is over (default: none)')
    .option(
      '--document-tokens <number>',
      'most tokens, read and written by all models together, for one document, which fails if it takes more (default: any number)',
    );
}
