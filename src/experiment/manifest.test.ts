import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bundledModels } from '../model/bundled.ts';
import { scriptedModel } from '../model/scripted.ts';
import { type Identity, manifestOf, modelIdentity } from './manifest.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-manifest-'));
});
after(() => rm(scratch, { recursive: true }));

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const model = (id: string) => scriptedModel({ id, answer: () => [] });

describe('a model is known', () => {
  test('by the hash of its file', async () => {
    const path = join(scratch, 'model.gguf');
    await writeFile(path, 'weights');
    for (const id of [`gguf:${path}`, `gguf:${path}?dialect=chat-paper`]) {
      assert.deepEqual(await modelIdentity(model(id)), { id, dialect: 'scripted@1', sha256: sha256('weights') });
    }
  });

  test('by the hash of its file as it is, if it is a bundled one', async () => {
    const [{ name, path } = assert.fail('no bundled model')] = await bundledModels();
    assert.equal((await modelIdentity(model(`nano:${name}`))).sha256, sha256(await readFile(path)));
  });

  test('by its name alone, if it is a server’s', async () => {
    const id = 'http://127.0.0.1:8000/v1#qwen';
    assert.deepEqual(await modelIdentity(model(id)), { id, dialect: 'scripted@1' });
  });
});

test('a manifest has the version of the runtime where a model is local', async () => {
  const server = { id: 'ollama:qwen', dialect: 'chat-json@1' };
  const identity: Identity = {
    version: '1',
    models: [server],
    data: '',
    pool: '',
    index: null,
    embedder: 'words@1',
    types: [],
    inventory: '',
    limit: null,
    seed: 0,
    options: {},
  };
  const origin = { command: 'el4ner eval', dataPath: 'd.jsonl' };
  assert.equal((await manifestOf(identity, origin)).nodeLlamaCpp, undefined);
  const local = { ...identity, models: [server, { id: 'nano:a', dialect: 'nano@1', sha256: 'cafe' }] };
  assert.match((await manifestOf(local, origin)).nodeLlamaCpp ?? '', /^\d+\.\d+\.\d+/);
});
