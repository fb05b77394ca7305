import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NerError } from '../../error.ts';
import type { Terminal } from '../terminal.ts';

const name = 'standard input';

/** The standard input in a file of its own, which goes with it. */
export interface KeptStandardInput extends AsyncDisposable {
  readonly path: string;
  /** Tells notes on the file as such on the standard input. */
  readonly terminal: Terminal;
  /** An error on the file as one on the standard input; any other as it is. */
  named(error: unknown): unknown;
}

/** Keeps the standard input in a file, since detecting a format reads ahead. */
export async function keepStandardInput(terminal: Terminal): Promise<KeptStandardInput> {
  const { stdin, signal, note } = terminal;
  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-'));
  cleanup.defer(() => rm(directory, { recursive: true }));
  const path = join(directory, 'stdin');
  await pipeline(stdin, createWriteStream(path), { signal });
  const known = (line: string): string => line.replaceAll(path, name);
  const kept = cleanup.move();
  return {
    path,
    terminal: { ...terminal, note: (line) => note(known(line)) },
    named(error) {
      if (!(error instanceof NerError)) return error;
      const { message, detail } = error;
      const onInput = detail.code === 'unreadable-input' && detail.path === path ? { ...detail, path: name } : detail;
      return new NerError(known(message), onInput, { cause: error });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
