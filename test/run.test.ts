import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { randomIntegers } from '../src/random.ts';

const repository = dirname(import.meta.dirname);
const cli = join(repository, 'src', 'cli', 'main.ts');
const corpus = join(repository, 'examples', 'corpus', 'news');
/** Kills of one run; a longer test has more. */
const kills = Number(process.env['EL4NER_TEST_KILLS'] ?? 8);
/** So many that the run is killed so often before it is done. */
const documents = 800 * kills;

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-run-cli-'));
  const sentences = (await readFile(join(corpus, 'test.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).text);
  const rows = Array.from({ length: documents }, (_, at) =>
    JSON.stringify({ id: `${at}`, text: `${sentences[at % sentences.length]} (${at})` }),
  );
  await writeFile(join(scratch, 'corpus.jsonl'), `${rows.join('\n')}\n`);
});
after(() => rm(scratch, { recursive: true }));

const path = (name: string): string => join(scratch, name);

/** `el4ner run` with the member that learns from the pool, which is quick. */
function start(out: string, ...words: readonly string[]): ChildProcess {
  const asked = ['run', path('corpus.jsonl'), '--pool', join(corpus, 'pool.jsonl'), '--models', 'pool:tagger', '--verifier', 'nobody'];
  return spawn(process.execPath, [cli, ...asked, '--out', path(out), ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
}

async function end(process: ChildProcess): Promise<{ code: number | null; err: string }> {
  const [err, [code]] = await Promise.all([text(process.stderr ?? assert.fail()), once(process, 'exit')]);
  return { code, err };
}

const size = (name: string): Promise<number> =>
  stat(path(name)).then(
    ({ size }) => size,
    () => 0,
  );

/** Waits until a run has written more than before. */
async function growth(name: string, process: ChildProcess): Promise<void> {
  const before = await size(name);
  while (process.exitCode === null && (await size(name)) <= before) await setTimeout(5);
}

describe('el4ner run', () => {
  test('killed again and again, gives in the end what it gives undisturbed', async (context) => {
    const undisturbed = await end(start('whole.ndjson'));
    assert.equal(undisturbed.code, 0, undisturbed.err);
    const random = randomIntegers(1);
    let killed = 0;
    while (killed < kills) {
      const process = start('killed.ndjson', '--resume', '--workers', '3');
      const ended = end(process);
      await growth('killed.ndjson', process);
      await setTimeout(random() % 300);
      process.kill('SIGKILL');
      if ((await ended).code === 0) break; // it was quicker
      killed++;
    }
    const last = await end(start('killed.ndjson', '--resume'));
    assert.equal(last.code, 0, last.err);
    context.diagnostic(`killed ${killed} times`);
    assert.equal(killed, kills);
    assert.deepEqual(await readFile(path('killed.ndjson')), await readFile(path('whole.ndjson')));
  });

  test('interrupted, finishes what is in work and says how to go on', async () => {
    const process = start('interrupted.ndjson');
    const ended = end(process);
    await growth('interrupted.ndjson', process);
    process.kill('SIGINT');
    const { code, err } = await ended;
    assert.equal(code, 130, err);
    assert.match(err, /stopped after [\d,]+ documents?; the same command with --resume goes on/);
    const lines = (await readFile(path('interrupted.ndjson'), 'utf8')).trim().split('\n');
    assert.ok(lines.length < documents);
    const again = await end(start('interrupted.ndjson', '--resume', '--progress', 'json'));
    assert.equal(again.code, 0, again.err);
    assert.match(again.err, new RegExp(`el4ner: ${lines.length.toLocaleString('en')} documents? done before; going on`));
    const last = JSON.parse(again.err.match(/^\{.*\}$/gm)?.at(-1) ?? '');
    assert.deepEqual([last.documents, last.failed, last.total, last.secondsLeft], [documents, 0, documents, 0]);
    assert.deepEqual(await readFile(path('interrupted.ndjson')), await readFile(path('whole.ndjson')));
  });

  test('refuses to go on with a changed corpus', async () => {
    await appendFile(path('corpus.jsonl'), '{"text": "One more."}\n');
    const { code, err } = await end(start('whole.ndjson', '--resume'));
    assert.equal(code, 2);
    assert.match(err, /was begun otherwise: corpus differs/);
  });
});
