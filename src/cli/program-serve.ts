import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { parseFlags, serveFlags } from './flags.ts';
import { examples } from './program-examples.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner serve`. */
export function addServe(program: Command, terminal: Terminal, end: (code: ExitCode, how: 'drained') => void): void {
  program
    .command('serve')
    .description(
      'Serve the pipeline over HTTP: a page that shows every decision and takes corrections, and an interface for programs (/docs); for this machine or, with a token, for others.',
    )
    .option('--host <address>', 'where to listen (default: 127.0.0.1, for this machine alone)')
    .option('--port <number>', 'where to listen; 0 is any that is free (default: 8787)')
    .option(
      '--models <uris>',
      'models that requests can name, separated by commas; by default they ask all, pool:tagger with a pool of 15 sentences or more (default: the bundled models and pool:tagger)',
    )
    .option(
      '--pool <name=path>',
      'a pool that requests can name, also several times: what "extract" takes; corrections can be saved to a file .jsonl, which need not be there yet',
      (path: string, before: readonly string[] = []) => [...before, path],
    )
    .option('--workers <number>', 'documents in work at once, over all requests (default: 2)')
    .option('--max-body <bytes>', 'largest request (default: 1000000)')
    .option(
      '--max-dataset-body <bytes>',
      'largest request that reads or writes a data set, as imports and exports of the page (default: 50000000)',
    )
    .option('--max-documents <number>', 'most documents of a request (default: 100)')
    .option('--max-requests <number>', 'most requests for extraction at once; further ones get 429 (default: 64)')
    .option('--request-timeout <seconds>', 'longest time for a request (default: 300)')
    .option(
      '--cors <origin>',
      'pages of this origin may use the server from a browser, also several times (default: none but its own)',
      (origin: string, before: readonly string[] = []) => [...before, origin],
    )
    .option('--timeout <seconds>', 'longest wait for a reply of a model (default: 120 for servers, none for local models)')
    .option('--cache', 'keep the answers of models, with the texts in them, and take them from there; see "el4ner cache"')
    .addHelpText(
      'after',
      examples('el4ner serve', 'el4ner serve --pool letters=labelled.jsonl', 'EL4NER_TOKEN=… el4ner serve --host 0.0.0.0'),
    )
    .addHelpText('after', '\nWhere EL4NER_TOKEN is set, requests must show it: "authorization: Bearer …".')
    .action(async (flags) => {
      const { serve } = await import('./serve/serve.ts');
      end(await serve(parseFlags(serveFlags, flags), terminal), 'drained');
    });
}
