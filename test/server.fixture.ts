import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';

const cli = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');

/** A server that runs until it is disposed of. */
export interface RunningServer extends AsyncDisposable {
  readonly address: string;
}

/** Starts `el4ner serve` with these words on a port that is free. */
export async function startServer(...words: readonly string[]): Promise<RunningServer> {
  const { EL4NER_TOKEN: _, ...environment } = env;
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environment,
  });
  const said: string[] = [];
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      said.push(line);
      const [, found] = /serving at (http:\S+);/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said.join('\n')}`)));
  });
  return {
    address,
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    },
  };
}
