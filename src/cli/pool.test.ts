import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildIndex } from '../pool/index/build-index.ts';
import { madeUpOptions, madeUpPool } from '../pool/index/pool.fixture.ts';
import { openPool, readPool, readTestData } from './pool.ts';

const silent = { note: () => {} };

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-pool-'));
});
after(() => rm(scratch, { recursive: true }));

function row(id: string, type: string): string {
  return `{"id":"${id}","text":"Ada","entities":[{"start":0,"end":3,"type":"${type}"}]}\n`;
}

describe('readPool', () => {
  test('reads a file, whatever it is called', async () => {
    const path = join(scratch, 'pool');
    await writeFile(path, row('a', 'person'));
    assert.deepEqual(
      (await readPool(path, silent)).map(({ id }) => id),
      ['a'],
    );
  });

  test('reads all *.jsonl of a directory in the order of their names, and nothing else', async () => {
    const path = join(scratch, 'pools');
    await mkdir(path);
    for (const name of ['b', 'a', 'c']) await writeFile(join(path, `${name}.jsonl`), row(name, 'person'));
    await writeFile(join(path, 'README.md'), 'Not JSON.');
    assert.deepEqual(
      (await readPool(path, silent)).map(({ id }) => id),
      ['a', 'b', 'c'],
    );
  });

  test('reads other formats, and tells how it understands them', async () => {
    const path = join(scratch, 'pool.conll');
    await writeFile(path, 'Ada\tI-person\nslept\tO\n');
    const notes: string[] = [];
    assert.deepEqual(await readPool(path, { note: (line) => notes.push(line) }), [
      { id: 'pool.conll:1', text: 'Ada slept', entities: [{ start: 0, end: 3, type: 'person' }] },
    ]);
    assert.match(notes.join('\n'), /^pool\.conll: .* the tags are iob1/);
  });

  test('says what it expected where there is no pool', async () => {
    const empty = join(scratch, 'empty');
    await mkdir(empty);
    await assert.rejects(readPool(empty, silent), /empty has no \*\.jsonl file and no \*\.ann; expected a pool in it/);
    await assert.rejects(readPool(join(scratch, 'nothing'), silent), /Expected a pool, .* but it does not exist/);
  });

  test('calls data to score what they are', async () => {
    const empty = join(scratch, 'no data');
    await mkdir(empty);
    await assert.rejects(readTestData(empty, silent), /no data has no \*\.jsonl file and no \*\.ann; expected a data set in it/);
    await assert.rejects(readTestData(join(scratch, 'nothing'), silent), /Expected a data set, .* but it does not exist/);
  });
});

describe('openPool of an index', () => {
  let path: string;
  before(async () => {
    path = join(scratch, 'pool.index');
    await mkdir(path);
    const options = madeUpOptions();
    const settings = { ...options.settings, types: ['town', 'planet'] };
    await buildIndex(madeUpPool(9), path, { ...options, settings }, new AbortController().signal);
  });

  test('has its labels in the order in which it was built with them, and those that were left out then', async () => {
    await using opened = new AsyncDisposableStack();
    const { index, pool, labels } = await openPool(path, {}, opened, silent);
    assert.deepEqual([index?.size, pool, labels], [9, undefined, ['town', 'person']]);
  });

  test('refuses what it was built with, and says what to do', async () => {
    await using opened = new AsyncDisposableStack();
    const message = /is an index, .* leave out --candidate-spans and --pool-limit, or build another with "el4ner index"/;
    await assert.rejects(openPool(path, { candidateSpans: 'gold', poolLimit: 2 }, opened, silent), message);
  });
});
