import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readJsonl } from '../src/dataset/jsonl.ts';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const two = ['--models', 'nano:social,nano:bio', '--types', 'person,disease,chemical'];

let scratch: string;
let texts: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-label-'));
  texts = join(scratch, 'texts.jsonl');
  const rows = (await readFile(join(repository, 'examples', 'corpus', 'clinical', 'test.jsonl'), 'utf8')).split('\n').slice(0, 6);
  await writeFile(texts, rows.map((row) => `${JSON.stringify({ text: JSON.parse(row).text })}\n`).join(''));
});
after(() => rm(scratch, { recursive: true }));

function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }));
  });
}

describe('el4ner label', () => {
  test('gives sentences that a pool can have, none of them without entities, and fewer the more sure it is to be', async () => {
    const all = await run('label', '--texts', texts, ...two, '--least', '0');
    assert.equal(all.code, 0, all.err);
    const path = join(scratch, 'pool.jsonl');
    await writeFile(path, all.out);
    const pool = await Array.fromAsync(readJsonl(path));
    assert(pool.length > 0 && pool.every(({ entities }) => entities.length > 0));
    assert.match(all.err, new RegExp(`^el4ner: Labels for ${pool.length} of 6 texts, on which the members agree\\.`, 'm'));
    const sure = await run('label', '--texts', texts, ...two, '--least', '0.99');
    const lines = new Set(all.out.split('\n'));
    assert(sure.out.split('\n').every((line) => lines.has(line)) && sure.out.length < all.out.length);
  });

  test('asks for two models, and does not take the word of one for agreement where the other is down', async () => {
    const alone = await run('label', '--texts', texts, '--models', 'nano:bio');
    assert.deepEqual([alone.code, /expected at least two/.test(alone.err)], [2, true]);
    const down = await run('label', '--texts', texts, '--models', 'nano:bio,http://127.0.0.1:9/v1#x');
    assert.deepEqual([down.code, down.out], [3, '']);
    assert.match(down.err, /6 texts could not be read/);
  });

  test('stops at as many as are wanted', async () => {
    const { out } = await run('label', '--texts', texts, ...two, '--least', '0', '--n', '1');
    assert.equal(out.split('\n').length, 2);
  });
});

describe('el4ner agreement', () => {
  test('prints a weight for each member, and the command that uses them', async () => {
    const { code, out, err } = await run('agreement', '--texts', texts, ...two);
    assert.equal(code, 0, err);
    assert.match(out, /^nano:social +100\.0 +(\d+\.\d) +(\d\.\d\d)\nnano:bio +\1 +100\.0 +\2$/m);
    assert.match(out, /^el4ner extract --types person,disease,chemical --models nano:social,nano:bio --weights (\d\.\d\d),\1$/m);
    const json = JSON.parse((await run('agreement', '--texts', texts, ...two, '--json')).out);
    assert.equal(json.texts, 6);
    assert.equal(json.members[0].weight, json.members[0].with[1]);
  });

  test('one model has nobody to agree with', async () => {
    const { code, err } = await run('agreement', '--texts', texts, '--models', 'nano:bio');
    assert.equal(code, 2);
    assert.match(err, /expected at least two among --models/);
  });
});
