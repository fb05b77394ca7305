import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type FileServer, serveFiles } from '../dataset/file-server.fixture.ts';
import type { NamedDataset } from '../dataset/named-dataset.ts';
import { getDataset, listDatasets } from './datasets.ts';
import type { DatasetsGetFlags, DatasetsListFlags } from './flags.ts';
import { createTerminal, type Terminal } from './terminal.ts';

const train = 'Ada\tB-PER\nslept\tO\n';

let server: FileServer;
let cache: string;
beforeEach(async () => {
  server = await serveFiles({ '/train.conll': train });
  cache = await mkdtemp(join(tmpdir(), 'el4ner-datasets-'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(cache, { recursive: true });
});

function small(sha256?: string): NamedDataset {
  return {
    name: 'small',
    description: 'One sentence.',
    languages: ['en', 'fr'],
    types: ['PER', 'LOC'],
    sentences: { train: 1, test: 2 },
    licence: { name: 'CC-BY-4.0', url: 'https://example.org/by', note: 'Be kind.' },
    citation: 'Lovelace (1843), Notes.',
    homepage: 'https://example.org',
    format: { name: 'conll', tagColumns: [-1] },
    files: [{ url: `${server.url}/train.conll`, split: 'train', ...(sha256 === undefined ? {} : { sha256 }) }],
  };
}

/** What a command prints to a user without colours, and its notes. */
async function run(command: (terminal: Terminal) => Promise<number>) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const signal = new AbortController().signal;
  const code = await command(createTerminal({ stdin: new PassThrough(), stdout, stderr, environment: {}, signal }));
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

function get(flags: Partial<DatasetsGetFlags> = {}, dataset = small(), name = 'small') {
  return run((terminal) => getDataset(name, { cache, detokenize: false, format: 'text', json: false, ...flags }, terminal, [dataset]));
}

function list(flags: Partial<DatasetsListFlags> = {}) {
  return run((terminal) => listDatasets({ cache, format: 'text', json: false, ...flags }, terminal, [small()]));
}

describe('datasets ls', () => {
  test('tells what there is to choose from, and what is here', async () => {
    const table = /small +en fr +3 +CC-BY-4.0 +(\S+) +2: PER, LOC\n/;
    assert.equal(table.exec((await list()).stdout)?.[1], 'no');
    await get();
    assert.equal(table.exec((await list()).stdout)?.[1], 'yes');
  });

  test('tells programs all of it', async () => {
    for (const flags of [{ json: true }, { format: 'json' }] as const) {
      assert.deepEqual(JSON.parse((await list(flags)).stdout), {
        cache,
        datasets: [{ ...small(), directory: join(cache, 'datasets', 'small'), cached: 'no' }],
      });
    }
  });
});

describe('datasets get', () => {
  test('prints where the files are, and says under which licence', async () => {
    const { code, stdout, stderr } = await get();
    assert.deepEqual([code, stdout], [0, `${join(cache, 'datasets', 'small', 'train.conll')}\n`]);
    assert.match(stderr, /el4ner: small is under CC-BY-4.0 \(https:\/\/example.org\/by\). Be kind.\n/);
    assert.match(stderr, /Cite: Lovelace/);
  });

  test('says that a download could not be verified, and later what it was compared with', async () => {
    assert.match((await get()).stderr, /No checksums were published for the files of small, so that this download could not be verified/);
    assert.match((await get()).stderr, /No checksums were published for the files of small; they are as they were first downloaded/);
  });

  test('says nothing of the kind where the sums were published', async () => {
    const { stderr } = await get({}, small(createHash('sha256').update(train).digest('hex')));
    assert.doesNotMatch(stderr, /checksum/);
  });

  test('works without a network once the files are here', async () => {
    await get();
    await server[Symbol.asyncDispose]();
    assert.equal((await get()).code, 0);
    assert.equal(server.requests.length, 1);
  });

  test('writes labelled sentences, and prints where they are', async () => {
    const out = join(cache, 'out');
    const { stdout, stderr } = await get({ out });
    assert.equal(stdout, `${join(out, 'train.jsonl')}\n`);
    assert.match(stderr, /train: 1 sentences, 1 mentions/);
    const row = { id: 'train.conll:1', text: 'Ada slept', entities: [{ start: 0, end: 3, text: 'Ada', type: 'PER' }] };
    assert.deepEqual(JSON.parse(await readFile(join(out, 'train.jsonl'), 'utf8')), row);
  });

  test('tells programs what is where and how far it can be trusted', async () => {
    const out = join(cache, 'out');
    const { stdout } = await get({ out, json: true }, small(), 'Small');
    const sha256 = createHash('sha256').update(train).digest('hex');
    assert.deepEqual(JSON.parse(stdout), {
      name: 'small',
      licence: small().licence,
      files: [
        {
          split: 'train',
          path: join(cache, 'datasets', 'small', 'train.conll'),
          url: `${server.url}/train.conll`,
          sha256,
          trust: 'first-download',
          origin: 'network',
        },
      ],
      splits: [{ split: 'train', path: join(out, 'train.jsonl'), sentences: 1, mentions: 1 }],
    });
  });

  test('knows no other names', async () => {
    const flags = { cache, detokenize: false, format: 'text', json: false } as const;
    await assert.rejects(
      run((terminal) => getDataset('large', flags, terminal, [small()])),
      /no data set "large"; expected one of small/,
    );
  });
});
