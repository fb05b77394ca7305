import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NerError } from '../error.ts';
import type { Terminal } from './terminal.ts';

const name = 'standard input';

/**
 * Keeps the standard input in a file while it is used, since detecting a format reads ahead.
 * @param use - gets the path of that file, and the terminal that tells notes on it as such on the standard input.
 * @returns what `use` does.
 * @throws what `use` does, errors on the file as such on the standard input.
 */
export async function withStandardInput<T>(terminal: Terminal, use: (path: string, terminal: Terminal) => Promise<T>): Promise<T> {
  const { stdin, signal, note } = terminal;
  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const path = join(directory, 'stdin');
  await pipeline(stdin, createWriteStream(path), { signal });
  const known = (line: string): string => line.replaceAll(path, name);
  try {
    return await use(path, { ...terminal, note: (line) => note(known(line)) });
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    const { message, detail } = error;
    const onInput = detail.code === 'unreadable-input' && detail.path === path ? { ...detail, path: name } : detail;
    throw new NerError(known(message), onInput, { cause: error });
  }
}
