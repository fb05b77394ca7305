import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { NerError } from '../error.ts';
import { cacheDirectory, cachedState, datasetDirectory, fetchDataset } from './cache.ts';
import { type FileServer, serveFiles } from './file-server.fixture.ts';
import type { NamedDataset } from './named-dataset.ts';
import { tarArchive } from './tar.fixture.ts';

const train = 'Ada\tB-PER\nslept\tO\n\n';
const archive = tarArchive([{ name: './inner.iob2', content: train }]);

let server: FileServer;
let cache: string;
let directory: string;
beforeEach(async () => {
  server = await serveFiles({ '/train.conll': train, '/LICENSE': 'Be kind.' });
  cache = await mkdtemp(join(tmpdir(), 'el4ner-cache-'));
  directory = datasetDirectory(dataset(), cache);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(cache, { recursive: true });
});

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function dataset(change: Partial<NamedDataset> = {}): NamedDataset {
  return {
    name: 'small',
    description: 'One sentence.',
    languages: ['en'],
    types: ['PER'],
    sentences: { train: 1 },
    licence: { name: 'CC0-1.0', url: 'https://example.org/cc0', file: { url: `${server.url}/LICENSE` } },
    citation: 'Lovelace (1843), Notes.',
    homepage: 'https://example.org',
    format: { name: 'conll', tagColumns: [-1] },
    files: [{ url: `${server.url}/train.conll`, split: 'train' }],
    ...change,
  };
}

const patience = { attempts: 2, backoffMs: 1, longestWaitMs: 1, silenceMs: 5000 };

function fetchIt(wanted = dataset(), stale: string[] = []): ReturnType<typeof fetchDataset> {
  return fetchDataset(wanted, { cache, patience, signal: new AbortController().signal, onStale: (reason) => stale.push(reason) });
}

function published(sum: string): NamedDataset {
  return dataset({ files: [{ url: `${server.url}/train.conll`, split: 'train', sha256: sum }] });
}

describe('a data set that is fetched', () => {
  test('lies in the cache as it is at its addresses, with its licence and where it comes from', async () => {
    const [file] = await fetchIt();
    assert.deepEqual(file, {
      split: 'train',
      path: join(cache, 'datasets', 'small', 'train.conll'),
      url: `${server.url}/train.conll`,
      sha256: sha256(train),
      trust: 'first-download',
      origin: 'network',
    });
    const names = ['LICENSE', 'LICENSE.sha256', 'LICENSE.txt', 'README.md', 'train.conll', 'train.conll.sha256'];
    assert.deepEqual((await readdir(directory)).sort(), names);
    assert.equal(await readFile(join(directory, 'train.conll'), 'utf8'), train);
    assert.match(
      await readFile(join(directory, 'LICENSE.txt'), 'utf8'),
      /licence: CC0-1.0\n.*example.org\/cc0\n.*LICENSE.*\nCite: Lovelace/,
    );
    assert.match(await readFile(join(directory, 'README.md'), 'utf8'), new RegExp(`train.conll .*${sha256(train)}`));
  });

  test('is not asked for again', async () => {
    await fetchIt();
    await server[Symbol.asyncDispose]();
    const [file] = await fetchIt();
    assert.equal(file?.origin, 'cache');
    assert.equal(server.requests.length, 2);
  });

  test('needs no right to write once it is there', { skip: process.getuid?.() === 0 && 'root may write everywhere' }, async () => {
    await fetchIt();
    await chmod(directory, 0o500);
    await fetchIt();
    await chmod(directory, 0o700);
  });

  test('is complete for two who fetch it at once', async () => {
    const both = await Promise.all([fetchIt(), fetchIt()]);
    assert.deepEqual(
      both.map(([file]) => file?.sha256),
      [sha256(train), sha256(train)],
    );
    assert.equal((await readdir(directory)).length, 6);
  });

  test('ends where it was, and goes on from there, when a file is missing', async () => {
    const wanted = dataset({
      files: [
        { url: `${server.url}/train.conll`, split: 'train' },
        { url: `${server.url}/test.conll`, split: 'test' },
      ],
    });
    await assert.rejects(fetchIt(wanted), /test.conll answered 404 Not Found. See https:\/\/example.org for where/);
    assert.equal(await cachedState(wanted, cache), 'partly');
    server.put('/test.conll', train);
    assert.deepEqual(
      (await fetchIt(wanted)).map(({ origin }) => origin),
      ['cache', 'network'],
    );
    assert.equal(await cachedState(wanted, cache), 'yes');
  });
});

describe('a sum', () => {
  test('that was published holds from the start', async () => {
    await assert.rejects(fetchIt(published(sha256('other'))), (error) => {
      assert(error instanceof NerError);
      assert.match(error.message, new RegExp(`${sha256(train)}; expected ${sha256('other')}.*published by others`));
      return true;
    });
    assert.equal(await cachedState(dataset(), cache), 'no');
  });

  test('that was published is trusted as such', async () => {
    const [file] = await fetchIt(published(sha256(train)));
    assert.equal(file?.trust, 'published');
    assert(!(await readdir(directory)).includes('train.conll.sha256'));
  });

  test('of the first download holds from then on, until it is removed', async () => {
    await fetchIt();
    assert.equal(await readFile(join(directory, 'train.conll.sha256'), 'utf8'), `${sha256(train)}  train.conll\n`);
    await rm(join(directory, 'train.conll'));
    server.put('/train.conll', 'new version\tO\n');
    await assert.rejects(fetchIt(), /expected .*that of the first download.*remove .*train.conll.sha256/);
    await rm(join(directory, 'train.conll.sha256'));
    const [file] = await fetchIt();
    assert.equal(file?.sha256, sha256('new version\tO\n'));
  });

  test('that a file in the cache does not have any more has it fetched again', async () => {
    await fetchIt();
    await writeFile(join(directory, 'train.conll'), 'altered');
    const stale: string[] = [];
    const [file] = await fetchIt(dataset(), stale);
    assert.equal(file?.origin, 'network');
    assert.match(
      stale.join(),
      new RegExp(`train.conll has the SHA-256 ${sha256('altered')}; expected ${sha256(train)}. It is fetched again.`),
    );
    assert.equal(await readFile(join(directory, 'train.conll'), 'utf8'), train);
  });
});

describe('an archive', () => {
  const packed = gzipSync(archive);
  const wanted = (member: string): NamedDataset => dataset({ files: [{ url: `${server.url}/pack.tar.gz`, split: 'train', member }] });
  const put = (content: string | Uint8Array): void => server.put('/pack.tar.gz', content);

  test('is unpacked beside itself', async () => {
    put(packed);
    const [file] = await fetchIt(wanted('inner.iob2'));
    assert.equal(file?.path, join(directory, 'inner.iob2'));
    assert.equal(await readFile(join(directory, 'inner.iob2'), 'utf8'), train);
    assert((await readdir(directory)).includes('pack.tar.gz'));
  });

  test('is unpacked again if what was in it is gone', async () => {
    put(packed);
    await fetchIt(wanted('inner.iob2'));
    await rm(join(directory, 'inner.iob2'));
    await fetchIt(wanted('inner.iob2'));
    assert.equal(await readFile(join(directory, 'inner.iob2'), 'utf8'), train);
  });

  test('without the file that counts is refused', async () => {
    put(packed);
    await assert.rejects(fetchIt(wanted('other.iob2')), /pack.tar.gz has no file other.iob2; expected the archive/);
  });

  test('that is none is refused', async () => {
    put('<html>');
    await assert.rejects(fetchIt(wanted('inner.iob2')), /Expected a gzipped tar archive at .*pack.tar.gz/);
  });
});

describe('the directory of caches', () => {
  const cases: Record<string, readonly [environment: Readonly<Record<string, string>>, expected: string]> = {
    'is in the home directory': [{}, '/home/ada/.cache/el4ner'],
    'is where XDG has it': [{ XDG_CACHE_HOME: '/var/cache' }, '/var/cache/el4ner'],
    'ignores a relative path, as XDG wants it': [{ XDG_CACHE_HOME: 'cache' }, '/home/ada/.cache/el4ner'],
    'ignores an empty path': [{ XDG_CACHE_HOME: '' }, '/home/ada/.cache/el4ner'],
    'is where Windows has it': [{ LOCALAPPDATA: '/c/local' }, '/c/local/el4ner'],
  };
  for (const [name, [environment, expected]] of Object.entries(cases)) {
    test(name, { skip: process.platform === 'win32' }, () => assert.equal(cacheDirectory(environment, '/home/ada'), expected));
  }
});
