import assert from 'node:assert/strict';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ModelServer, serveModel } from '../model/openai-server.fixture.ts';
import { scriptedModel } from '../model/scripted.ts';
import { openMember } from './open-ensemble.ts';

const { signal } = new AbortController();
const task = { kind: 'extract', types: [{ name: 'person' }], demonstrations: [], text: 'Ada met Bob.' } as const;
const silent = () => undefined;

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cached-cli-'));
});
after(() => rm(scratch, { recursive: true }));

const serve = (digest?: string) =>
  serveModel(scriptedModel({ answer: () => ['Ada'] }), { name: 'qwen', ...(digest === undefined ? {} : { digest }) });

/** Asks a model of a server with a cache, and tells whether the answer came from there. */
async function isKept(cache: string, uri: string, { url }: ModelServer): Promise<boolean> {
  await using opened = new AsyncDisposableStack();
  const environment = { EL4NER_CACHE: join(scratch, cache), OLLAMA_HOST: url };
  const model = await openMember(uri, { cache: true }, opened, { environment, signal, progress: silent, note: assert.fail });
  return (await model.answer<'extract'>(task, signal)).replayed === true;
}

describe('a model with a cache', () => {
  test('of a server is another one at another address', async () => {
    await using one = await serve();
    await using two = await serve();
    assert.equal(await isKept('addresses', 'ollama:qwen', one), false);
    assert.equal(await isKept('addresses', 'ollama:qwen', one), true);
    assert.equal(await isKept('addresses', 'ollama:qwen', two), false);
  });

  test('of Ollama is another one when its digest is', async () => {
    const digests = { value: 'one' };
    await using server = await serveModel(scriptedModel({ answer: () => ['Ada'] }), {
      name: 'qwen',
      get digest() {
        return digests.value;
      },
    });
    assert.equal(await isKept('digests', 'ollama:qwen', server), false);
    assert.equal(await isKept('digests', 'ollama:qwen', server), true);
    digests.value = 'two';
    assert.equal(await isKept('digests', 'ollama:qwen', server), false);
  });

  test('is the same whatever bound its requests have', async () => {
    await using server = await serve();
    assert.equal(await isKept('bounds', `${server.url}/v1#qwen`, server), false);
    assert.equal(await isKept('bounds', `${server.url}/v1?concurrency=2#qwen`, server), true);
    assert.equal(await isKept('bounds', `${server.url}/v1?dialect=chat-json&concurrency=2#qwen`, server), false);
  });

  test('shares the file, opened once, with the others of its command', { skip: process.platform !== 'linux' }, async () => {
    const path = join(scratch, 'shared');
    await using opened = new AsyncDisposableStack();
    const terminal = { environment: { EL4NER_CACHE: path }, signal, progress: silent, note: assert.fail };
    for (const name of ['one', 'two']) await openMember(`http://127.0.0.1:9/v1#${name}`, { cache: true }, opened, terminal);
    const files = await Promise.all(
      (await readdir('/proc/self/fd')).map((descriptor) => readlink(`/proc/self/fd/${descriptor}`).catch(() => '')),
    );
    assert.equal(files.filter((file) => file === path).length, 1);
  });
});
