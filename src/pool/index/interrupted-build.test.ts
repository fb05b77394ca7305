import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NerError } from '../../error.ts';
import { buildIndex } from './build-index.ts';
import { bytesOf, directories, refuses } from './directories.fixture.ts';
import { madeUpOptions, madeUpPool } from './pool.fixture.ts';

const { signal } = new AbortController();
const { built, newDirectory } = directories();

test('a build that was aborted keeps what it had done', async () => {
  const directory = await newDirectory();
  const controller = new AbortController();
  const stopping = madeUpOptions(async ({ id, entities }) => {
    if (id === 'p90') controller.abort('enough');
    return { spans: entities };
  });
  await assert.rejects(buildIndex(madeUpPool(100), directory, stopping, controller.signal), (reason) => reason === 'enough');
  await refuses(directory, /is missing; expected an index/);
  const { worked } = await buildIndex(madeUpPool(100), directory, madeUpOptions(), signal);
  assert.ok(worked <= 30, String(worked));
});

const continuations = [
  { name: 'gold mentions of the types in another order', candidateSpans: 'gold', types: ['town', 'person'], isKept: true },
  { name: 'gold mentions of other types', candidateSpans: 'gold', types: ['person'], isKept: false },
  { name: 'noun chunks with other types', candidateSpans: 'chunks', types: ['town'], isKept: true },
  { name: 'models that are asked about types in another order', candidateSpans: 'models', types: ['town', 'person'], isKept: false },
] as const;
for (const { name, candidateSpans, types, isKept } of continuations) {
  test(`what an aborted build had done is ${isKept ? 'kept' : 'done anew'} for ${name}`, async () => {
    const directory = await newDirectory();
    const controller = new AbortController();
    const usual = madeUpOptions();
    const settings = { ...usual.settings, candidateSpans };
    const onProgress = (_: string, done: number) => done === 40 && controller.abort('enough');
    await assert.rejects(
      buildIndex(madeUpPool(50), directory, { ...usual, settings, onProgress }, controller.signal),
      (reason) => reason === 'enough',
    );
    const other = { ...usual, settings: { ...settings, types: [...types] } };
    const { worked } = await buildIndex(madeUpPool(50), directory, other, signal);
    assert.equal(worked < 50, isKept, String(worked));
    assert.deepEqual(await bytesOf(directory), await bytesOf(await built(50, other)));
  });
}

const fixture = fileURLToPath(new URL('build.fixture.ts', import.meta.url));

test('however slow its sentences are, a kill costs a build only the last of them', async () => {
  const directory = await newDirectory();
  const child = spawn(process.execPath, [fixture, directory, '250'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const lines of child.stdout) if (/sentences 4\n/.test(String(lines))) break;
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { worked } = await buildIndex(madeUpPool(300), directory, madeUpOptions(), signal);
  assert.ok(worked <= 297, `worked out ${worked} of 300`);
});

test('killed ten times at random moments, a build ends in the bytes of an undisturbed one', { timeout: 120_000 }, async () => {
  const directory = await newDirectory();
  const build = () => spawn(process.execPath, [fixture, directory], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (let kill = 0; kill < 10; kill++) {
    const child = build();
    await Promise.race([once(child, 'exit'), setTimeout(150 + Math.random() * 500)]);
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
  const [code] = await once(build(), 'exit');
  assert.equal(code, 0);
  assert.deepEqual(await bytesOf(directory), await bytesOf(await built(300)));
});

test('what a build left is refused if it is damaged, and says what to do', async () => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'build.sqlite'), 'cut off by a power cut');
  await assert.rejects(buildIndex(madeUpPool(3), directory, madeUpOptions(), signal), (error) => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input', String(error));
    assert.match(error.message, /build\.sqlite, .* cannot be used: .*delete it and run `el4ner index` again/);
    return true;
  });
});

test('two builds in one directory do not mix', async () => {
  const directory = await newDirectory();
  const late = madeUpOptions(async ({ entities }) => {
    await setTimeout(20);
    return { spans: entities };
  });
  const first = buildIndex(madeUpPool(5), directory, late, signal);
  await setTimeout(10);
  await assert.rejects(buildIndex(madeUpPool(5), directory, madeUpOptions(), signal), /Another process is building/);
  await first;
});
