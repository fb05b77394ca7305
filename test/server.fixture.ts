import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const cli = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');

/** A server that runs until it is disposed of, which lets it finish what is in work. */
export interface RunningServer extends AsyncDisposable {
  readonly address: string;
  readonly process: ChildProcess;
  /** Its lines on the standard error, so far. */
  readonly said: readonly string[];
}

/** Starts `el4ner serve` with these words on a port that is free; without a token, if `environment` has none. */
export async function startServer(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const server = spawn(process.execPath, [cli, 'serve', '--port', '0', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, EL4NER_TOKEN: '', ...environment },
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
  return { address, process: server, said, [Symbol.asyncDispose]: () => ended(server, 'SIGTERM') };
}

/** Ends a server at once. */
export function stopServer({ process: server }: RunningServer): Promise<void> {
  return ended(server, 'SIGKILL');
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill(signal);
  await exit;
}
