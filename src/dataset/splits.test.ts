import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CachedFile } from './cache.ts';
import { readJsonl } from './jsonl.ts';
import type { NamedDataset, SplitFormat, SplitName } from './named-dataset.ts';
import { writeSplits } from './splits.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-splits-'));
});
after(() => rm(scratch, { recursive: true }));

function dataset(format: SplitFormat): NamedDataset {
  return {
    name: 'small',
    description: 'A few sentences.',
    languages: ['en'],
    types: ['PER', 'Multi-tissue'],
    sentences: {},
    licence: { name: 'CC0-1.0', url: 'https://example.org/cc0' },
    citation: 'Lovelace (1843), Notes.',
    homepage: 'https://example.org',
    format,
    files: [],
  };
}

async function file(name: string, split: SplitName, content: string): Promise<CachedFile> {
  const path = join(scratch, name);
  await writeFile(path, content);
  return { split, path, url: 'https://example.org', sha256: '', trust: 'published', origin: 'cache' };
}

async function write(format: SplitFormat, files: readonly CachedFile[], settings: { detokenize?: boolean; signal?: AbortSignal } = {}) {
  const directory = await mkdtemp(join(scratch, 'out-'));
  const report = { note: () => {}, count: () => {} };
  const options = { directory, detokenize: false, report, signal: new AbortController().signal, ...settings };
  const splits = await writeSplits(dataset(format), files, options);
  return { directory, splits };
}

async function samples(path: string) {
  const read = await Array.fromAsync(readJsonl(path));
  return read.map(({ text, entities }) => [text, ...entities.map(({ start, end, type }) => `${text.slice(start, end)}: ${type}`)]);
}

const conll: SplitFormat = { name: 'conll', tagColumns: [-1] };

describe('the splits of a data set', () => {
  test('are files of labelled sentences, with the licence beside them', async () => {
    const train = await file('train.conll', 'train', 'Ada\tB-PER\nslept\tO\n\nWell\tO\n');
    const test = await file('test.conll', 'test', 'Bob\tB-PER\n');
    const { directory, splits } = await write(conll, [train, test]);
    assert.deepEqual((await readdir(directory)).sort(), ['LICENSE.txt', 'test.jsonl', 'train.jsonl']);
    assert.deepEqual(splits, [
      { split: 'train', path: join(directory, 'train.jsonl'), sentences: 2, mentions: 1 },
      { split: 'test', path: join(directory, 'test.jsonl'), sentences: 1, mentions: 1 },
    ]);
    assert.deepEqual(await samples(join(directory, 'train.jsonl')), [['Ada slept', 'Ada: PER'], ['Well']]);
    assert.match(await readFile(join(directory, 'LICENSE.txt'), 'utf8'), /CC0-1.0/);
  });

  test('join the files of a split in their order', async () => {
    const { splits } = await write(conll, [await file('a.conll', 'train', 'Ada\tO\n'), await file('b.conll', 'train', 'Bob\tO\n')]);
    assert.deepEqual(await samples(splits[0]?.path ?? ''), [['Ada'], ['Bob']]);
  });

  test('have the types as the data set lists them, and those it does not list as they are', async () => {
    const tags = 'Ada\tB-per\nBob\tB-PER\nskin\tB-multi-Tissue\nX\tB-other\n';
    const { splits } = await write(conll, [await file('case.conll', 'all', tags)]);
    assert.deepEqual(await samples(splits[0]?.path ?? ''), [['Ada Bob skin X', 'Ada: PER', 'Bob: PER', 'skin: Multi-tissue', 'X: other']]);
  });

  test('nest where several columns have tags; what two of them have is one mention', async () => {
    const rows = ['the\tB-PER\tB-PER', 'men\tI-PER\tI-PER', 'of\tO\tI-PER', 'Rome\tB-GPE\tI-PER', '', 'Ada\tO\tB-PER', ''];
    const nested = await file('nested.data', 'train', rows.join('\n'));
    const { splits } = await write({ name: 'conll', tagColumns: [2, 3] }, [nested]);
    const sentence = ['the men of Rome', 'the men of Rome: PER', 'the men: PER', 'Rome: GPE'];
    assert.deepEqual(await samples(splits[0]?.path ?? ''), [sentence, ['Ada', 'Ada: PER']]);
    const twice = await file('twice.data', 'train', 'Ada\tB-PER\tB-PER\n');
    const again = await write({ name: 'conll', tagColumns: [2, 3] }, [twice]);
    assert.deepEqual(await samples(again.splits[0]?.path ?? ''), [['Ada', 'Ada: PER']]);
  });

  test('come from numbered tags too', async () => {
    const rows = await file('rows.jsonl', 'dev', '{"tokens":["Ada","slept"],"ner_tags":[1,0],"lang":"en"}\n');
    const { splits } = await write({ name: 'hf', labels: ['O', 'B-PER', 'I-PER'] }, [rows]);
    assert.deepEqual(await samples(splits[0]?.path ?? ''), [['Ada slept', 'Ada: PER']]);
  });

  test('are running text on demand', async () => {
    const tokens = await file('tokens.conll', 'all', 'Ada\tB-PER\nslept\tO\n.\tO\n');
    const { splits } = await write(conll, [tokens], { detokenize: true });
    assert.deepEqual(await samples(splits[0]?.path ?? ''), [['Ada slept.', 'Ada: PER']]);
  });

  test('are whole or not there', async () => {
    const damaged = await file('damaged.conll', 'train', 'Ada\tB-PER\n\nBob\n');
    await assert.rejects(write(conll, [damaged]), /damaged.conll:3/);
    const reason = new Error('enough');
    await assert.rejects(write(conll, [await file('ok.conll', 'train', 'Ada\tO\n')], { signal: AbortSignal.abort(reason) }), reason);
    const outputs = (await readdir(scratch)).filter((name) => name.startsWith('out-')).slice(-2);
    for (const output of outputs) assert(!(await readdir(join(scratch, output))).some((name) => name.endsWith('.tmp')));
  });
});
