import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import { NerError } from '../error.ts';
import { type Script, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { type CorpusDocument, runCorpus, skip } from './run-corpus.ts';
import { openRunFiles, type RunFiles, runPaths } from './run-files.ts';

const identity = { corpus: 'abc', options: { k: 5, types: undefined } };
const never = new AbortController().signal;
const corpus: readonly CorpusDocument[] = Array.from({ length: 40 }, (_, at) => ({
  id: `${at}`,
  text: at % 7 === 3 ? 'This one breaks.' : `Ada wrote letter ${at}.`,
}));

let directory: string;
let out: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'el4ner-run-'));
  out = join(directory, 'out.ndjson');
});
afterEach(() => rm(directory, { recursive: true }));

/** Finds the first word; fails on texts that break, and on all where `isDown` says so. */
function reader(isDown: () => boolean = () => false): Script {
  return (task) => {
    if (isDown()) throw new NerError('The server is down.', { code: 'model-unavailable', modelId: 'm' });
    if (task.text.includes('breaks'))
      throw new NerError('It is too long.', { code: 'context-overflow', modelId: 'm', promptTokens: 2, contextTokens: 1 });
    if (task.kind === 'extract') return [task.text.split(' ')[0] ?? ''];
    if (task.kind === 'classify') return task.mentions.map(() => ({ type: 'person' }));
    return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
  };
}

interface RunOptions {
  readonly documents?: readonly CorpusDocument[];
  readonly answer?: Script;
  readonly workers?: number;
  readonly stop?: AbortSignal;
  readonly patienceMs?: number;
  /** Puts something between the run and its files. */
  readonly through?: (files: RunFiles) => RunFiles;
}

async function run(path: string, options: RunOptions = {}): Promise<boolean> {
  const { documents = corpus, answer = reader(), workers = 3, stop = never, patienceMs = 0, through = (files) => files } = options;
  await using recognizer = await createRecognizer({ types: ['person'], models: [scriptedModel({ id: 'm', answer })] });
  await using files = await openRunFiles(path, identity, { resume: true });
  async function* read() {
    yield* documents;
  }
  return await runCorpus({
    documents: read(),
    recognize: (all, done) => recognizer.recognizeAll(skip(all, done), { workers }),
    files: through(files),
    lineOf: (result) => JSON.stringify(result.status === 'failed' ? [result.id] : [result.id, ...result.entities.map(({ text }) => text)]),
    isOutage: ({ detail }) => detail.code === 'no-quorum' && detail.failures.every((one) => one.detail.code === 'model-unavailable'),
    patienceMs,
    stop,
  });
}

const idsIn = (text: string): string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line)[0]);
const ids = async (path: string): Promise<string[]> => idsIn(await readFile(path, 'utf8'));

describe('a run', () => {
  test('has every document once and in order, failed ones in a file of their own', async () => {
    assert.equal(await run(out), true);
    const { results, failures } = runPaths(out);
    const breaks = (at: number) => at % 7 === 3;
    const all = corpus.map(({ id }) => id);
    assert.deepEqual(
      await ids(results),
      all.filter((_, at) => !breaks(at)),
    );
    assert.deepEqual(
      await ids(failures),
      all.filter((_, at) => breaks(at)),
    );
  });

  test('waits for models that are out of order for a while, and not for those that never answered', async () => {
    /** Down for 100 ms after some texts. */
    const faltering = (texts: number) => {
      let asked = 0;
      let downUntil: number | undefined;
      return reader(() => {
        if (asked++ >= texts) downUntil ??= performance.now() + 100;
        return downUntil !== undefined && performance.now() < downUntil;
      });
    };
    await assert.rejects(run(out, { answer: faltering(30) }), /documents in a row failed for want of models/);
    for (const file of Object.values(runPaths(out))) await rm(file, { force: true });
    assert.equal(await run(out, { answer: faltering(30), patienceMs: 1000 }), true);
    const all = [...(await ids(out)), ...(await ids(runPaths(out).failures))];
    assert.deepEqual(new Set(all).size, corpus.length);
    const started = performance.now();
    await assert.rejects(run(join(directory, 'other.ndjson'), { answer: faltering(0), patienceMs: 60_000 }), /for want of models/);
    assert.ok(performance.now() - started < 30_000);
  });

  test('that is done stays as it is', async () => {
    await run(out);
    const before = await readFile(out);
    const asked = scriptedModel({ id: 'm', answer: reader() });
    assert.equal(await run(out, { answer: () => assert.fail('asked') }), true);
    assert.deepEqual(await readFile(out), before);
    assert.equal(asked.tasks.length, 0);
  });

  test('gives the same bytes, wherever and however often it breaks off, and whatever it leaves behind', async () => {
    const whole = join(directory, 'whole.ndjson');
    await run(whole);
    const crash = fc.record({
      /** Calls to the files after which it crashes. */
      after: fc.nat(60),
      committing: fc.boolean(),
      torn: fc.record({
        results: fc.string(),
        failures: fc.string(),
        journal: fc.constantFrom('', '{"documents":4', 'null\n', '\u0000\u0000\n'),
      }),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(crash, { maxLength: 4 }), async (crashes) => {
        const path = join(directory, `${number++}.ndjson`);
        for (const { after, committing, torn } of crashes) {
          await run(path, { through: (files) => crashing(files, after, committing) }).catch(() => undefined);
          const paths = runPaths(path);
          for (const name of ['results', 'failures', 'journal'] as const) await appendFile(paths[name], torn[name]);
        }
        assert.equal(await run(path), true);
        for (const name of ['results', 'failures'] as const)
          assert.deepEqual(await readFile(runPaths(path)[name]), await readFile(runPaths(whole)[name]), name);
      }),
      { numRuns: 60 },
    );
  });

  test('that is stopped finishes what is in work, and goes on', async () => {
    const stopping = new AbortController();
    const gold = reader();
    const answer: Script = (task, signal) => {
      if (task.text.includes('letter 11')) stopping.abort();
      return gold(task, signal);
    };
    assert.equal(await run(out, { answer, stop: stopping.signal, workers: 2 }), false);
    const done = await ids(out);
    assert.ok(done.includes('11') && done.length < 14, `${done}`);
    assert.equal(await run(out), true);
    assert.equal((await ids(out)).length + (await ids(runPaths(out).failures)).length, corpus.length);
  });

  test('ends at an outage without counting its documents as failed', async () => {
    let calls = 0;
    const isDown = () => ++calls > 40;
    await assert.rejects(run(out, { answer: reader(isDown) }), /10 documents in a row failed for want of models.*The server is down/);
    assert.ok((await ids(runPaths(out).failures)).every((id) => Number(id) % 7 === 3));
    assert.equal(await run(out), true);
    assert.equal((await ids(out)).length, corpus.filter((_, at) => at % 7 !== 3).length);
  });

  test('of which every document is such that it fails for want of models has none failed', async () => {
    await assert.rejects(run(out, { answer: reader(() => true), documents: corpus.slice(0, 2) }), /2 documents in a row failed/);
    assert.deepEqual(await ids(runPaths(out).failures), []);
  });

  test('counts documents as failed that failed for want of models where others did not', async () => {
    let calls = 0;
    const isDown = () => ++calls % 20 === 0;
    assert.equal(await run(out, { answer: reader(isDown), workers: 1 }), true);
    const failed = await ids(runPaths(out).failures);
    assert.ok(failed.some((id) => Number(id) % 7 !== 3));
    assert.deepEqual([...failed, ...(await ids(out))].sort(), corpus.map(({ id }) => id).sort());
  });
});

describe('the files of a run', () => {
  const open = (path: string, resume: boolean, other: Readonly<Record<string, unknown>> = identity) =>
    openRunFiles(path, other, { resume });

  test('are refused to a run that is another, by what differs', async () => {
    await run(out);
    await assert.rejects(open(out, true, { ...identity, corpus: 'abd' }), /was begun otherwise: corpus \(abd here, abc there\) differs/);
    await assert.rejects(open(out, true, { ...identity, options: { k: 4 }, models: [] }), /--k.*models.* differ/);
    await assert.rejects(open(out, false), /There is a run to .*--resume/);
  });

  test("are not made of what is somebody else's", async () => {
    await writeFile(out, 'my notes');
    await assert.rejects(open(out, true), /is there already, and no run wrote it/);
    await rm(out);
    await writeFile(runPaths(out).failures, 'my notes');
    await assert.rejects(open(out, true), /failed\.ndjson is there already, and no run wrote it/);
    await rm(runPaths(out).failures);
    await writeFile(runPaths(out).journal, 'my notes');
    await assert.rejects(open(out, true), /is no journal of a run/);
    await writeFile(runPaths(out).journal, 'my notes\n');
    await assert.rejects(open(out, true), /is no journal of a run/);
  });

  test("are one process' at a time, until it has ended anyhow", async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
    const { lock } = runPaths(out);
    const place = await (async () => {
      await using _ = await open(out, true);
      return (await readFile(lock, 'utf8')).split(' ')[1];
    })();
    await writeFile(lock, `${other.pid} ${place}`);
    await assert.rejects(open(out, true), new RegExp(`The process ${other.pid} works on this run already`));
    other.kill('SIGKILL');
    await once(other, 'exit');
    await using files = await open(out, true);
    assert.equal(files.checkpoint.documents, 0);
  });

  test('are not taken from a process elsewhere that lives, and whatever a lock says, something is said of it', async () => {
    const { lock } = runPaths(out);
    for (const content of [`${process.pid} elsewhere//`, 'abc', '\0\0\0', '']) {
      await writeFile(lock, content);
      await assert.rejects(open(out, true), /A process elsewhere works on this run already/);
      const old = new Date(Date.now() - 120_000);
      await utimes(lock, old, old);
      await (await open(out, true))[Symbol.asyncDispose]();
    }
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name.includes('.lock')),
      [],
    );
  });

  test('that are shorter than their journal says are refused', async () => {
    await run(out);
    await writeFile(out, '');
    await assert.rejects(open(out, true), { detail: { code: 'unwritable-output', path: out } });
  });

  test('cannot be where there is no directory', async () => {
    await assert.rejects(open(join(directory, 'none', 'out.ndjson'), true), /cannot be written: no such file or directory/);
  });
});

/** Files that fail after so many calls, before the call has any effect. */
function crashing(files: RunFiles, after: number, committing: boolean): RunFiles {
  let left = after;
  const may = () => {
    if (left-- <= 0) throw new Error('crash');
  };
  return {
    id: files.id,
    get checkpoint() {
      return files.checkpoint;
    },
    async add(line, kind) {
      may();
      await files.add(line, kind);
      if (committing) await files.commit();
    },
    async commit(options) {
      may();
      await files.commit(options);
    },
    replace: (failed) => files.replace(failed),
    [Symbol.asyncDispose]: () => files[Symbol.asyncDispose](),
  };
}
