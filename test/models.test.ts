import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { serveModel } from '../src/model/openai-server.fixture.ts';
import { scriptedModel } from '../src/model/scripted.ts';

const repository = dirname(import.meta.dirname);

async function run(...words: readonly string[]) {
  const child = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), 'models', ...words], {
    env: { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' },
  });
  child.stdin.end();
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

describe('models bench', { concurrency: 2 }, () => {
  test('measures the bundled models', async () => {
    const { code, stdout, stderr } = await run('bench', '--json');
    assert.deepEqual([code, stderr], [0, '']);
    const rows: { uri: string; status: string; residentBytes: { before: number; after: number }; taskMs: Record<string, number> }[] =
      JSON.parse(stdout);
    assert.deepEqual(
      rows.map(({ uri, status }) => [uri, status]),
      ['nano:social', 'nano:general', 'nano:bio'].map((uri) => [uri, 'measured']),
    );
    for (const { uri, status, residentBytes, taskMs, ...rates } of rows) {
      assert.deepEqual(Object.keys(rates), ['loadMs', 'promptTokensPerSecond', 'replyTokensPerSecond']);
      assert.ok(residentBytes.before > 0 && residentBytes.after > residentBytes.before, uri);
      assert.deepEqual(Object.keys(taskMs), ['extract', 'classify', 'verify']);
      for (const figure of [...Object.values(rates), ...Object.values(taskMs)]) assert.ok(typeof figure === 'number' && figure > 0, status);
    }
  });

  test('a model that cannot be opened is a row, and the others are measured', async () => {
    const { code, stdout } = await run('bench', 'gguf:nothing.gguf', 'nano:social');
    assert.equal(code, 3);
    const [, failed, measured, end] = stdout.split('\n');
    assert.match(failed ?? '', /^gguf:nothing\.gguf( +–){8} {2}FAIL: The model gguf:nothing\.gguf did not load/);
    assert.match(measured ?? '', /^nano:social( +[\d.]+){8}$/);
    assert.equal(end, '');
  });

  test('a URI of no model is a row, and a mistake of usage', async () => {
    const { code, stdout } = await run('bench', '--json', 'nano:huge');
    assert.equal(code, 2);
    const [row] = JSON.parse(stdout);
    assert.deepEqual([row.uri, row.status, row.error.code], ['nano:huge', 'failed', 'usage']);
  });

  test('of the model of a server, loading and memory are not known', async () => {
    const answer = ({ kind }: { readonly kind: string }) => (kind === 'extract' ? [] : { fault: 'refusal' as const });
    await using server = await serveModel(scriptedModel({ answer }));
    const { code, stdout } = await run('bench', '--json', `${server.url}/v1#test-model`);
    assert.equal(code, 0);
    const [row] = JSON.parse(stdout);
    assert.deepEqual([row.status, row.loadMs, row.residentBytes], ['measured', null, null]);
    assert.ok(row.taskMs.extract > 0);
  });
});

describe('cards', { concurrency: 2 }, () => {
  test('models ls --json is --format json', async () => {
    const [short, long] = [await run('ls', '--json'), await run('ls', '--format', 'json')];
    assert.equal(short.code, 0);
    assert.deepEqual(short, long);
    assert.ok(JSON.parse(short.stdout).bundled.every(({ card }: { card: unknown }) => card === null || typeof card === 'string'));
  });

  test('models ls shows what is known of each model', async () => {
    const { code, stdout } = await run('ls');
    assert.equal(code, 0);
    assert.equal(stdout.match(/hash verified: .*\.gguf\n/g)?.length, 3);
  });

  test('models show tells which models there are', async () => {
    const { code, stderr } = await run('show', 'huge');
    assert.equal(code, 2);
    assert.match(stderr, /^el4ner: No bundled model is called "huge"\. Known are nano:social/);
  });
});
