import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Experiment } from '../src/experiment/experiment.ts';

const repository = dirname(import.meta.dirname);
const corpus = join(repository, 'examples', 'corpus', 'clinical');
const sets = ['--data', join(corpus, 'test.jsonl'), '--pool', join(corpus, 'pool.jsonl')];

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-eval-'));
});
after(() => rm(scratch, { recursive: true }));
const path = (name: string) => join(scratch, name);

async function run(...words: readonly string[]) {
  const child = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), 'eval', ...words], {
    env: { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' },
  });
  child.stdin.end();
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

/** What does not depend on the clock. */
function timeless({ manifest, rows }: Experiment): unknown {
  return { ...manifest, date: '', rows: rows.map((row) => ({ ...row, seconds: 0 })) };
}

describe('eval', () => {
  test('scores the bundled ensemble part by part, alike each time, and goes on from a journal without asking again', async () => {
    await writeFile(path('second.json'), 'old');
    await link(path('second.json'), path('old'));
    const outcomes: Awaited<ReturnType<typeof run>>[] = [];
    for (const name of ['first', 'second']) {
      const outputs = ['--json', path(`${name}.json`), '--html', path(`${name}.html`), '--journal', path('journal')];
      outcomes.push(await run(...sets, '--limit', '4', '--ablate', ...outputs));
    }
    assert.deepEqual(
      outcomes.map(({ code, stderr }) => [code, stderr]),
      [
        [0, ''],
        [0, ''],
      ],
    );
    assert.equal(outcomes[0]?.stdout, outcomes[1]?.stdout);
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => JSON.parse(await readFile(path(`${name}.json`), 'utf8')) as Experiment),
    );
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(timeless(second), timeless(first));
    assert.equal(first.manifest.command, `el4ner eval --data ${sets[1]} --pool ${sets[3]} --ablate --limit 4 --seed 0`);
    // A file is replaced as a whole and never written into.
    assert.equal(await readFile(path('old'), 'utf8'), 'old');
    assert.deepEqual((await readdir(scratch)).sort(), ['first.html', 'first.json', 'journal', 'old', 'second.html', 'second.json']);
    const [full, ...others] = first.rows;
    assert.equal(full?.name, 'full');
    assert.equal(full.documents, 4);
    // The first member verifies by default, so that naming it changes nothing, to the last digit.
    const named = others.find(({ name }) => name === 'verifier:nano:social');
    assert.deepEqual(named?.perDocument, full.perDocument);
    const page = await readFile(path('first.html'), 'utf8');
    assert.match(page, /^<!doctype html>/i);
    assert.ok(page.includes('--ablate --limit 4 --seed 0'));
    const compared = await run('--compare', path('first.json'), path('second.json'));
    assert.equal(compared.code, 0);
    assert.match(compared.stdout, /full +(\S+) +\1 +\+0\.0 +1\.000/);
  });

  const mistakes: { name: string; words: () => readonly string[]; message: RegExp }[] = [
    { name: 'no data', words: () => [], message: /--data is missing/ },
    { name: 'data that do not exist', words: () => ['--data', path('none.jsonl')], message: /Expected a data set, .* does not exist/ },
    {
      name: 'a journal of another run',
      words: () => [...sets, '--limit', '3', '--journal', path('journal')],
      message: /another experiment: .*limit/,
    },
    {
      name: 'a folder that is none',
      words: () => [...sets, '--json', path('no/such/file.json')],
      message: /file\.json cannot be written: check that \S+such exists/,
    },
    {
      name: 'a folder in place of a file',
      words: () => [...sets, '--html', scratch],
      message: /is a directory; expected the path of a file/,
    },
    { name: 'one file to compare', words: () => ['--compare', path('first.json')], message: /two files that eval --json wrote/ },
    { name: 'a file that is no experiment', words: () => ['--compare', path('first.json'), path('journal')], message: /is no experiment/ },
  ];
  for (const { name, words, message } of mistakes) {
    test(`says what is wrong and exits with 2: ${name}`, async () => {
      const { code, stdout, stderr } = await run(...words());
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
  }
});
