import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildIndex } from './build-index.ts';
import { bytesOf, directories, refuses } from './directories.fixture.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { signal } = new AbortController();
const { built, newDirectory } = directories();

test('a reader keeps the index that it opened while a build replaces it', async () => {
  const directory = await built(8);
  using reader = await openIndex(directory);
  await buildIndex(madeUpPool(20), directory, madeUpOptions(), signal);
  assert.equal(reader.at(7).sentence.id, 'p7');
  using next = await openIndex(directory);
  assert.equal(next.manifest.sentences, 20);
});

test('an index can be opened at any moment of a build that replaces it', async () => {
  const directory = await built(100);
  let isBuilding = true;
  const builds = (async () => {
    for (let build = 1; build <= 20; build++) await buildIndex(madeUpPool(100 + (build % 2)), directory, madeUpOptions(), signal);
    isBuilding = false;
  })();
  while (isBuilding) {
    using index = await openIndex(directory);
    assert.equal(index.at(index.size - 1).sentence.id, `p${index.size - 1}`);
  }
  await builds;
});

describe('what is no index, or a damaged one, is refused', () => {
  test('an empty directory', async () => refuses(await newDirectory(), /is missing; expected an index that `el4ner index` built/));

  test('a manifest that is cut off', async () => {
    const directory = await built(3);
    await truncate(join(directory, 'index.json'), 40);
    await refuses(directory, /It is damaged\. Delete \S+index\.json and build/);
  });

  test('a manifest of another version', async () => {
    const directory = await built(3);
    const manifest = await readFile(join(directory, 'index.json'), 'utf8');
    await writeFile(join(directory, 'index.json'), manifest.replace('"version": 2', '"version": 7'));
    await refuses(directory, /It has version 7 of the form, expected 2/);
  });

  for (const ending of ['.sqlite', '.tagger', 'spans', 'sentences']) {
    test(`a byte of the file ${ending} changed, or the file cut off, or missing`, async () => {
      const directory = await built(20);
      const name = (await readdir(directory)).find((file) =>
        ending.startsWith('.') ? file.endsWith(ending) : file.startsWith(ending) && file.endsWith('.vectors'),
      );
      const path = join(directory, name ?? assert.fail());
      const bytes = await readFile(path);
      const changed = Buffer.from(bytes);
      changed.writeUInt8((bytes.at(-9) ?? 0) ^ 1, bytes.length - 9);
      await writeFile(path, changed);
      await refuses(directory, /checksum/);
      await truncate(path, bytes.length - 1);
      await refuses(directory, /bytes, expected/);
      await rm(path);
      await refuses(directory, /missing/);
    });
  }

  test('what the refusal tells to do is enough, and leaves alone what else is in the directory', async () => {
    const directory = await built(20);
    await writeFile(join(directory, 'pool.jsonl'), '{}');
    const whole = await bytesOf(directory);
    for (const name of Object.keys(whole).filter((name) => name !== 'pool.jsonl')) {
      await truncate(join(directory, name), 30);
      const told = await openIndex(directory).then(() => assert.fail(), String);
      await rm(/Delete (\S+) and build the index anew/.exec(told)?.[1] ?? assert.fail(told));
      await buildIndex(madeUpPool(20), directory, madeUpOptions(), signal);
      assert.deepEqual(await bytesOf(directory), whole);
    }
  });
});
