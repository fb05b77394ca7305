import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { readJsonl } from '../src/dataset/jsonl.ts';
import type { Suggestion } from '../src/suggestion/suggest.ts';

const repository = dirname(import.meta.dirname);
const corpus = join(repository, 'examples', 'corpus', 'clinical');
const unreachable = 'http://127.0.0.1:9/v1#x';

let scratch: string;
let pool: string;
/** Six texts, of which the pool has the third. */
let texts: readonly { readonly id: string; readonly text: string }[];
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-suggest-'));
  const rows = async (name: string) => (await readFile(join(corpus, name), 'utf8')).split('\n').slice(0, 5);
  const [labelled, unlabelled] = [await rows('pool.jsonl'), await rows('test.jsonl')];
  pool = await file('pool.jsonl', labelled.join('\n'));
  texts = unlabelled.toSpliced(2, 0, labelled[1] ?? assert.fail()).map((row) => {
    const { id, text } = JSON.parse(row);
    return { id, text };
  });
});
after(() => rm(scratch, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, content);
  return path;
}

async function run(...words: readonly string[]) {
  const environment = { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' };
  const child = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), ...words], { env: environment, cwd: scratch });
  child.stdin.end();
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const asRow = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('suggest', { concurrency: 2 }, () => {
  test('gives texts that the pool has not, the best first, as sentences that a pool can have', async () => {
    const path = await file('texts.jsonl', texts.map(asRow).join(''));
    const { code, stdout, stderr } = await run('suggest', '--pool', pool, '--texts', path);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^el4ner: [1-5] suggestions? from 5 texts\. Correct .*\n$/);
    const rows: Suggestion[] = stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
    const expected = texts.toSpliced(2, 1);
    assert.ok(rows.length > 0 && new Set(rows.map(({ id }) => id)).size === rows.length);
    for (const [at, { id, text, gain, doubts }] of rows.entries()) {
      assert.ok(expected.some((other) => other.id === id && other.text === text));
      assert.ok(gain > 0 && gain <= (rows[at - 1]?.gain ?? gain));
      for (const { start, end, text: own, doubt, opinions } of doubts) {
        assert.equal(text.slice(start, end), own);
        assert.ok(doubt > 0 && Object.values(opinions).every((share) => share > 0 && share <= 1));
      }
    }
    const samples = await Array.fromAsync(readJsonl(await file('suggested.jsonl', stdout)));
    assert.deepEqual(
      samples,
      rows.map(({ id, text, entities }) => ({ id, text, entities: entities.map(({ text, ...entity }) => entity) })),
    );
    assert.ok(samples.some(({ entities }) => entities.length > 0));
  });

  test('reads a text a line, each once, no more than the sample, for a pool that is an index', async () => {
    const index = join(scratch, 'pool.index');
    const built = await run('index', pool, '--out', index);
    assert.equal(built.code, 0, built.stderr);
    const lines = [...texts.map(({ text }) => text), '', texts[0]?.text ?? ''];
    const path = await file('texts.txt', lines.join('\r\n'));
    const { code, stdout, stderr } = await run(
      ...['suggest', '--pool', index, '--texts', path, '--models', 'nano:social,pool:tagger'],
      ...['--sample', '4', '--n', '2', '--format', 'text'],
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^el4ner: 2 suggestions from 4 texts\. 1 more text .*\n$/);
    const stories = stdout.split(/^── /m).slice(1);
    assert.equal(stories.length, 2);
    for (const story of stories) {
      const [line = '', marked = '', ...doubts] = story.split('\n').filter((line) => line !== '');
      const [, number = ''] = /^texts\.txt:(\d+)$/.exec(line) ?? [];
      assert.notEqual(number, '3');
      assert.equal(marked.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'), lines[Number(number) - 1]);
      assert.ok(doubts.length > 0);
      for (const doubt of doubts) assert.match(doubt, /^ {2}.+: [^%]+ \d+ %/);
    }
  });

  test('tells which texts could not be read, and why', async () => {
    const path = await file('unread.txt', 'Ada slept.\nBob ate.\n');
    const { code, stdout, stderr } = await run('suggest', '--pool', pool, '--texts', path, '--models', unreachable);
    assert.notEqual(code, 0);
    assert.equal(stdout, '');
    assert.match(stderr, /^el4ner: 2 texts could not be read: Nothing answers at http:\/\/127\.0\.0\.1:9\//);
  });
});

describe('mistakes of suggest are told in a sentence', { concurrency: 4 }, () => {
  const cases: Record<string, readonly [texts: () => Promise<readonly string[]>, message: RegExp]> = {
    'no texts': [async () => [], /required option '--texts <path>' not specified/],
    'a missing file of rows': [async () => ['nothing.jsonl'], / at nothing\.jsonl, but it does not exist\. Check the path\./],
    'a missing file of lines': [async () => ['nothing.txt'], /Expected texts.* at nothing\.txt, but it does not exist\. Check the path\./],
    'a directory': [async () => ['.'], / at \., but it is a directory\./],
    'no rows': [async () => [await file('empty.jsonl', '')], /empty\.jsonl is empty; expected \{"id"\?: …, "text": …\} on each line/],
    'no lines': [
      async () => [await file('empty.txt', '\n \r\n')],
      /empty\.txt has no text that the pool has not; expected texts to label\./,
    ],
    'a row without a text': [
      async () => [await file('bad.jsonl', '{"text":"Ada slept."}\n{"txt":"Bob"}')],
      /bad\.jsonl:2 cannot be read\. text: expected string.*\{"id"\?: …, "text": …\}/,
    ],
    'rows that are called alike': [
      async () => [await file('alike.jsonl', asRow({ id: 1, text: 'Ada' }) + asRow({ id: '1', text: 'Bob' }))],
      /Two sentences of the data are called 1; expected ids/,
    ],
    'nothing that the pool has not': [async () => [pool], /pool\.jsonl has no text that the pool has not; expected texts to label\./],
    'nothing that the pool has not, but for white space': [
      async () => [await file('known.txt', `${texts[2]?.text}\n`.repeat(2))],
      /known\.txt has no text that the pool has not/,
    ],
  };
  for (const [name, [given, message]] of Object.entries(cases)) {
    test(name, async () => {
      const paths = await given();
      const { code, stdout, stderr } = await run('suggest', '--pool', pool, ...paths.flatMap((path) => ['--texts', path]));
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace');
    });
  }
});
