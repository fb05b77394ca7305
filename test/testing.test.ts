import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type Embedder, NerError } from '../src/index.ts';
import { embedderConformance } from '../src/testing.ts';

/** An embedder as a user of the package may write one: it counts letters. */
function letterEmbedder(): Embedder {
  const id = 'letters@1';
  let isDisposed = false;
  return {
    id,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (const [index, text] of ['', ...texts].entries()) {
        if (index % 10 === 0) await setImmediate();
        signal.throwIfAborted();
        if (isDisposed) throw new NerError(`${id} has been disposed of.`, { code: 'model-failed', modelId: id });
        vectors.push(letterCounts(text));
      }
      return vectors.slice(1);
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
    },
  };
}

function letterCounts(text: string): Float32Array {
  const counts = new Float32Array(64);
  for (const character of text.trim()) {
    const place = (character.codePointAt(0) ?? 0) % counts.length;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const length = Math.hypot(...counts);
  return length === 0 ? counts : counts.map((count) => count / length);
}

embedderConformance('one of a user', async () => ({ embedder: letterEmbedder(), async [Symbol.asyncDispose]() {} }));

test('the suite for embedders finds what one does wrong, and nothing else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-testing-'));
  const script = join(directory, 'faulty.test.mjs');
  await writeFile(
    script,
    // Its vectors have another length than 1 and hardly tell texts apart, and it hears of no abort or disposal once it has begun.
    `import { embedderConformance } from ${JSON.stringify(new URL('../src/testing.ts', import.meta.url).href)};
     const embedder = {
       id: 'faulty@1',
       async embed(texts, signal) {
         signal.throwIfAborted();
         return texts.map((text) => Float32Array.of(text.trim().length, 1));
       },
       async [Symbol.asyncDispose]() {},
     };
     embedderConformance('a faulty one', async () => ({ embedder, async [Symbol.asyncDispose]() {} }));`,
  );
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // else the runner takes it for a part of this test
  const { code, out } = await new Promise<{ code: unknown; out: string }>((resolve) => {
    execFile(process.execPath, ['--test', '--test-reporter=tap', script], { env }, (error, out) =>
      resolve({ code: error?.code ?? 0, out }),
    );
  });
  await rm(directory, { recursive: true });
  assert.equal(code, 1, out);
  const titles = (start: string) => [...out.matchAll(new RegExp(`^ {4}${start}ok \\d+ - (.+)$`, 'gm'))].map(([, title]) => title);
  assert.deepEqual(titles('not '), [
    'gives unit vectors of one dimension',
    'keeps the order of the texts, and gives each the vector that it has alone',
    'gives blank texts the zero vector, also where nothing else has been asked',
    'gives up as soon as it is aborted, and goes on after that',
    'gives up in the middle, without harm to another call for the same texts',
    'can be disposed of twice, and then embeds nothing',
  ]);
  assert.deepEqual(titles(''), [
    'gives equal texts equal vectors, which the caller may change',
    'gives no vectors for no texts',
    'answers overlapping calls at once as it answers one',
    'takes no texts once it is aborted, and goes on after that',
  ]);
});
