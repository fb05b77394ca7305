import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openCorpus } from './corpus.ts';

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'el4ner-corpus-'));
});
after(() => rm(directory, { recursive: true }));

const report = { note: () => undefined, count: () => undefined };

test('a corpus that grows while it is read gives no document more, and says so', async () => {
  const path = join(directory, 'growing.jsonl');
  await writeFile(path, '{"text":"one"}\n{"text":"two"}\n');
  const corpus = await openCorpus(path, undefined, report);
  assert.equal(corpus.lines, 2);
  const texts: string[] = [];
  await assert.rejects(async () => {
    for await (const { text } of corpus.documents()) {
      texts.push(text);
      await appendFile(path, '{"text":"three"}\n');
    }
  }, /has changed since the run began/);
  assert.deepEqual(texts, ['one']);
});

test('a directory of which a file has gone or changed is told at the end', async () => {
  const path = join(directory, 'texts');
  await mkdir(path);
  for (const name of ['a.txt', 'b.txt']) await writeFile(join(path, name), `This is ${name}.`);
  const corpus = await openCorpus(path, 'text', report);
  assert.equal((await Array.fromAsync(corpus.documents())).length, 2);
  await appendFile(join(path, 'b.txt'), ' More.');
  await assert.rejects(Array.fromAsync(corpus.documents()), /has changed since the run began/);
});
