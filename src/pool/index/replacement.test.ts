import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { type BuildOptions, buildIndex } from './build-index.ts';
import { bytesOf, directories } from './directories.fixture.ts';
import type { IndexSettings } from './manifest.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { built, newDirectory } = directories();
const { signal } = new AbortController();

function optionsOf(settings: Partial<IndexSettings>): BuildOptions {
  const usual = madeUpOptions();
  const all = { ...usual.settings, ...settings };
  return { ...usual, settings: all, embedder: { ...usual.embedder, id: all.embedder } };
}

function byModels(...ids: readonly string[]): Partial<IndexSettings> {
  return { candidateSpans: 'models', models: ids.map((id) => ({ id, dialect: 'nano', sha256: 'a' })) };
}

async function isRefused(directory: string, asked: Partial<IndexSettings>, message: RegExp): Promise<void> {
  const whole = await bytesOf(directory);
  await assert.rejects(buildIndex(madeUpPool(8), directory, optionsOf(asked), signal), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'usage', String(error));
    assert.match(error.message, message);
    return true;
  });
  const { 'index.json': manifest, ...files } = await bytesOf(directory);
  assert.equal(manifest, whole['index.json']);
  for (const name of Object.keys(files).filter((name) => !name.startsWith('build.'))) assert.equal(files[name], whole[name]);
}

describe('an index whose spans or vectors are others', () => {
  const others = [
    {
      name: 'by models',
      there: byModels('nano:social', 'nano:bio'),
      asked: {},
      message:
        /holds an index by models \(nano:social, nano:bio\) with the embedder ngram@1, and asked for is one by gold .* Give --candidate-spans models --models nano:social,nano:bio --embedder ngram@1 to go on with what is there, choose another --out, or add --replace to lose it/,
    },
    { name: 'by other models', there: byModels('nano:bio'), asked: byModels('nano:social'), message: /Give .* --models nano:bio --emb/ },
    {
      name: 'by noun chunks',
      there: { candidateSpans: 'chunks' as const },
      asked: {},
      message: /an index by chunks .* asked for is one by gold/,
    },
    {
      name: 'of another embedder',
      there: { embedder: 'words@1' },
      asked: {},
      message: /Give --candidate-spans gold --embedder words@1 to/,
    },
  ];
  for (const { name, there, asked, message } of others) {
    test(`is kept, and is replaced where that is wanted: ${name}`, async () => {
      const directory = await built(6, optionsOf(there));
      await isRefused(directory, asked, message);
      const replaced = await buildIndex(madeUpPool(8), directory, { ...optionsOf(asked), mayReplace: true }, signal);
      assert.equal(replaced.worked, 8);
      using index = await openIndex(directory);
      assert.deepEqual(index.manifest.settings, optionsOf(asked).settings);
      assert.equal((await readdir(directory)).length, 5);
    });
  }
});

const upgrades: readonly { name: string; there: Partial<IndexSettings>; now: Partial<IndexSettings> }[] = [
  {
    name: 'by a chunker of another version',
    there: { candidateSpans: 'chunks', chunker: 'c@1' },
    now: { candidateSpans: 'chunks', chunker: 'c@2' },
  },
  { name: 'of other types', there: {}, now: { types: ['town'] } },
  {
    name: 'by models whose files have changed',
    there: byModels('nano:bio'),
    now: { candidateSpans: 'models', models: [{ id: 'nano:bio', dialect: 'nano', sha256: 'b' }] },
  },
];
for (const { name, there, now } of upgrades) {
  test(`an index ${name} is built anew in its place`, async () => {
    const directory = await built(6, optionsOf(there));
    assert.equal((await buildIndex(madeUpPool(6), directory, optionsOf(now), signal)).worked, 6);
  });
}

/** What a build leaves that is broken off behind its first sentences. */
async function brokenOff(settings: Partial<IndexSettings>): Promise<string> {
  const directory = await newDirectory();
  const controller = new AbortController();
  const options = { ...optionsOf(settings), onProgress: () => controller.abort('enough') };
  await assert.rejects(buildIndex(madeUpPool(40), directory, options, controller.signal), (reason) => reason === 'enough');
  return directory;
}

test('what models have found for a build that was broken off is not thrown away for another one, unless that is wanted', async () => {
  const directory = await brokenOff(byModels('nano:bio'));
  await isRefused(
    directory,
    {},
    /build\.sqlite holds what was worked out for an index by models \(nano:bio\) .* Give --candidate-spans models/,
  );
  const goneOn = await buildIndex(madeUpPool(40), directory, optionsOf(byModels('nano:bio')), signal);
  assert.ok(goneOn.worked < 40, String(goneOn.worked));
  const other = await brokenOff(byModels('nano:bio'));
  assert.equal((await buildIndex(madeUpPool(8), other, { ...optionsOf({}), mayReplace: true }, signal)).worked, 8);
});

test('what a build without models has left makes way for any other', async () => {
  const directory = await brokenOff({});
  assert.equal((await buildIndex(madeUpPool(8), directory, optionsOf({ candidateSpans: 'chunks' }), signal)).worked, 8);
});
