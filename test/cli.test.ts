import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { serveModel } from '../src/model/openai-server.fixture.ts';
import { scriptedModel } from '../src/model/scripted.ts';

const repository = dirname(import.meta.dirname);
const unreachable = 'http://127.0.0.1:9/v1#x';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cli-'));
});
after(() => rm(scratch, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, content);
  return path;
}

function start(...words: readonly string[]): ChildProcessWithoutNullStreams {
  const environment = { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' };
  return spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), ...words], { env: environment });
}

async function ending(child: ChildProcessWithoutNullStreams) {
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

async function run(...words: readonly string[]) {
  const child = start(...words);
  child.stdin.end();
  return ending(child);
}

describe('extract', { concurrency: 2 }, () => {
  test('finds entities with the bundled models, at the offsets of the text as it came', async () => {
    const child = start('extract', '-', 'Barack Obama met Angela Merkel in Berlin.', '--types', 'person,city', '--format', 'json');
    child.stdin.end('İstanbul 🎉 and Ankara');
    const { code, stdout, stderr } = await ending(child);
    assert.deepEqual([code, stderr], [0, '']);
    const documents: { id: string; text: string; entities: { start: number; end: number; text: string; type: string; score: number }[] }[] =
      JSON.parse(stdout);
    assert.deepEqual(
      documents.map(({ id, text }) => [id, text]),
      [
        ['stdin', 'İstanbul 🎉 and Ankara'],
        ['2', 'Barack Obama met Angela Merkel in Berlin.'],
      ],
    );
    assert.ok(documents.some(({ entities }) => entities.length > 0));
    for (const { text, entities } of documents) {
      for (const entity of entities) {
        assert.deepEqual(Object.keys(entity), ['start', 'end', 'text', 'type', 'score']);
        assert.equal(text.slice(entity.start, entity.end), entity.text);
        assert.ok(['person', 'city'].includes(entity.type) && entity.score >= 0 && entity.score <= 1);
      }
    }
  });

  test('uses the types of the pool, and its sentences as demonstrations', async () => {
    const row = (text: string) => `{"text":"${text}","entities":[{"start":0,"end":3,"type":"human"}]}\n`;
    const pool = await file('pool.jsonl', row('Eve works at Acme.') + row('Bob slept.'));
    const { code, stdout } = await run(
      'extract',
      '--pool',
      pool,
      '--k',
      '1',
      '--models',
      'nano:general',
      '--format',
      'ndjson',
      '--trace',
      'Ada slept in Rome.',
    );
    assert.equal(code, 0);
    const [{ document }] = JSON.parse(stdout).trace.windows;
    assert.deepEqual(document.types, [{ name: 'human' }]);
    assert.equal(document.retrieval.demonstrations.length, 1);
    assert.match(document.calls[0].exchanges[0].prompt, /human/);
  });

  test('a failed document is told, the others are printed, and the exit code says so', async () => {
    await using server = await serveModel(scriptedModel({ answer: () => [] }));
    server.stage({ kind: 'status', status: 404 });
    const { code, stdout, stderr } = await run('extract', 'Ada', 'Bob', '--models', `${server.url}/v1#test-model`, '--format', 'ndjson');
    assert.equal(code, 1);
    const [failed, found, ...rest] = stdout.split('\n');
    assert.match(failed ?? '', /^\{"id":"1","text":"Ada","error":\{"code":"no-quorum","message":"[^{]*\(404\)/);
    assert.deepEqual([found, ...rest], ['{"id":"2","text":"Bob","entities":[]}', '']);
    assert.match(stderr, /^el4ner: document 1 failed\. .*\n$/);
  });

  test('an interruption ends it with 130, and what was finished is kept', async () => {
    let interrupt = (): void => assert.fail('asked before the program ran');
    const answer = (task: { readonly text: string }) => {
      if (task.text === 'Ada') return [];
      interrupt();
      return new Promise<never>(() => {});
    };
    await using server = await serveModel(scriptedModel({ answer }));
    const child = start('extract', 'Ada', 'Bob', '--models', `${server.url}/v1#test-model`, '--format', 'json');
    interrupt = () => void child.kill('SIGINT');
    const { code, stdout, stderr } = await ending(child);
    assert.equal(code, 130);
    assert.deepEqual(JSON.parse(stdout), [{ id: '1', text: 'Ada', entities: [] }]);
    assert.equal(stderr, 'el4ner: interrupted\n');
  });

  test('an interruption ends the wait for the standard input', async () => {
    const child = start('extract', '-', '--models', unreachable);
    child.stdin.write('a'.repeat(1_000_000), () => child.kill('SIGINT')); // more than a pipe holds, so that it is reading
    const { code, stdout } = await ending(child);
    assert.deepEqual([code, stdout], [130, '']);
  });

  test('rows before an unreadable one are printed', async () => {
    const path = await file('documents.jsonl', '{"text":""}\n{"text":" "}\n{"txt":""}\n');
    const { code, stdout, stderr } = await run('extract', '--file', path, '--workers', '3', '--models', unreachable, '--format', 'ndjson');
    assert.equal(code, 2);
    assert.equal(stdout, '{"id":"documents.jsonl:1","text":"","entities":[]}\n{"id":"documents.jsonl:2","text":" ","entities":[]}\n');
    assert.match(stderr, /^el4ner: .*documents\.jsonl:3 cannot be read\. text: expected string.*\n$/);
  });

  test('it ends quietly when nobody reads on', async () => {
    const path = await file('many.jsonl', '{"text":""}\n'.repeat(20_000));
    const child = start('extract', '--file', path, '--models', unreachable, '--format', 'ndjson');
    child.stdout.once('data', () => child.stdout.destroy());
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    assert.deepEqual([code, stderr], [0, '']);
  });
});

describe('mistakes are told in a sentence, with what to do', { concurrency: 2 }, () => {
  const cases: Record<string, readonly [words: () => Promise<readonly string[]>, code: number, message: RegExp]> = {
    'an unknown command': [async () => ['extrat', 'a'], 2, /^el4ner: unknown command 'extrat'\n\(Did you mean extract\?\)\n$/],
    'an unknown flag': [
      async () => ['extract', '--tpyes', 'a', 'b'],
      2,
      /^el4ner: unknown option '--tpyes'\n\(Did you mean --types\?\)\n$/,
    ],
    'an unknown format': [
      async () => ['extract', '--format', 'xml', 'a'],
      2,
      /'xml' is invalid\. Allowed choices are text, json, ndjson, html, conll\.\n$/,
    ],
    'a number that is none': [
      async () => ['extract', '--k', 'few', 'a'],
      2,
      /^el4ner: --k is "few"; expected a whole number of at least 0\.\n$/,
    ],
    'a format without room for a trace': [async () => ['extract', '--format', 'conll', '--trace', 'a'], 2, /^el4ner: .* Use text, json/],
    'a missing file': [
      async () => ['extract', '--file', 'nothing.txt'],
      2,
      /^el4ner: Expected a text .* at nothing\.txt, but it does not exist\./,
    ],
    'an unreadable row of the pool': [
      async () => ['extract', '--pool', await file('bad.jsonl', '{"text":"","entities":[{"start":0,"end":1,"type":"x"}]}'), 'a'],
      2,
      /bad\.jsonl:1 cannot be read\. Offset 1 is outside the text/,
    ],
    'an unknown model': [
      async () => ['extract', '--models', 'nano:huge', 'a'],
      2,
      /^el4ner: No bundled model is called "huge"\. Known are nano:social/,
    ],
    'an unknown form of URI': [
      async () => ['extract', '--models', 'foo:bar', 'a'],
      2,
      /^el4ner: "foo:bar" names no model\. Known forms are nano:NAME/,
    ],
    'more of a quorum than there are models': [
      async () => ['extract', '--quorum', '2', '--models', unreachable, 'a'],
      2,
      /quorum is 2; expected/,
    ],
    'a model that is not there': [
      async () => ['extract', '--models', 'gguf:nothing.gguf', 'a'],
      3,
      /^el4ner: The model gguf:nothing\.gguf did not load/,
    ],
    'a server that is not there': [async () => ['extract', '--models', unreachable, 'a'], 3, /127\.0\.0\.1:9\/v1.* Start the server there/],
    'a check that fails': [async () => ['doctor', '--models', unreachable], 3, /^$/],
  };
  for (const [name, [words, expected, message]] of Object.entries(cases)) {
    test(name, async () => {
      const { code, stderr } = await run(...(await words()));
      assert.equal(code, expected);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n\s+at /, 'a stack trace');
    });
  }

  test('and where it comes from with EL4NER_DEBUG=1', async () => {
    const child = spawn(process.execPath, [join(repository, 'src', 'cli', 'main.ts'), 'extract', '--file', 'nothing.txt'], {
      env: { ...process.env, EL4NER_DEBUG: '1' },
    });
    child.stdin.end();
    const { code, stderr } = await ending(child);
    assert.equal(code, 2);
    assert.match(stderr, /\n\s+at [\s\S]*\[cause\]: Error: ENOENT/);
  });
});

describe('the rest', { concurrency: 2 }, () => {
  for (const command of [[], ['extract'], ['worker'], ['models'], ['models', 'ls'], ['doctor'], ['demo']]) {
    const words = ['el4ner', ...command].join(' ');
    test(`${words} --help shows examples`, async () => {
      const { code, stdout } = await run(...command, '--help');
      assert.equal(code, 0);
      assert.ok(stdout.startsWith(`Usage: ${words} [options]`) && stdout.includes(`\nExamples:\n  $ ${words}`), stdout);
    });
  }

  test('--version is that of the package', async () => {
    const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    assert.deepEqual(await run('--version'), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('models ls lists the bundled models, whose files are as they were made', async () => {
    const { code, stdout } = await run('models', 'ls', '--format', 'json');
    assert.equal(code, 0);
    const { bundled, uriForms } = JSON.parse(stdout);
    assert.deepEqual(
      bundled.map((model: { uri: string; integrity: string }) => [model.uri, model.integrity]),
      [
        ['nano:social', 'ok'],
        ['nano:general', 'ok'],
        ['nano:bio', 'ok'],
      ],
    );
    assert.ok(uriForms.length > 3);
  });

  test('doctor measures a model that works', async () => {
    const { code, stdout } = await run('doctor', '--models', 'nano:social');
    assert.equal(code, 0);
    assert.match(stdout, /^ok {4}node .*\nok {4}llama\.cpp .*\nok {4}nano:social {2}ready in \d+ ms, [1-9]\d* tokens\/s in \d+ ms\n$/);
  });
});
