import type { Command } from 'commander';
import { createProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

/** The command line's grammar by itself. */
export function programOf(): Command {
  const { stdin, stdout, stderr } = process;
  const terminal = createTerminal({ stdin, stdout, stderr, environment: {}, signal: new AbortController().signal });
  return createProgram('0', terminal, () => {});
}

/** Which of el4ner's commands words are, such as `models ls`, held to the command line's own grammar; what it would do is not done. */
export async function parsedCommand(words: readonly string[]): Promise<string> {
  const run: string[] = [];
  const tell = (command: Command, path: readonly string[]): void => {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
    if (command.commands.length === 0) command.action(() => void run.push(path.join(' ')));
    for (const one of command.commands) tell(one, [...path, one.name()]);
  };
  const program = programOf();
  tell(program, []);
  await program.parseAsync(words, { from: 'user' });
  return run[0] ?? '';
}
