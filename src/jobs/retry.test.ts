import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { failedDocuments, mergeRetry, removeMergedRetry, removeRetry, retryPath } from './retry.ts';
import { newPaths, openRunFiles, type RunFiles, runPaths } from './run-files.ts';

const identity = { corpus: 'abc' };
let directory: string;
let out: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'el4ner-retry-'));
  out = join(directory, 'out.ndjson');
});
afterEach(() => rm(directory, { recursive: true }));

const failure = (index: number) => JSON.stringify({ index, id: `d${index}`, text: 'one\u2028line' });

/** A run of ten documents, of which some failed. */
async function run(failing: readonly number[]): Promise<void> {
  await using files = await openRunFiles(out, identity, { resume: false });
  for (let index = 0; index < 10; index++) {
    const hasFailed = failing.includes(index);
    await files.add(hasFailed ? failure(index) : JSON.stringify(index), hasFailed ? 'failure' : 'result');
  }
  await files.commit({ isLast: true });
}

/** A retry of what failed, of which some fail again. */
async function retry(failing: readonly number[], stillFailing: readonly number[], through = (files: RunFiles) => files): Promise<void> {
  {
    await using files = await openRunFiles(out, identity, { resume: true });
    const retrying = { ...identity, retry: files.checkpoint.retries ?? 0 };
    await removeMergedRetry(out, retrying.retry);
    await using retried = await openRunFiles(retryPath(out), retrying, { resume: true });
    if (!retried.checkpoint.isLast) {
      for (const index of failing) {
        const hasFailed = stillFailing.includes(index);
        await retried.add(hasFailed ? failure(index) : JSON.stringify(index), hasFailed ? 'failure' : 'result');
      }
      await retried.commit({ isLast: true });
    }
    await mergeRetry(out, through(files), retried);
  }
  await removeRetry(out);
}

const resultsOfRun = async () => (await readFile(out, 'utf8')).trim().split('\n').map(Number);
const failures = async () => (await Array.fromAsync(failedDocuments(out))).map(({ index }) => index);

test('what failed and did not again stands where it belongs', async () => {
  await run([0, 3, 4, 9]);
  assert.deepEqual(await resultsOfRun(), [1, 2, 5, 6, 7, 8]);
  await retry([0, 3, 4, 9], [4]);
  assert.deepEqual(await resultsOfRun(), [0, 1, 2, 3, 5, 6, 7, 8, 9]);
  assert.deepEqual(await failures(), [4]);
  const names = Object.values(runPaths('out.ndjson')).filter((name) => !name.endsWith('.lock'));
  assert.deepEqual((await readdir(directory)).sort(), names.sort());
});

test('it can be retried until nothing fails any more', async () => {
  await run([1, 2, 3]);
  await retry([1, 2, 3], [2]);
  await retry([2], []);
  assert.deepEqual(await resultsOfRun(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(await failures(), []);
  await using files = await openRunFiles(out, identity, { resume: true });
  assert.deepEqual([files.checkpoint.documents, files.checkpoint.failed, files.checkpoint.isLast], [10, 0, true]);
});

test('broken off while files are merged, it is merged once', async () => {
  await run([1, 2, 3]);
  const breaking = (files: RunFiles): RunFiles => ({
    ...files,
    checkpoint: files.checkpoint,
    replace: () => Promise.reject(new Error('killed')),
  });
  await assert.rejects(retry([1, 2, 3], [2], breaking), /killed/);
  assert.deepEqual(await resultsOfRun(), [0, 4, 5, 6, 7, 8, 9]);
  await retry([1, 2, 3], [2]);
  assert.deepEqual(await resultsOfRun(), [0, 1, 3, 4, 5, 6, 7, 8, 9]);
});

test('broken off between the two files, the next opening moves the other', async () => {
  await run([1, 2, 3]);
  const before = await readFile(runPaths(out).failures);
  await retry([1, 2, 3], [2]);
  const after = await readFile(runPaths(out).failures);
  // As if the process had ended when the results were in place and the failures not yet.
  await writeFile(runPaths(out).failures, before);
  await writeFile(newPaths(out).failures, after);
  const journal = (await readFile(runPaths(out).journal, 'utf8')).trim().split('\n');
  await appendFile(runPaths(out).journal, `${JSON.stringify({ ...JSON.parse(journal.at(-1) ?? ''), isReplacing: true })}\n`);
  await using files = await openRunFiles(out, identity, { resume: true });
  assert.equal(files.checkpoint.failed, 1);
  assert.deepEqual(await failures(), [2]);
  assert.deepEqual(await resultsOfRun(), [0, 1, 3, 4, 5, 6, 7, 8, 9]);
  const journalled = (await readFile(runPaths(out).journal, 'utf8')).trim().split('\n');
  assert.ok(!('isReplacing' in JSON.parse(journalled.at(-1) ?? '')), 'replacing is over');
});

test('what a later retry leaves half made takes the place of nothing', async () => {
  await run([1, 2, 3]);
  await retry([1, 2, 3], [2]);
  const whole = await readFile(out, 'utf8');
  await writeFile(newPaths(out).results, whole.slice(0, 5));
  await using files = await openRunFiles(out, identity, { resume: true });
  assert.equal(files.checkpoint.failed, 1);
  assert.equal(await readFile(out, 'utf8'), whole);
});

for (const left of ['all of it', 'the journal alone', 'the results alone'] as const) {
  test(`a retry that was merged, of which ${left} is left, does not stand in the way of the next one`, async () => {
    await run([1, 2, 3]);
    const { results, journal } = runPaths(retryPath(out));
    const kept = new Map<string, Buffer>();
    await retry([1, 2, 3], [2], (files) => ({
      ...files,
      checkpoint: files.checkpoint,
      async replace(failed) {
        await files.replace(failed);
        for (const path of [results, journal]) kept.set(path, await readFile(path));
      },
    }));
    for (const [path, bytes] of kept) {
      if (left === 'all of it' || (path === journal) === (left === 'the journal alone')) await writeFile(path, bytes);
    }
    await retry([2], []);
    assert.deepEqual(await failures(), []);
    assert.deepEqual(await resultsOfRun(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
}
