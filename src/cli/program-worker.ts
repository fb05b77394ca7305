import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { parseFlags, workerFlags } from './flags.ts';
import { addPipeline, addSource } from './pipeline-flags.ts';
import { examples } from './program-examples.ts';
import { addSelection } from './selection-flags.ts';
import type { Terminal } from './terminal.ts';

/** Adds `el4ner worker`. */
export function addWorker(program: Command, terminal: Terminal, end: (code: ExitCode, how: 'drained') => void): void {
  const command = program
    .command('worker')
    .description(
      'Work for "el4ner run --queue" on this machine, until interrupted: once finishes what is in work, twice stops at once. Serves all runs that have the same models, pool, types, options and version; others it refuses, and says what differs.',
    )
    .option('--queue <url>', 'redis://, rediss:// or postgres://, as the run has it (default: EL4NER_QUEUE)');
  addSource(command);
  addPipeline(command)
    .option('--quorum <number>', 'how many models must reply in each stage (default: 1)')
    .option('--workers <number>', 'documents in work at once (default: 1)')
    .option('--wait', 'stay where there are other runs only (default: end with 2 if so at the start)')
    .option('--health <address>', 'HOST:PORT to serve /healthz and /readyz at (default: none)')
    .option('--take-over <seconds>', 'take over what another worker does not give a sign of for so long (default: 30)')
    .addHelpText(
      'after',
      examples(
        'el4ner worker --queue redis://127.0.0.1:6379 --pool pool.index',
        'el4ner worker --queue postgres://el4ner@db/el4ner --models http://gpu:8000/v1#qwen --preset balanced --workers 32 --health 0.0.0.0:8788',
      ),
    )
    .action(async (flags) => {
      const { worker } = await import('./worker/worker.ts');
      end(await worker(parseFlags(workerFlags, flags), terminal), 'drained');
    });
  addSelection(command);
}
