import { inspect } from 'node:util';
import { CommanderError } from 'commander';
import { NerError } from '../error.ts';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-code.ts';
import { failureMessage } from './failure-message.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

const interruption = new AbortController();
let isTerminated = false;
// They stay registered: libraries that listen too end the process at once where they are the only ones.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted);
    isTerminated = signal === 'SIGTERM';
    interruption.abort();
  });
}
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error) => {
    // Nobody reads any more, for example after `| head`. Other errors reject the write that they end.
    if (isBrokenPipe(error)) interruption.abort(error);
  });
}

const { stdin, stdout, stderr, env: environment } = process;
const terminal = createTerminal({ stdin, stdout, stderr, environment, signal: interruption.signal });
process.exitCode = await main(process.argv.slice(2), terminal);

async function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done;
  let isDrained = false;
  try {
    const program = createProgram(await packageVersion(), terminal, (ended, how) => {
      code = ended;
      isDrained = how === 'drained';
    });
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!terminal.signal.aborted) code = report(error, terminal);
  }
  if (!terminal.signal.aborted) return code;
  if (isDrained && isTerminated) return code; // whoever runs services ends them so
  if (isBrokenPipe(terminal.signal.reason)) return exitCodes.done;
  terminal.note('interrupted');
  return exitCodes.interrupted;
}

function report(error: unknown, { note, environment }: Terminal): ExitCode {
  // Commander has told it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  const isExpected = error instanceof NerError;
  if (environment['EL4NER_DEBUG'] === '1') note(inspect(error, { depth: 8 }));
  else if (isExpected) note(failureMessage(error));
  else note(`unexpected error: ${error instanceof Error ? error.message : String(error)}. EL4NER_DEBUG=1 shows where it comes from.`);
  return isExpected ? exitCodeOf(error.detail) : exitCodes.failed;
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}
