import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NerError } from '../../error.ts';
import { ngramEmbedder } from '../ngram-embedder.ts';
import { spanSimilarity } from '../span-similarity.ts';
import { buildIndex } from './build-index.ts';
import { openIndex } from './open-index.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { signal } = new AbortController();
let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-index-'));
});
after(() => rm(scratch, { recursive: true }));

let directories = 0;
async function newDirectory(): Promise<string> {
  const directory = join(scratch, String(directories++));
  await mkdir(directory);
  return directory;
}

async function built(size: number, options = madeUpOptions()): Promise<string> {
  const directory = await newDirectory();
  await buildIndex(madeUpPool(size), directory, options, signal);
  return directory;
}

async function bytesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')])),
  );
}

async function refuses(directory: string, message: RegExp): Promise<void> {
  await assert.rejects(openIndex(directory), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input', String(error));
    assert.match(error.message, message);
    return true;
  });
}

test('an index has the sentences, spans, labels and vectors of its pool', async () => {
  const pool = madeUpPool(40);
  using index = await openIndex(await built(40));
  assert.deepEqual(
    pool.map((_, place) => index.at(place).sentence),
    pool,
  );
  assert.deepEqual(
    pool.map((_, place) => index.at(place).spans),
    pool.map(({ entities }) => entities.map(({ start, end }) => ({ start, end }))),
  );
  assert.equal(index.manifest.spans, pool.flatMap(({ entities }) => entities).length);
  assert.deepEqual(
    index.labels().map(({ type, mentions }) => [type, mentions]),
    ['person', 'town'].map((type) => [type, pool.flatMap(({ entities }) => entities).filter((entity) => entity.type === type).length]),
  );
  const [vector = assert.fail()] = await ngramEmbedder.embed([pool[7]?.text ?? ''], signal);
  assert.ok(index.sentenceVectors.dot(7, vector) > 0.99);
});

test('its search ranks as the reference does', async () => {
  const pool = madeUpPool(60);
  using index = await openIndex(await built(60));
  const vectors = await ngramEmbedder.embed(['Boris 99', 'Bergen'], signal);
  const query = { vectors, weights: [4, 2] };
  const found = index.search.best(query, 5);
  const scores = await Promise.all(
    pool.map(async ({ text, entities }) => {
      const spans = entities.map(({ start, end }) => text.slice(start, end));
      return spanSimilarity(query, await ngramEmbedder.embed(spans, signal));
    }),
  );
  const best = scores.toSorted((a, b) => b - a);
  for (const [rank, { sentence, score }] of found.entries()) {
    assert.ok(Math.abs(score - (scores[sentence] ?? Number.NaN)) < 0.01);
    assert.ok(Math.abs(score - (best[rank] ?? Number.NaN)) < 0.01);
  }
});

test('only new sentences are worked out, as progress tells, and what is there in the end does not depend on the way', async () => {
  const directory = await built(30);
  const asked: string[] = [];
  const counting = madeUpOptions(async ({ id, entities }) => {
    asked.push(id);
    return { spans: entities };
  });
  const told: string[] = [];
  const onProgress = (step: string, done: number, total: number) => told.push(`${step} ${done} of ${total}`);
  const { worked } = await buildIndex(madeUpPool(34), directory, { ...counting, onProgress }, signal);
  assert.equal(worked, 4);
  assert.deepEqual([told[0], told.at(-1), told.length], ['sentences 1 of 4', 'sentences 4 of 4', 4]);
  assert.deepEqual(asked, ['p30', 'p31', 'p32', 'p33']);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(34)));
});

test('sentences that are left out of the pool leave the index, and its order is that of the pool', async () => {
  const directory = await built(12);
  const pool = madeUpPool(12).slice(3, 9).reverse();
  const { worked } = await buildIndex(pool, directory, madeUpOptions(), signal);
  assert.equal(worked, 0);
  using index = await openIndex(directory);
  assert.deepEqual(
    pool.map((_, place) => index.at(place).sentence.id),
    pool.map(({ id }) => id),
  );
  assert.equal((await readdir(directory)).length, 4);
});

test('a pool that is as it was leaves the files as they are, and takes away what a killed build had left', async () => {
  const directory = await built(12);
  const names = await readdir(directory);
  const inodes = () => Promise.all(names.map(async (name) => (await stat(join(directory, name))).ino));
  const before = await inodes();
  await writeFile(join(directory, 'spans-0123456789abcdef.vectors.partial'), '');
  await buildIndex(madeUpPool(12), directory, madeUpOptions(), signal);
  assert.deepEqual(await readdir(directory), names);
  assert.deepEqual(await inodes(), before);
});

const rebuilds = [
  { name: 'other types of labels', candidateSpans: 'gold', types: ['town'], worked: 6 },
  {
    name: 'labels of types in another order, and a type that is new',
    candidateSpans: 'gold',
    types: ['planet', 'town', 'person'],
    worked: 0,
  },
  { name: 'noun chunks with other types', candidateSpans: 'chunks', types: ['town'], worked: 0 },
  { name: 'models that are asked about types in another order', candidateSpans: 'models', types: ['town', 'person'], worked: 6 },
] as const;

for (const { name, candidateSpans, types, worked } of rebuilds) {
  test(`${worked} of 6 sentences are worked out anew for ${name}`, async () => {
    const options = madeUpOptions();
    const settings = { ...options.settings, candidateSpans };
    const directory = await built(6, { ...options, settings });
    const other = { ...options, settings: { ...settings, types: [...types] } };
    assert.equal((await buildIndex(madeUpPool(6), directory, other, signal)).worked, worked);
    assert.deepEqual(await bytesOf(directory), await bytesOf(await built(6, other)));
  });
}

test('a sentence that could not be read is told, and tried again', async () => {
  const directory = await newDirectory();
  const halting = madeUpOptions(async ({ id, entities }) => (id === 'p2' ? { spans: [], unread: 'It is too long.' } : { spans: entities }));
  const first = await buildIndex(madeUpPool(5), directory, halting, signal);
  assert.deepEqual(first.unread, [{ id: 'p2', reason: 'It is too long.' }]);
  const second = await buildIndex(madeUpPool(5), directory, madeUpOptions(), signal);
  assert.deepEqual([second.worked, second.unread], [1, []]);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(5)));
});

test('an embedder that has become another one is refused, and what there is stays', async () => {
  const directory = await built(4);
  const whole = await bytesOf(directory);
  const longer = { ...ngramEmbedder, embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(9)) };
  await assert.rejects(buildIndex(madeUpPool(6), directory, { ...madeUpOptions(), embedder: longer }, signal), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'model-failed', String(error));
    assert.match(error.message, /vectors of 9 dimensions, .* prepared with 256 .* build the index anew in another directory/);
    return true;
  });
  assert.equal((await buildIndex(madeUpPool(4), directory, madeUpOptions(), signal)).worked, 0);
  assert.deepEqual(await bytesOf(directory), whole);
});

test('a build that was aborted keeps what it had done', async () => {
  const directory = await newDirectory();
  const controller = new AbortController();
  const stopping = madeUpOptions(async ({ id, entities }) => {
    if (id === 'p90') controller.abort('enough');
    return { spans: entities };
  });
  await assert.rejects(buildIndex(madeUpPool(100), directory, stopping, controller.signal), (reason) => reason === 'enough');
  await refuses(directory, /is missing; expected an index/);
  const { worked } = await buildIndex(madeUpPool(100), directory, madeUpOptions(), signal);
  assert.ok(worked <= 30, String(worked));
});

test('the vectors of many sentences are asked for at once', async () => {
  const asked: number[] = [];
  const embed: typeof ngramEmbedder.embed = (texts, signal) => {
    asked.push(texts.length);
    return ngramEmbedder.embed(texts, signal);
  };
  await built(100, { ...madeUpOptions(), embedder: { ...ngramEmbedder, embed } });
  assert.ok(asked.length <= 10, String(asked));
});

const fixture = fileURLToPath(new URL('build.fixture.ts', import.meta.url));

test('however slow its sentences are, a kill costs a build only the last of them', async () => {
  const directory = await newDirectory();
  const child = spawn(process.execPath, [fixture, directory, '250'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const lines of child.stdout) if (/sentences 4\n/.test(String(lines))) break;
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { worked } = await buildIndex(madeUpPool(300), directory, madeUpOptions(), signal);
  assert.ok(worked <= 297, `worked out ${worked} of 300`);
});

test('killed ten times at random moments, a build ends in the bytes of an undisturbed one', { timeout: 120_000 }, async () => {
  const directory = await newDirectory();
  const build = () => spawn(process.execPath, [fixture, directory], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let kill = 0; kill < 10; kill++) {
    const child = build();
    await Promise.race([once(child, 'exit'), setTimeout(150 + Math.random() * 500)]);
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  const [code] = await once(build(), 'exit');
  assert.equal(code, 0);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(300)));
});

test('what a build left is refused if it is damaged, and says what to do', async () => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'build.sqlite'), 'cut off by a power cut');
  await assert.rejects(buildIndex(madeUpPool(3), directory, madeUpOptions(), signal), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input', String(error));
    assert.match(error.message, /build\.sqlite, .* cannot be used: .*delete it and run `el4ner index` again/);
    return true;
  });
});

test('two builds in one directory do not mix', async () => {
  const directory = await newDirectory();
  const late = madeUpOptions(async ({ entities }) => {
    await setTimeout(20);
    return { spans: entities };
  });
  const first = buildIndex(madeUpPool(5), directory, late, signal);
  await setTimeout(10);
  await assert.rejects(buildIndex(madeUpPool(5), directory, madeUpOptions(), signal), /Another process is building/);
  await first;
});

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

test('an empty pool has an index, too', async () => {
  using index = await openIndex(await built(0));
  assert.deepEqual([index.manifest.sentences, index.keys(), index.search.best({ vectors: [], weights: [] }, 3)], [0, [], []]);
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

  for (const ending of ['.sqlite', 'spans', 'sentences']) {
    test(`a byte of the file ${ending} changed, or the file cut off, or missing`, async () => {
      const directory = await built(20);
      const name = (await readdir(directory)).find((file) =>
        ending === '.sqlite' ? file.endsWith(ending) : file.startsWith(ending) && file.endsWith('.vectors'),
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
