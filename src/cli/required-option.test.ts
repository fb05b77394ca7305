import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

const { stdin, stdout, stderr } = process;
const terminal = createTerminal({ stdin, stdout, stderr, environment: {}, signal: new AbortController().signal });

/** What is told of these words, which are no command that can run. */
async function told(...words: readonly string[]): Promise<string> {
  let message = '';
  const program = createProgram('0', terminal, () => assert.fail('It ran.'));
  for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: (text) => (message += text) });
  await assert.rejects(program.parseAsync(words, { from: 'user' }), (error) => error instanceof CommanderError && error.exitCode === 1);
  return message;
}

const cases = [
  { words: ['index', 'pool.jsonl', '--ot', 'dir'], expected: /unknown option '--ot'\n\(Did you mean --out\?\)/ },
  { words: ['index', 'pool.jsonl'], expected: /required option '--out <directory>' not specified/ },
  { words: ['score', '--glod', 'a', '--pred', 'b'], expected: /unknown option '--glod'\n\(Did you mean --gold\?\)/ },
  { words: ['score', '--pred', 'b'], expected: /required option '--gold <path>' not specified/ },
];
for (const { words, expected } of cases) {
  test(`${words.join(' ')}: ${expected.source}`, async () => assert.match(await told(...words), expected));
}
