import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { json } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type ServeOptions, serveModel } from '../src/model/openai-server.fixture.ts';
import { goldScript, scriptedModel } from '../src/model/scripted.ts';
import { startServer } from './server.fixture.ts';

const repository = dirname(import.meta.dirname);
const examples = join(repository, 'examples');
const text = 'Mira Holm met Ole Brandt in Lund.';
const answer = goldScript({
  [text]: [
    ['Mira Holm', 'person'],
    ['Ole Brandt', 'person'],
    ['Lund', 'city'],
  ],
  'Eva Lind moved to Turin.': [
    ['Eva Lind', 'person'],
    ['Turin', 'city'],
  ],
});

/** Runs Node from the root of the repository, with `el4ner` known to it. */
async function run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const hook = pathToFileURL(join(import.meta.dirname, 'from-source.fixture.ts')).href;
  const options = { cwd: repository, env: { ...env, ...environment }, timeout: 60_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', hook, ...words], options);
  return stdout;
}

const serve = (options: ServeOptions) => serveModel(scriptedModel({ answer }), options);

describe('examples', { timeout: 300_000 }, () => {
  test('all are listed, and all that are listed are there', async () => {
    const readme = await readFile(join(examples, 'README.md'), 'utf8');
    const linked = Array.from(readme.matchAll(/\]\(([\w./-]+)\)/g), ([, path = '']) => path);
    for (const path of linked) await readFile(join(examples, path)).catch((error) => assert.equal(error.code, 'EISDIR', path));
    assert.equal(linked.length, 13);
  });

  test('node', async () => {
    const out = await run(['examples/node/extract.js']);
    assert.match(out, /^person Mira Holm 0 9 \d\.\d\d\n/);
  });

  test('ollama', async () => {
    await using server = await serve({ name: 'qwen2.5:14b' });
    const out = await run(['examples/ollama/extract.js', 'qwen2.5:14b'], { OLLAMA_HOST: server.url });
    assert.equal(out, 'person Mira Holm 1.00\nperson Ole Brandt 1.00\ncity Lund 1.00\n');
  });

  test('vllm', async () => {
    await using server = await serve({ name: 'Qwen/Qwen3-8B' });
    const out = await run(['examples/vllm/extract.js', `${server.url}/v1`, 'Qwen/Qwen3-8B']);
    assert.equal(out, '1 person Mira Holm, person Ole Brandt, city Lund\n2 person Eva Lind, city Turin\n');
  });

  test('cloud', async () => {
    await using server = await serve({ name: 'large', apiKey: 'secret' });
    const out = await run(['examples/cloud/extract.js'], { CLOUD_URL: `${server.url}/v1`, CLOUD_MODEL: 'large', CLOUD_KEY: 'secret' });
    assert.equal(out, 'person Mira Holm\nperson Ole Brandt\ncity Lund\n');
  });

  test('next', async () => {
    const at = (path: string) => JSON.stringify(pathToFileURL(join(examples, 'next', path)).href);
    const script = join(await mkdtemp(join(tmpdir(), 'el4ner-next-')), 'post.mjs');
    await writeFile(
      script,
      `import { config } from ${at('next.config.js')};
      import { POST } from ${at('app/api/entities/route.js')};
      const post = async (body) => {
        const response = await POST(new Request('http://localhost/api/entities', { method: 'POST', body }));
        return { status: response.status, body: await response.json() };
      };
      console.log(JSON.stringify([config, await post(JSON.stringify({ text: ${JSON.stringify(text)} })), await post('no JSON')]));
      process.exit(); // the models stay open as long as the process is there`,
    );
    const [config, found, refused] = JSON.parse(await run([script]));
    await rm(dirname(script), { recursive: true });
    assert.deepEqual(config.serverExternalPackages, ['el4ner']);
    assert.equal(found.status, 200);
    assert.equal(found.body.entities[0].text, 'Mira Holm');
    assert.equal(refused.status, 400);
  });

  test('browser, against a server that knows the origin of its page', async () => {
    await using server = await startServer(['--models', 'nano:social', '--cors', 'http://localhost:3000']);
    const { findEntities, pieces } = await import(pathToFileURL(join(examples, 'browser', 'entities.js')).href);
    const entities = await findEntities(server.address, { text, types: ['person', 'city'] });
    const shown = pieces(text, entities);
    assert.equal(shown.map((piece: { text: string }) => piece.text).join(''), text);
    assert.deepEqual(shown[0], { text: 'Mira Holm', type: 'person' });
    await assert.rejects(findEntities(server.address, { text, types: ['none'] }), /cannot be an entity type/);
    const response = await fetch(`${server.address}/v1/models`, { headers: { origin: 'http://localhost:3000' } });
    assert.equal(response.headers.get('access-control-allow-origin'), 'http://localhost:3000');
  });

  test('mcp', async () => {
    const { mcpServers } = JSON.parse(await readFile(join(examples, 'mcp', 'mcp.json'), 'utf8'));
    const { command, args } = mcpServers.el4ner;
    const [launcher, ...words] = args.map((word: string) => word.replace('/path/to/el4ner', repository));
    assert.deepEqual([command, launcher, words], ['node', join(repository, 'bin', 'el4ner.js'), ['mcp']]);
    const out = await run(['examples/mcp/client.js', process.execPath, 'src/cli/main.ts', 'mcp', '--models', 'nano:social']);
    assert.match(out, /^\[Mira Holm\]\(person\)[\s\S]*\nRetrieve\n[\s\S]*all types \(micro\)/);
  });

  test('ai-sdk', async () => {
    await using chat = await toolCaller();
    const out = await run(['examples/ai-sdk/agent.js'], { CHAT_URL: chat.url, CHAT_MODEL: 'chat' });
    const [found = '', said] = out.trim().split('\n');
    assert.equal(JSON.parse(found)[0].text, 'Mira Holm');
    assert.equal(said, 'Mira Holm met Ole Brandt.');
  });

  test('langchain', async () => {
    const out = await run(['examples/langchain/transform.js']);
    assert.match(out, /^Mira Holm met Ole Brandt in Lund\. \[[\s\S]*'person Mira Holm'[\s\S]*\]\nIt rained\. \[/);
  });
});

/** A chat model behind the interface of OpenAI, which calls the first tool with the text, and then answers. */
async function toolCaller(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(async (request, response) => {
    const { messages, tools } = (await json(request)) as { messages: { role: string }[]; tools: { function: { name: string } }[] }; // of the AI SDK
    const isAnswered = messages.some(({ role }) => role === 'tool');
    const called = { name: tools[0]?.function.name, arguments: JSON.stringify({ text }) };
    const message = isAnswered
      ? { role: 'assistant', content: 'Mira Holm met Ole Brandt.' }
      : { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: called }] };
    const choices = [{ index: 0, message, finish_reason: isAnswered ? 'stop' : 'tool_calls' }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 0, model: 'chat', choices }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
