import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const corpus = join(repository, 'examples', 'corpus', 'clinical');
const models = 'nano:social,pool:tagger';
const text = 'Mrs Doyle was given amoxicillin for her pneumonia.';

let scratch: string;
let index: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-calibrate-'));
  index = join(scratch, 'clinical.index');
  await copyFile(join(corpus, 'pool.jsonl'), join(scratch, 'pool.jsonl'));
  const built = await run('index', join(scratch, 'pool.jsonl'), '--out', index);
  assert.equal(built.code, 0, built.err);
});
after(() => rm(scratch, { recursive: true }));

function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }));
  });
}

async function observed(): Promise<number> {
  const name = (await readdir(index)).find((file) => file.startsWith('calibration-'));
  const lines = name === undefined ? '' : await readFile(join(index, name), 'utf8');
  return lines.split('\n').filter((line) => line.startsWith('{"id"')).length;
}

const calibrating = ['calibrate', '--pool', '', '--models', models, '--sample', '8'];
const calibrate = (...more: readonly string[]) => run(...calibrating.with(2, index), ...more);

describe('el4ner calibrate', () => {
  test('goes on where it was killed', async () => {
    const child = spawn(process.execPath, [cli, ...calibrating.with(2, index)], { stdio: 'ignore' });
    while ((await observed()) < 2 && child.exitCode === null) await setTimeout(20);
    child.kill('SIGKILL');
    await once(child, 'close');
    assert((await observed()) >= 2);
    const early = await run('extract', '--pool', index, text);
    assert.match(early.err, /has only \d sentences yet; run "el4ner calibrate" again, which goes on/);
    const { code, out, err } = await calibrate('--workers', '2');
    assert.equal(code, 0, err);
    assert.match(out, /^8 sentences of /);
    assert.match(out, /^nano:social .*\npool:tagger .*\ntogether /m);
    assert.equal(await observed(), 8);
  });

  test('does not ask again, and tells all figures as JSON', async () => {
    const { code, out } = await calibrate('--json');
    assert.equal(code, 0);
    const { sentences, members, ensemble } = JSON.parse(out);
    assert.equal(sentences, 8);
    assert.deepEqual(
      members.map(({ id }: { id: string }) => id),
      models.split(','),
    );
    assert.equal(ensemble.reliability.length, 10);
  });

  test('is what extract decides by from then on, unless votes are asked for', async () => {
    const calibrated = await run('extract', '--pool', index, '--trace', text);
    assert.equal(calibrated.code, 0, calibrated.err);
    assert.match(calibrated.out, /extract +pool:tagger/);
    assert.equal(calibrated.err, '');
    const scores = async (...flags: readonly string[]): Promise<unknown> => {
      const { out } = await run('extract', '--pool', index, '--format', 'json', ...flags, text);
      return JSON.parse(out).entities.map(({ score }: { score: number }) => score);
    };
    assert.notDeepEqual(await scores('--decision', 'votes', '--models', models), await scores());
    const precise = await run('extract', '--pool', index, '--aim', 'precision:0.999', '--format', 'json', text);
    assert.deepEqual(JSON.parse(precise.out).entities, []);
    const hard = await run('extract', '--pool', index, '--voting', 'hard', text);
    const aimless = await run('extract', '--pool', index, '--decision', 'votes', '--aim', 'recall:0.9', text);
    assert.deepEqual([aimless.code, /expected a calibration beside it/.test(aimless.err)], [2, true]);
    assert.match(hard.err, /is not used: --voting asks for votes\. Votes decide, of the usual ensemble/);
  });

  test('is what eval decides by, too', async () => {
    const { code, out, err } = await run(
      'eval',
      '--data',
      join(corpus, 'test.jsonl'),
      '--pool',
      index,
      '--limit',
      '2',
      '--json',
      join(scratch, 'eval.json'),
    );
    assert.equal(code, 0, err);
    assert.match(out, /full/);
    const { manifest } = JSON.parse(await readFile(join(scratch, 'eval.json'), 'utf8'));
    assert.deepEqual(manifest.options.models, models.split(','));
    assert.match(manifest.options.calibration, /^[0-9a-f]{64}$/);
  });

  test('does not hold for a pool that has changed', async () => {
    const other = join(scratch, 'more.jsonl');
    await writeFile(other, `${await readFile(join(scratch, 'pool.jsonl'), 'utf8')}{"id":"new","text":"Nobody was ill.","entities":[]}\n`);
    assert.equal((await run('index', other, '--out', index)).code, 0);
    const { code, err } = await run('extract', '--pool', index, text);
    assert.equal(code, 0);
    assert.match(err, /the pool has changed since; run "el4ner calibrate" again/);
    const asked = await run('extract', '--pool', index, '--decision', 'calibrated', text);
    assert.equal(asked.code, 2);
    assert.match(asked.err, /cannot be met: the pool has changed/);
  });

  test('is refused for a pool that is no index, with what to do', async () => {
    const { code, err } = await run('calibrate', '--pool', join(scratch, 'pool.jsonl'));
    assert.equal(code, 2);
    assert.match(err, /is no index, .* Build one with "el4ner index/);
  });
});
