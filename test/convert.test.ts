import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';

const program = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-convert-'));
});
after(() => rm(scratch, { recursive: true }));

async function convert(input: string, ...words: readonly string[]) {
  const environment = { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' };
  const child = spawn(process.execPath, [program, 'convert', ...words], { env: environment, cwd: scratch });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr: stderr.split('\n').slice(0, -1) };
}

async function file(name: string, content: string): Promise<void> {
  await writeFile(join(scratch, name), content);
}

describe('convert', { concurrency: 2 }, () => {
  test('reads the standard input and writes the standard output, and tells what it made of them', async () => {
    const columns = 'Ada I-person _\n🎉 O _\n, O _\nBob I-person _\n';
    const { code, stdout, stderr } = await convert(columns, '-', '--from', 'conll', '--tag-column', '-2', '--detokenize');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), {
      id: 'stdin:1',
      text: 'Ada 🎉, Bob',
      entities: [
        { start: 0, end: 3, text: 'Ada', type: 'person' },
        { start: 8, end: 11, text: 'Bob', type: 'person' },
      ],
    });
    assert.deepEqual(stderr, [
      'el4ner: stdin: tokens in column 1, tags in column 2 of 3; the tags are iob1 (by the first sentence with mentions)',
      'el4ner: 1 texts with 2 mentions read as conll, written as jsonl',
    ]);
  });

  test('counts what the other format has no room for', async () => {
    const entities = '[{"start":0,"end":15,"type":"o","score":0.9},{"start":8,"end":15,"type":"l","score":0.8}]';
    const { code, stdout, stderr } = await convert(
      `{"text":"Bank of England","entities":${entities}}`,
      '-',
      '-',
      '--to',
      'conll',
      '--scheme',
      'iobes',
    );
    assert.deepEqual([code, stdout], [0, 'Bank\tB-o\nof\tI-o\nEngland\tE-o\n\n']);
    assert.deepEqual(stderr, [
      'el4ner: scores of mentions, left out: 2',
      'el4ner: mentions inside or across others, left out: 1',
      'el4ner: 1 texts with 2 mentions read as jsonl, written as conll',
    ]);
  });

  test('keeps ids through columns on demand, and tells that it does not otherwise', async () => {
    const row = '{"id":"s 1","text":"# Ada","entities":[{"start":2,"end":5,"text":"Ada","type":"x"}]}\n';
    await file('named.jsonl', row);
    const lossy = await convert('', 'named.jsonl', '-', '--to', 'conll');
    assert.deepEqual([lossy.code, lossy.stdout], [0, '#\tO\nAda\tB-x\n\n']);
    assert.equal(lossy.stderr[0], 'el4ner: ids, left out (--id-comments keeps them): 1');
    const kept = await convert('', 'named.jsonl', 'named.conll', '--id-comments');
    assert.deepEqual(kept.stderr, ['el4ner: 1 texts with 1 mentions read as jsonl, written as conll']);
    assert.equal(await readFile(join(scratch, 'named.conll'), 'utf8'), '# id = s 1\n#\tO\nAda\tB-x\n\n');
    assert.equal((await convert('', 'named.conll')).stdout, row);
  });

  test('tells errors on the standard input as such', async () => {
    const bad = await convert('{"text":"Ada","entities":[]}\n{"text":"Bob"}\n', '-', '--from', 'jsonl');
    assert.equal(bad.code, 2);
    assert.match(bad.stderr.join('\n'), /^el4ner: standard input:2 cannot be read\. entities: /);
    const skipped = await convert('{"text":"Bob"}\n{"text":"Ada","entities":[]}\n', '-', '--skip-bad', '--from', 'jsonl');
    assert.match(skipped.stderr[0] ?? '', /^el4ner: standard input:1 cannot be read\. /);
    assert.deepEqual((await convert('\n', '-')).stderr, ['el4ner: standard input is empty; expected a data set.']);
  });

  test('tells nothing but the error where a row of tags is bad', async () => {
    const numbered = '{"tokens":["Ada","met"],"ner_tags":[1,0]}\n';
    const unnamed = await convert(numbered.repeat(2), '-', '--from', 'hf');
    assert.deepEqual([unnamed.code, unnamed.stdout, unnamed.stderr.length], [2, '', 1]);
    assert.match(unnamed.stderr[0] ?? '', /^el4ner: standard input:1 cannot be read\. Tag 1 has no name\. --labels gives/);
    const strange = await convert(`${numbered}{"tokens":["Bob"],"ner_tags":["y"]}\n`, '-', '--labels', 'O,B-x');
    assert.deepEqual([strange.code, strange.stdout, strange.stderr.length], [2, '', 1]);
    assert.match(strange.stderr[0] ?? '', /^el4ner: standard input:2 cannot be read\. "y" is no tag/);

    const skipped = await convert(`${numbered}{"tokens":["Bob"],"ner_tags":["B-x"]}\n`, '-', '--skip-bad');
    assert.deepEqual(skipped.stderr.slice(1), [
      'el4ner: stdin: the tags are iob2 (by the first sentence with mentions)',
      'el4ner: bad rows, left out: 1',
      'el4ner: 1 texts with 1 mentions read as hf, written as jsonl',
    ]);
    const none = await convert(numbered, '-', '--skip-bad');
    assert.deepEqual(none.stderr.slice(1), [
      'el4ner: bad rows, left out: 1',
      'el4ner: 0 texts with 0 mentions read as hf, written as jsonl',
    ]);
  });

  test('makes the directories above its output, and tells flags that do nothing', async () => {
    const { code, stderr } = await convert('heart\tB\n.\tO\n', '-', 'new/within/a.jsonl', '--tokenize', 'words');
    assert.equal(code, 0);
    assert.match(
      stderr[0] ?? '',
      /--tokenize is for writing conll, hf, nested-json, spacy, prodigy, and does nothing where conll is read and jsonl written/,
    );
    assert.equal(JSON.parse(await readFile(join(scratch, 'new', 'within', 'a.jsonl'), 'utf8')).entities[0].type, '_');
  });

  test('writes no file of columns that could not be read again', async () => {
    const { code, stderr } = await convert('{"text":" ","entities":[]}\n', '-', 'wordless.conll');
    assert.deepEqual([code, (await readdir(scratch)).includes('wordless.conll')], [2, false]);
    assert.match(stderr.join('\n'), /The texts have no tokens \(all 1 of them\)/);
  });

  test('ends at a bad row and leaves the output as it was, or skips it and says so', async () => {
    await file('bad.jsonl', '{"text":"Ada","label":[[0,3,"x"]]}\n{"text":"Bob","label":[[0,4,"x"]]}\n{"text":"Eve","label":[]}\n');
    await file('out.jsonl', 'before');
    const strict = await convert('', 'bad.jsonl', 'out.jsonl');
    assert.equal(strict.code, 2);
    assert.match(strict.stderr.join('\n'), /^el4ner: bad\.jsonl:2 cannot be read\. Offset 4 is outside the text; .* Expected \{"text"/);
    assert.equal(await readFile(join(scratch, 'out.jsonl'), 'utf8'), 'before');
    const { code, stderr } = await convert('', 'bad.jsonl', 'out.jsonl', '--skip-bad');
    assert.equal(code, 1);
    assert.deepEqual(stderr.slice(1), [
      'el4ner: bad rows, left out: 1',
      'el4ner: 2 texts with 1 mentions read as doccano, written as jsonl',
    ]);
    assert.equal((await readFile(join(scratch, 'out.jsonl'), 'utf8')).split('\n').length, 3);
  });

  test('writes a directory for brat and reads it again', async () => {
    await file(
      'tasks.json',
      '[{"id":7,"data":{"text":"🎉 Ada"},"annotations":[{"result":[{"type":"labels","value":{"start":3,"end":6,"labels":["x"]}}]}]}]',
    );
    assert.equal((await convert('', 'tasks.json', 'corpus', '--to', 'brat')).code, 0);
    assert.deepEqual(await readdir(join(scratch, 'corpus')), ['7.ann', '7.txt']);
    const within = await convert('', 'corpus', 'corpus/again', '--to', 'brat');
    assert.equal(within.code, 2);
    assert.match(within.stderr.join('\n'), /corpus\/again is the input or a part of it/);
    const { stdout } = await convert('', 'corpus');
    assert.equal(stdout, '{"id":"7","text":"🎉 Ada","entities":[{"start":3,"end":6,"text":"Ada","type":"x"}]}\n');
  });

  test('never overwrites its input, and says what it needs to know', async () => {
    await file('a.jsonl', '{"text":"Ada","entities":[]}\n');
    const cases: readonly (readonly [words: readonly string[], problem: RegExp])[] = [
      [['a.jsonl', './a.jsonl', '--to', 'conll'], /is the input or a part of it, which is never overwritten or added to/],
      [['a.jsonl', 'b.json'], /The name b\.json does not tell a format\. Say which it is to have with --to/],
      [['a.jsonl', '--to', 'text'], /text has no room for mentions; it can only be read/],
      [['a.jsonl', '--to', 'brat'], /brat is a directory of files/],
      [['a.jsonl', '--tag-column', '0'], /--tag-column is "0"; expected the number of a column/],
    ];
    for (const [words, problem] of cases) {
      const { code, stdout, stderr } = await convert('', ...words);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr.join('\n'), problem);
    }
    assert.equal(await readFile(join(scratch, 'a.jsonl'), 'utf8'), '{"text":"Ada","entities":[]}\n');
  });
});
