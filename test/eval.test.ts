import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import type { Experiment } from '../src/experiment/experiment.ts';
import { serveModel } from '../src/model/openai-server.fixture.ts';
import { type Script, scriptedModel } from '../src/model/scripted.ts';

const repository = dirname(import.meta.dirname);
const corpus = join(repository, 'examples', 'corpus', 'clinical');
const sets = ['--data', join(corpus, 'test.jsonl'), '--pool', join(corpus, 'pool.jsonl')];

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-eval-'));
});
after(() => rm(scratch, { recursive: true }));
const path = (name: string) => join(scratch, name);

function start(...words: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), 'eval', ...words], {
    env: { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' },
  });
  child.stdin.end();
  return child;
}

async function ending(child: ChildProcessWithoutNullStreams) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const run = (...words: readonly string[]) => ending(start(...words));

async function experimentAt(name: string): Promise<Experiment> {
  return JSON.parse(await readFile(path(name), 'utf8')) as Experiment; // `eval --json` wrote it
}

/** Sentences of one mention each, as a file. */
async function labelled(name: string, ...sentences: readonly (readonly [id: string, text: string, type: string])[]): Promise<string> {
  const rows = sentences.map(([id, text, type]) => ({ id, text, entities: [{ start: 0, end: text.indexOf(' '), type }] }));
  await writeFile(path(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path(name);
}

const people = [
  ['a', 'Ada slept', 'person'],
  ['b', 'Bob ate', 'person'],
] as const;
const unreachable = 'http://127.0.0.1:9/v1#x';

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
    assert.equal(outcomes[0]?.stdout, outcomes[1]?.stdout);
    const [first, second] = [await experimentAt('first.json'), await experimentAt('second.json')];
    assert.deepEqual(timeless(second), timeless(first));
    const systems = first.rows.map(({ name }, index) => `el4ner: system ${index + 1} of ${first.rows.length}: ${name}\n`).join('');
    for (const { code, stderr } of outcomes) assert.deepEqual([code, stderr], [0, systems]);
    assert.equal(first.manifest.command, `el4ner eval --data ${sets[1]} --pool ${sets[3]} --ablate --limit 4 --seed 0`);
    // A file is replaced as a whole and never written into.
    assert.equal(await readFile(path('old'), 'utf8'), 'old');
    assert.deepEqual((await readdir(scratch)).sort(), ['first.html', 'first.json', 'journal', 'old', 'second.html', 'second.json']);
    const [full, ...others] = first.rows;
    assert.equal(full?.name, 'full');
    assert.equal(full.documents, 4);
    // All members verify by default, so that naming them changes nothing, to the last digit.
    const named = others.find(({ name }) => name === 'verifier:all');
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
      words: () => [...sets, '--limit', '3', '--cover-types', '--journal', path('journal')],
      message: /another experiment: .*limit.*options/,
    },
    {
      name: 'a result in place of the data',
      words: () => ['--data', path('first.json'), '--json', path('first.json')],
      message: /--data and --json are both \S+first\.json; expected a file of its own for --json/,
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
    {
      name: 'a comparison and a run',
      words: () => ['--compare', path('first.json'), path('first.json'), '--html', path('page.html'), '--ablate'],
      message: /--compare reads two experiments and runs none; leave out --ablate, --html\./,
    },
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

/** Finds the first word of every text, a person. */
const firstWord: Script = (task) => {
  const [word = ''] = task.text.split(' ');
  switch (task.kind) {
    case 'extract':
      return [word];
    case 'classify':
      return task.mentions.map(() => ({ type: 'person' }));
    case 'verify':
      return task.claims.map(() => ({ yes: true }));
    case 'joint':
      return [{ text: word, type: 'person' }];
    default:
      return task satisfies never;
  }
};

describe('eval with models that are out of order', () => {
  test('a dead member is told once, with its documents, and the others decide', async () => {
    await using server = await serveModel(scriptedModel({ answer: firstWord }));
    const data = await labelled('people.jsonl', ...people);
    const words = ['--data', data, '--models', `${server.url}/v1#test-model,${unreachable}`, '--json', path('dead.json')];
    const { code, stdout, stderr } = await run(...words);
    assert.equal(code, 0);
    assert.match(stdout, /degraded\n.* 2\n$/);
    assert.match(
      stderr,
      /^el4ner: 2 degraded documents, decided without a model that failed: 2 × http:\/\/127\.0\.0\.1:9\/v1#x: Nothing answers at .*\n$/,
    );
    const [row] = (await experimentAt('dead.json')).rows;
    assert.deepEqual([row?.degraded, row?.failed, row?.micro.f1], [2, 0, 1]);
  });

  test('where no model is there it exits with 3 and says why, once', async () => {
    const data = await labelled('people.jsonl', ...people);
    const { code, stderr } = await run('--data', data, '--models', unreachable, '--json', path('none.json'));
    assert.equal(code, 3);
    assert.match(stderr, /^el4ner: 2 failed documents: Nothing answers at .* Start the server there.*\n$/);
    const [row] = (await experimentAt('none.json')).rows;
    assert.match(row?.perDocument[1]?.failure ?? '', /Nothing answers at/);
    assert.equal(row?.failed, 2);
  });

  test('an interruption does not wait for a server that never replies', async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await serveModel(
      scriptedModel({
        answer: () => {
          asked.resolve();
          return new Promise<never>(() => {});
        },
      }),
    );
    const data = await labelled('people.jsonl', ...people);
    const child = start('--data', data, '--models', `${server.url}/v1#test-model`, '--timeout', '600');
    const ended = ending(child);
    await asked.promise;
    const interrupted = performance.now();
    child.kill('SIGINT');
    assert.equal((await ended).code, 130);
    assert.ok(performance.now() - interrupted < 20_000);
  });

  test('an interruption says what the journal has', async () => {
    let interrupt = (): void => assert.fail('asked before the program ran');
    let last = '';
    const answer: Script = (task, signal) => {
      if (task.text !== last) return firstWord(task, signal);
      interrupt();
      return new Promise<never>(() => {});
    };
    await using server = await serveModel(scriptedModel({ answer }));
    const pool = await labelled('pool.jsonl', ['p', 'Eve left', 'person']);
    const sources = [
      '--data',
      await labelled('people.jsonl', ...people),
      '--pool',
      pool,
      '--journal',
      path('broken-off'),
      '--candidate-spans',
      'models',
    ];
    const outcomes: string[] = [];
    for (const [text, signal] of [
      ['Eve left', 'SIGINT'],
      ['Bob ate', 'SIGTERM'],
    ] as const) {
      last = text;
      const child = start(...sources, '--models', `${server.url}/v1#test-model`);
      interrupt = () => void child.kill(signal);
      outcomes.push((await ending(child)).stderr);
    }
    assert.deepEqual(outcomes, [
      'el4ner: Done: 0 of 1 system. Nothing is in the journal yet; the same command begins anew.\nel4ner: interrupted\n',
      'el4ner: Done: 0 of 1 system. The journal has 1 result; the same command goes on with the rest.\nel4ner: interrupted\n',
    ]);
  });
});

describe('eval and the types of its data', () => {
  const mixed = [...people, ['c', 'Rome fell', 'place'], ['d', 'Acme grew', 'firm']] as const;

  test('asks for the types of the whole set, and not of the sample alone', async () => {
    await using server = await serveModel(scriptedModel({ answer: firstWord }));
    const data = await labelled('mixed.jsonl', ...mixed);
    const outputs = ['--json', path('mixed.json')];
    const { code } = await run('--data', data, '--limit', '1', '--models', `${server.url}/v1#test-model`, ...outputs);
    assert.equal(code, 0);
    assert.deepEqual((await experimentAt('mixed.json')).manifest.types, ['person', 'place', 'firm']);
  });

  test('has the models read no more of the pool than --pool-limit, and asks for the types of all of it', async () => {
    const model = scriptedModel({ answer: firstWord });
    await using server = await serveModel(model);
    const pool = await labelled('large-pool.jsonl', ['p', 'Eve left', 'person'], ['q', 'Rome fell', 'place'], ['r', 'Oslo rose', 'place']);
    const words = [
      '--data',
      await labelled('people.jsonl', ...people),
      '--pool',
      pool,
      '--pool-limit',
      '1',
      '--candidate-spans',
      'models',
      '--json',
      path('limited.json'),
    ];
    const { code } = await run(...words, '--models', `${server.url}/v1#test-model`);
    assert.equal(code, 0);
    assert.equal(new Set(model.tasks.map(({ text }) => text).filter((text) => !/Ada|Bob/.test(text))).size, 1);
    assert.deepEqual((await experimentAt('limited.json')).manifest.types, ['person', 'place']);
  });

  test('does not count as missed what --types does not ask for', async () => {
    await using server = await serveModel(scriptedModel({ answer: firstWord }));
    const data = await labelled('mixed.jsonl', ...mixed);
    const pool = await labelled('strange.jsonl', ['p', 'Eve left', 'PER']);
    const outputs = ['--json', path('subset.json')];
    const words = ['--data', data, '--pool', pool, '--types', 'person', '--models', `${server.url}/v1#test-model`, ...outputs];
    const { stderr } = await run(...words);
    assert.deepEqual(stderr.split('\n'), [
      'el4ner: Not scored: 2 gold mentions of types that --types does not name: place, firm.',
      'el4ner: Pool and data have no type in common: PER in the pool, person, place, firm in the data.',
      '',
    ]);
    const [row] = (await experimentAt('subset.json')).rows;
    assert.deepEqual(row?.counts, { truePositives: 2, falsePositives: 2, falseNegatives: 0 });
  });
});
