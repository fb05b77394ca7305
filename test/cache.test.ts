import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const corpus = join(repository, 'examples', 'corpus', 'clinical');

const documents = Number(process.env['EL4NER_TEST_DOCUMENTS'] ?? 40);

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cache-cli-'));
  const rows = await Promise.all(
    ['clinical', 'news', 'travel', 'contracts'].map(async (domain) => {
      const lines = await readFile(join(dirname(corpus), domain, 'test.jsonl'), 'utf8');
      return lines.trim().split('\n');
    }),
  );
  await writeFile(join(scratch, 'texts.jsonl'), rows.flat().slice(0, documents).join('\n'));
});
after(() => rm(scratch, { recursive: true }));

function run(...words: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, EL4NER_CACHE: join(scratch, 'answers.sqlite') };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...words], { env, maxBuffer: 2 ** 26 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** The trace without what says when it was made. */
const timeless = (out: string): string => out.replaceAll(/"durationMs": ?[\d.]+/g, '');

describe('--cache', () => {
  const asked = () => {
    const data = ['--file', join(scratch, 'texts.jsonl'), '--pool', join(corpus, 'pool.jsonl')];
    return ['extract', ...data, '--models', 'nano:social,nano:bio', '--k', '2', '--format', 'ndjson'];
  };

  test('gives the same bytes as without and one after the other, with any number of workers, and asks no model a second time', async () => {
    const plain = await run(...asked());
    assert.equal(plain.code, 0, plain.err);
    assert.equal(plain.out.trim().split('\n').length, documents);
    assert.equal((await run('cache', 'stats')).out.includes(': 0 answers,'), true);
    const first = await run(...asked(), '--cache', '--workers', '4');
    const kept = JSON.parse((await run('cache', 'stats', '--json')).out);
    const again = await run(...asked(), '--cache', '--workers', '7', '--stats');
    assert.equal(first.out, plain.out);
    assert.equal(again.out, plain.out);
    assert.equal((await run(...asked(), '--cache')).out, plain.out);
    assert(kept.answers > 4 * documents);
    const [calls, prompted, evaluated, replied, seconds, cached] =
      /^el4ner: all .* a document +(.+)$/m.exec(again.err)?.[1]?.split(/ +/) ?? [];
    assert.deepEqual([prompted, evaluated, replied, seconds, cached], ['0', '0', '0', '0.0', calls]);
    assert.equal(JSON.parse((await run('cache', 'stats', '--json')).out).answers, kept.answers);
  });

  test('keeps the whole trace, prompts and usage with it', async () => {
    const traced = ['extract', '--trace', '--format', 'json', 'Mrs Doyle was given amoxicillin.'];
    const first = await run(...traced, '--cache');
    const again = await run(...traced, '--cache');
    assert.equal(timeless(again.out), timeless(first.out));
  });

  test('is emptied on demand', async () => {
    assert.match((await run('cache', 'clear')).out, /: [\d,]+ answers forgotten\.\n$/);
    assert.match((await run('cache', 'stats')).out, /: 0 answers, 0\.\d MB of at most 1073\.7 MB\.\n$/);
  });
});
