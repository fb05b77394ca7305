import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { mcpFlags, parseFlags } from './flags.ts';
import { examples } from './program-examples.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner mcp`. */
export function addMcp(program: Command, terminal: Terminal, end: (code: ExitCode, how: 'drained') => void): void {
  program
    .command('mcp')
    .description(
      'Serve the pipeline to assistants: tools of the Model Context Protocol (extract, explain, score) on standard input and output. The assistant starts it.',
    )
    .option(
      '--models <uris>',
      'models that calls can name, separated by commas; by default they ask all, pool:tagger with a pool of 20 sentences or more (default: the bundled models and pool:tagger)',
    )
    .option(
      '--pool <name=path>',
      'a pool that calls can name, also several times: what "extract" takes',
      (path: string, before: readonly string[] = []) => [...before, path],
    )
    .option('--workers <number>', 'texts in work at once (default: 2)')
    .option('--request-timeout <seconds>', 'longest time for a call (default: 300)')
    .option('--timeout <seconds>', 'longest wait for a reply of a model (default: 120 for servers, none for local models)')
    .option('--cache', 'keep the answers of models, with the texts in them, and take them from there; see "el4ner cache"')
    .addHelpText('after', examples('el4ner mcp', 'el4ner mcp --pool letters=labelled.jsonl --models ollama:qwen2.5:14b,ollama:phi4'))
    .action(async (flags) => {
      const { mcp } = await import('./mcp/mcp.ts');
      end(await mcp(parseFlags(mcpFlags, flags), terminal), 'drained');
    });
}
