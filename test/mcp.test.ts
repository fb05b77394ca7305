import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const news = join(repository, 'examples', 'corpus', 'news', 'pool.jsonl');
const text = 'Mira Holm met Ole Brandt in Lund on Friday.';

interface Told {
  readonly isError?: boolean;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it
  readonly data: any;
}

/** A client, connected to a server of its own: by the newest protocol, or as clients did until 2025. */
async function connect(mode: 'auto' | 'legacy', ...words: readonly string[]) {
  const transport = new StdioClientTransport({ command: process.execPath, args: [cli, 'mcp', ...words], stderr: 'pipe' });
  const said: string[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return {
    client,
    said: () => said.join(''),
    async call(name: string, input: Record<string, unknown>): Promise<Told> {
      const { content, structuredContent: data, isError } = await client.callTool({ name, arguments: input });
      const texts = content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      return { text: texts.join('\n'), data, ...(isError === undefined ? {} : { isError }) };
    },
  };
}

describe('el4ner mcp, driven by a client', { timeout: 120_000 }, () => {
  let server: Awaited<ReturnType<typeof connect>>;
  before(async () => {
    server = await connect('auto', '--models', 'nano:social,nano:general', '--pool', `news=${news}`);
  });
  after(() => server.client.close());

  test('has three tools, whose inputs say what they mean', async () => {
    assert.equal(server.client.getNegotiatedProtocolVersion(), '2026-07-28');
    const { tools } = await server.client.listTools();
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['extract', 'explain', 'score'],
    );
    for (const { inputSchema, outputSchema, description } of tools) {
      assert.equal(inputSchema.type, 'object');
      assert.equal(outputSchema?.['type'], 'object');
      assert.ok((description ?? '').length > 40);
    }
    const { properties = {} } = tools[0]?.inputSchema ?? {};
    assert.deepEqual(new Set(Object.keys(properties)), new Set(['models', 'options', 'pool', 'text', 'types']));
    assert.match(JSON.stringify(properties['types']), /Names, or names with definitions/);
    assert.match(server.client.getInstructions() ?? '', /Named pools: news\./);
  });

  test('extract finds entities, by a named pool and by sentences of the call', async () => {
    for (const pool of ['news', [{ text: 'Eve left Kiel.', entities: [{ start: 9, end: 13, type: 'city' }] }]]) {
      const types = ['person', { name: 'city', definition: 'A town or city.' }];
      const { data, text: readable, isError } = await server.call('extract', { text, pool, types });
      assert.ok(!isError, readable);
      assert.equal(data.text, text);
      const found = data.entities.map(({ start, end }: { start: number; end: number }) => text.slice(start, end));
      assert.ok(found.includes('Mira Holm'), found);
      assert.match(readable, /\[Mira Holm\]\(person\)/);
    }
  });

  test('explain tells every decision, or those about one string', async () => {
    const { data, text: story } = await server.call('explain', { text, pool: 'news' });
    assert.match(story, /^Retrieve\n[\s\S]*\nExtract\n[\s\S]*\nVerify\n/);
    assert.ok(data.mentions.length > 1);
    assert.ok(data.demonstrations.length > 0);
    const [first] = data.mentions;
    assert.equal(first.text, text.slice(first.start, first.end));
    assert.ok(first.proposals.length > 0 && first.votes.length > 0);
    const one = await server.call('explain', { text, pool: 'news', mention: 'Lund' });
    assert.deepEqual(new Set(one.data.mentions.map((mention: { text: string }) => mention.text)), new Set(['Lund']));
    const none = await server.call('explain', { text, mention: 'Oslo' });
    assert.deepEqual(none.data.mentions, []);
    assert.match(none.text, /^The text does not have "Oslo"/);
  });

  test('score counts as el4ner score does', async () => {
    const gold = [
      { start: 0, end: 9, type: 'person' },
      { start: 28, end: 32, type: 'city' },
    ];
    const { data, text: table } = await server.call('score', { documents: [{ gold, predicted: gold.slice(0, 1) }] });
    assert.deepEqual(data.micro, { precision: 1, recall: 0.5, f1: 2 / 3 });
    assert.deepEqual(data.perType.city.counts, { truePositives: 0, falsePositives: 0, falseNegatives: 1 });
    assert.match(table, /all types \(micro\)/);
  });

  const faulty: Readonly<Record<string, readonly [tool: string, input: Record<string, unknown>, told: RegExp]>> = {
    'a pool that is not there': ['extract', { text, pool: 'letters' }, /There is no pool letters; expected one of news/],
    'a model that is not there': ['extract', { text, models: ['nano:bio'] }, /expected some of nano:social, nano:general/],
    'no text': ['extract', { types: ['person'] }, /text/],
    'an option that is not there': ['explain', { text, options: { kk: 3 } }, /kk/],
    'a mention that ends before it starts': [
      'score',
      { documents: [{ gold: [{ start: 3, end: 2, type: 'x' }], predicted: [] }] },
      /expected start before end/,
    ],
  };
  for (const [name, [tool, input, told]] of Object.entries(faulty)) {
    test(`${name} is an error of the tool that says so`, async () => {
      const { isError, text: message } = await server.call(tool, input);
      assert.equal(isError, true);
      assert.match(message, told);
    });
  }
});

test('a model that cannot be opened is told by the call, and in the log', { timeout: 60_000 }, async () => {
  const { client, call, said } = await connect('legacy', '--models', 'gguf:/nowhere/model.gguf');
  const { isError, text: message } = await call('extract', { text });
  await client.close();
  assert.equal(isError, true);
  assert.match(message, /\/nowhere\/model\.gguf/);
  assert.match(said(), /models or pools could not be opened/);
});

describe('el4ner mcp as a process', { timeout: 60_000 }, () => {
  const start = () => spawn(process.execPath, [cli, 'mcp', '--models', 'nano:social'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };

  test('ends when its input does, and writes nothing but the protocol', async () => {
    const server = start();
    const [written, [code]] = await Promise.all([
      readAll(server.stdout),
      once(server, 'exit'),
      new Promise<void>((resolve) => {
        server.stdin.write(`${JSON.stringify(initialize)}\n`);
        server.stdout.once('data', () => resolve(void server.stdin.end()));
      }),
    ]);
    assert.equal(code, 0);
    const lines = written.trim().split('\n');
    assert.equal(lines.length, 1);
    assert.equal(JSON.parse(lines[0] ?? '').result.serverInfo.name, 'el4ner');
  });

  for (const [signal, expected] of [
    ['SIGTERM', 0],
    ['SIGINT', 130],
  ] as const) {
    test(`ends on ${signal} with ${expected}`, async () => {
      const server = start();
      const ended = once(server, 'exit');
      server.stdin.write(`${JSON.stringify(initialize)}\n`);
      await once(server.stdout, 'data');
      server.kill(signal);
      assert.deepEqual(await ended, [expected, null]);
    });
  }
});
