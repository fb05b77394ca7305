import type { Command } from 'commander';
import { z } from 'zod';

/** How commands can be told to account for what models did. */
export const statsFlags = { stats: z.boolean().default(false), prices: z.string().exactOptional() };

/** Adds these flags to a command. */
export function addStats(command: Command): Command {
  return command
    .option('--stats', 'tell at the end what models did, stage by stage: calls, tokens, seconds')
    .option(
      '--prices <path>',
      '--stats, and what it cost by this JSON, which has prices of a million tokens by model: {"openai:gpt-5-mini": {"input": 0.25, "cachedInput": 0.025, "output": 2}}',
    );
}
