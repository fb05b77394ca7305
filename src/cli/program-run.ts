import { type Command, Option } from 'commander';
import { datasetFormatNames } from '../dataset/format.ts';
import { addBudget } from './budget-flags.ts';
import type { ExitCode } from './exit-code.ts';
import { parseFlags, runFlags } from './flags.ts';
import { addPipeline, addSource } from './pipeline-flags.ts';
import { examples } from './program-examples.ts';
import { addRequired } from './required-option.ts';
import { progressKinds } from './run/run-progress.ts';
import { addSelection } from './selection-flags.ts';
import { addStats } from './stats-flags.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner run`. */
export function addRun(program: Command, terminal: Terminal, end: (code: ExitCode) => void): void {
  const command = program
    .command('run')
    .description(
      'Find the entities of all documents of a corpus. What is done is kept, so that it goes on after any end; documents that fail go to a file of their own.',
    )
    .argument(
      '<CORPUS>',
      'documents {"id"?, "text"} one a line in .jsonl, or anything that "el4ner convert" reads; labels in it are not looked at',
    );
  addRequired(
    command,
    '--out <path>',
    'results, a line of JSON each in the order of the corpus; beside it PATH.failed.ndjson and PATH.journal',
  )
    .option('--resume', 'go on with the run to this path, from where its files are whole; begin it if there is none')
    .option(
      '--retry-failed',
      'of a run to this path that is done, try the documents again that failed, and put their results where they belong',
    )
    .addOption(new Option('--from <format>', 'of the corpus (default: its content tells)').choices(datasetFormatNames))
    .option('--skip-bad', 'leave out rows that cannot be read (default: the first one ends the run)');
  addSource(command);
  addBudget(addPipeline(command))
    .option('--quorum <number>', 'how many models must reply in each stage (default: 1)')
    .option('--workers <number>', 'documents in work at once (default: 1)')
    .option(
      '--patience <seconds>',
      'how long models may be out of order that have answered before, until the run ends with 3 (default: 60)',
    )
    .option('--trace', 'write every decision into the results')
    .addOption(
      new Option(
        '--progress <how>',
        'a line for people at a terminal, lines of JSON to the standard error, or none (default: line)',
      ).choices(progressKinds),
    );
  command
    .option(
      '--queue <url>',
      'let "el4ner worker" do the work, on any machine: redis://, rediss:// or postgres:// of a server that all reach',
    )
    .option('--chunk <number>', 'with --queue, documents that a worker takes together (default: 16)')
    .option('--attempts <number>', 'with --queue, how often documents are tried while models are out of order (default: 5)');
  addStats(command)
    .addHelpText(
      'after',
      examples(
        'el4ner run letters.jsonl --pool pool.index --out entities.ndjson',
        'el4ner run letters.jsonl --pool pool.index --out entities.ndjson --resume',
        'el4ner run texts/ --models http://127.0.0.1:8000/v1#qwen --workers 32 --preset balanced --out entities.ndjson',
        'el4ner run letters.jsonl --pool pool.index --queue redis://127.0.0.1:6379 --out entities.ndjson',
      ),
    )
    .action(async (corpus: string, flags) => {
      const { run } = await import('./run/run.ts');
      end(await run(corpus, parseFlags(runFlags, flags), terminal));
    });
  addSelection(command);
}
