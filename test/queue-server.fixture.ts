import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A server for queues that the tests started; disposing of it ends it and removes its files. */
export interface QueueServer extends AsyncDisposable {
  readonly url: string;
}

/** Starts Redis on a free port of 127.0.0.1, keeping nothing; `undefined` where it is not installed. */
export async function startRedis(password?: string): Promise<QueueServer | undefined> {
  const binary = await findBinary('redis-server');
  if (binary === undefined) return undefined;
  const port = await freePort();
  const secured = password === undefined ? [] : ['--requirepass', password];
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-redis-'));
  const words = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory, ...secured];
  return started({ binary, words, directory, port, url: `redis://127.0.0.1:${port}`, readyWhen: /Ready to accept connections/ });
}

/** Starts PostgreSQL on a free port of 127.0.0.1 with a new cluster; `undefined` where it is not installed. */
export async function startPostgres(): Promise<QueueServer | undefined> {
  const [binary, initdb, user] = await Promise.all([findBinary('postgres'), findBinary('initdb'), unprivileged()]);
  if (binary === undefined || initdb === undefined) return undefined;
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-postgres-'));
  if ('uid' in user) chownSync(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const options = { ...user, cwd: directory, stdio: 'ignore' } as const;
  const [code] = await once(
    spawn(initdb, ['-D', data, '-U', 'el4ner', '-A', 'trust', '-N', '-E', 'UTF8', '--no-instructions'], options),
    'exit',
  );
  if (code !== 0) throw new Error(`initdb ended with ${code}.`);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'log_min_messages=log'];
  const words = ['-D', data, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])];
  const url = `postgres://el4ner@127.0.0.1:${port}/postgres`;
  return started({ binary, words, directory, port, url, user, readyWhen: /ready to accept connections/ });
}

interface Starting {
  readonly binary: string;
  readonly words: readonly string[];
  readonly directory: string;
  readonly port: number;
  readonly url: string;
  readonly user?: { readonly uid?: number; readonly gid?: number };
  readonly readyWhen: RegExp;
}

async function started({ binary, words, directory, url, user = {}, readyWhen }: Starting): Promise<QueueServer> {
  const server = spawn(binary, words, { ...user, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(server, 'exit');
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  while (!readyWhen.test(log)) {
    if (server.exitCode !== null) throw new Error(`${binary} ended with ${server.exitCode}: ${log}`);
    await setTimeout(20);
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill('SIGINT'); // which PostgreSQL takes as: at once, but in order
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | Record<never, never>> {
  if (process.getuid?.() !== 0) return {};
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}

/** On the path, or where Debian keeps PostgreSQL's. */
async function findBinary(name: string): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const places = [...(process.env['PATH'] ?? '').split(delimiter), ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`)];
  for (const place of places) {
    const path = join(place, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}
