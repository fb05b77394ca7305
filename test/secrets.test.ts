import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ModelServer, type ServeOptions, serveModel } from '../src/model/openai-server.fixture.ts';
import { type Script, scriptedModel } from '../src/model/scripted.ts';

const cli = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');
const key = 'sk-planted-0123456789';
const password = 'pw-planted-0123456789';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-secrets-'));
  await writeFile(join(scratch, 'corpus.jsonl'), '{"id": "1", "text": "Ada met Bob."}\n{"id": "2", "text": "Bob slept."}\n');
});
after(() => rm(scratch, { recursive: true }));

interface Run {
  readonly words: readonly string[];
  /** Where it runs, and keeps its cache. */
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly nodeFlags?: readonly string[];
}

/** All that a command prints; however it ends. */
async function output({
  words,
  directory,
  environment = {},
  nodeFlags = [],
}: Run): Promise<{ readonly code: number; readonly printed: string }> {
  await mkdir(directory, { recursive: true });
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    EL4NER_CACHE: join(directory, 'answers.sqlite'),
    EL4NER_API_KEY: key,
    OPENAI_API_KEY: key,
    ...environment,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...nodeFlags, cli, ...words], { env, cwd: directory }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, printed: stdout + stderr }),
    );
    child.stdin?.end();
  });
}

/** Everything below a directory, as bytes. */
async function written(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (file) => [file, await readFile(file)] as const)));
}

/** Finds what is in every text, and the key, which it writes wherever it can. */
const telling: Script = (task) => {
  if (task.kind === 'extract') return ['Bob', key, `Bearer ${key}`];
  if (task.kind === 'classify') return task.mentions.map(() => ({ type: 'person' }));
  return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
};
const serve = (options: ServeOptions): Promise<ModelServer> => serveModel(scriptedModel({ answer: telling }), { name: 'm', ...options });

describe('a key', () => {
  test('is in nothing that a run prints or writes, whatever its servers write back', { timeout: 120_000 }, async () => {
    await using servers = new AsyncDisposableStack();
    const served = [
      servers.use(await serve({ apiKey: key })),
      servers.use(await serve({ apiKey: 'another' })), // refuses, and repeats what it got
      servers.use(await serve({ plan: () => ({ kind: 'status', status: 500, retryAfter: '0', body: `You sent "Bearer ${key}".` }) })),
      servers.use(await serve({ plan: () => ({ kind: 'body', body: `<html>${key}</html>` }) })),
      servers.use(await serve({ plan: () => ({ kind: 'redirect', location: `http://127.0.0.1:9/${key}` }) })),
    ];
    const models = served.map(({ url }) => `${url}/v1#m`).join(',');
    const directory = join(scratch, 'run');
    const told = ['--trace', '--cache', '--stats', '--progress', 'json'];
    const words = [
      'run',
      join(scratch, 'corpus.jsonl'),
      '--types',
      'person',
      '--models',
      models,
      '--out',
      join(directory, 'out.ndjson'),
      ...told,
    ];
    const { code, printed } = await output({ words, directory });
    assert.equal(code, 0, printed);
    const sent = served[0]?.requests.map(({ headers }) => headers.authorization);
    assert.ok(sent !== undefined && sent.length > 0 && sent.every((header) => header === `Bearer ${key}`), 'the key was needed');
    assert.ok(!printed.includes(key), printed);
    const files = await written(directory);
    assert.deepEqual(
      ['answers.sqlite', 'out.ndjson', 'out.ndjson.failed.ndjson', 'out.ndjson.journal'].filter(
        (name) => !files.has(join(directory, name)),
      ),
      [],
    );
    for (const [file, bytes] of files) assert.ok(!bytes.includes(key), file);
    const [result] = (files.get(join(directory, 'out.ndjson')) ?? Buffer.alloc(0)).toString().split('\n');
    assert.match(result ?? '', /refused access \(401\)/);
    assert.match(result ?? '', /Bearer \*\*\*/);
  });

  test('is in nothing that commands print where nothing can be had for it', { timeout: 120_000 }, async () => {
    await using server = await serve({ apiKey: 'another' });
    const model = `${server.url}/v1#m`;
    const commands = [
      ['doctor', '--models', model],
      ['extract', '--models', model, 'Ada.'],
      ['models', 'bench', model],
      ['models', 'bench', '--json', model],
    ];
    for (const { printed } of await Promise.all(commands.map((words, at) => output({ words, directory: join(scratch, `denied-${at}`) })))) {
      assert.match(printed, /401/);
      assert.ok(!printed.includes(key), printed);
    }
  });
});

describe('a password in an address', () => {
  const addresses = [
    `http://user:${password}@127.0.0.1:9/v1#m`,
    `http://user:${password}@127.0.0.1:9/v1`,
    `ftp://user:${password}@127.0.0.1/v1#m`,
    `http://127.0.0.1:9/v1?key=${password}#m`,
    `http://127.0.0.1:9/v1?dialect=chat-json&key=${password}#m`,
  ];
  for (const [at, address] of addresses.entries()) {
    test(`is refused, and told by nobody: ${address.replace(password, '…')}`, { timeout: 120_000 }, async () => {
      const directory = join(scratch, `password-${at}`);
      const commands = [
        ['models', 'bench', address],
        ['run', join(scratch, 'corpus.jsonl'), '--models', address, '--out', join(directory, 'out.ndjson')],
        ...(at > 0
          ? []
          : [
              ['doctor', '--models', address],
              ['extract', '--models', 'pool:tagger', '--embedder', address, 'Ada.'],
            ]),
      ];
      for (const { code, printed } of await Promise.all(commands.map((words) => output({ words, directory })))) {
        assert.ok(code === 2 || code === 3, printed);
        assert.ok(!printed.includes(password), printed);
      }
      for (const [file, bytes] of await written(directory)) assert.ok(!bytes.includes(password), file);
    });
  }

  test('is refused in OLLAMA_HOST, too', async () => {
    const environment = { OLLAMA_HOST: `http://user:${password}@127.0.0.1:9` };
    const { code, printed } = await output({
      words: ['extract', '--models', 'ollama:m', 'Ada.'],
      directory: join(scratch, 'ollama'),
      environment,
    });
    assert.equal(code, 2);
    assert.ok(!printed.includes(password), printed);
  });
});

describe('a run', () => {
  test('connects to the servers that were named, and to nobody else', { timeout: 120_000 }, async () => {
    await using server = await serve({ apiKey: key });
    const recorded = join(scratch, 'connections.txt');
    const nodeFlags = ['--import', join(import.meta.dirname, 'record-connections.fixture.ts')];
    const models = ['nano:general', `${server.url}/v1#m`].join(',');
    const out = join(scratch, 'home', 'out.ndjson');
    const words = ['run', join(scratch, 'corpus.jsonl'), '--types', 'person', '--models', models, '--out', out, '--cache', '--stats'];
    const environment = { RECORDED_CONNECTIONS: recorded };
    const { code, printed } = await output({ words, directory: join(scratch, 'home'), environment, nodeFlags });
    assert.equal(code, 0, printed);
    const connections = new Set((await readFile(recorded, 'utf8')).trim().split('\n'));
    assert.deepEqual(connections, new Set([`connect ${new URL(server.url).host}`]));
  });
});
