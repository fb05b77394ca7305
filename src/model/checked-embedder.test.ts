import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CheckedEmbedderOptions, checkedEmbedder, type VectorSource } from './checked-embedder.ts';
import { embedderConformance } from './embedder-conformance.ts';

const { signal } = new AbortController();

/** Vectors that tell texts apart: length, first and last code unit. */
function vectorOf(text: string): number[] {
  return [text.length, text.charCodeAt(0), text.charCodeAt(text.length - 1)];
}

/** A source that notes what it is asked, and answers as `answer` says. */
function noting(answer: VectorSource['embed'] = async (texts) => texts.map(vectorOf)) {
  const batches: (readonly string[])[] = [];
  const disposals: string[] = [];
  const source: VectorSource = {
    id: 'test',
    embed(texts, stop) {
      batches.push(texts);
      return answer(texts, stop);
    },
    async [Symbol.asyncDispose]() {
      disposals.push('disposed');
    },
  };
  return { source, batches, disposals };
}

function open(answer?: VectorSource['embed'], options?: CheckedEmbedderOptions) {
  const noted = noting(answer);
  return { ...noted, embedder: checkedEmbedder(noted.source, options) };
}

/** An answer that comes when it is let through, or not at all once its signal is aborted. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const aborted: AbortSignal[] = [];
  const begun = Promise.withResolvers<void>();
  const answer: VectorSource['embed'] = (texts, stop) =>
    new Promise((done, fail) => {
      begun.resolve();
      stop.addEventListener('abort', () => {
        aborted.push(stop);
        fail(stop.reason);
      });
      void promise.then(() => done(texts.map(vectorOf)));
    });
  return { answer, open: resolve, begun: begun.promise, aborted };
}

embedderConformance('a checked source', async () => ({
  embedder: open(async (texts) =>
    texts.map((text) =>
      Array.from({ length: 64 }, (_, at) => Math.sin((at + 1) * [...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 9973, 7))),
    ),
  ).embedder,
  async [Symbol.asyncDispose]() {},
}));

describe('a checked embedder', () => {
  it('asks in batches, about each text once, about no blank text, and not again', async () => {
    const { embedder, batches } = open(undefined, { batchSize: 2 });
    await embedder.embed(['a', 'b', 'a', ' ', 'c'], signal);
    await embedder.embed(['c', 'd', 'a', ''], signal);
    assert.deepEqual(batches, [['a', 'b'], ['c'], ['d']]);
  });

  it('forgets what was used longest ago', async () => {
    const { embedder, batches } = open(undefined, { cacheEntries: 2 });
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await embedder.embed([text], signal);
    assert.deepEqual(batches.flat(), ['a', 'b', 'c', 'b']);
  });

  it('gives all vectors of a call that are more than it remembers', async () => {
    const { embedder } = open(undefined, { cacheEntries: 2, batchSize: 2 });
    const vectors = await embedder.embed(['a', 'bb', 'ccc', 'dddd', 'eeeee'], signal);
    assert.deepEqual(
      vectors.map((vector) => vector[0] !== undefined && vector[0] > 0),
      [true, true, true, true, true],
    );
  });

  it('asks about a word where it must learn the dimension, once', async () => {
    const { embedder, batches } = open();
    assert.deepEqual(await embedder.embed([''], signal), [new Float32Array(3)]);
    assert.deepEqual(await embedder.embed([' '], signal), [new Float32Array(3)]);
    assert.equal(batches.length, 1);
  });

  it('leaves a zero vector as it is', async () => {
    const { embedder } = open(async () => [[0, 0]]);
    assert.deepEqual(await embedder.embed(['a'], signal), [new Float32Array(2)]);
  });

  it('has no more batches at work than it may, and goes on after one that fails', async () => {
    let atWork = 0;
    let most = 0;
    const { embedder } = open(
      async (texts) => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 2));
        atWork -= 1;
        if (texts.includes('bad')) throw new Error('bad');
        return texts.map(vectorOf);
      },
      { batchSize: 1, workers: 2 },
    );
    await assert.rejects(embedder.embed(['bad', 'x', 'y'], signal), /bad/);
    assert.equal((await embedder.embed([...'abcdef'], signal)).length, 6);
    assert.equal(most, 2);
  });

  it('does not ask on where one batch failed', async () => {
    const { embedder, batches } = open(
      async () => {
        throw new Error('bad');
      },
      { batchSize: 1 },
    );
    await assert.rejects(embedder.embed([...'abcdef'], signal), /bad/);
    await assert.rejects(embedder.embed(['z'], signal), /bad/);
    assert.deepEqual(batches, [['a'], ['z']]);
  });

  it('lets calls at the same time share what they ask', async () => {
    const { answer, open: letThrough } = gate();
    const { embedder, batches } = open(answer);
    const calls = [embedder.embed(['a', 'b'], signal), embedder.embed(['b', 'c'], signal)];
    letThrough();
    const [[, first] = [], [second] = []] = await Promise.all(calls);
    assert.deepEqual(batches, [['a', 'b'], ['c']]);
    assert.deepEqual(first, second);
  });

  it('goes on for the others when one of the callers gives up, and stops when all have', async () => {
    const { answer, open: letThrough, begun, aborted } = gate();
    const { embedder } = open(answer);
    const [first, second] = [new AbortController(), new AbortController()];
    const given = embedder.embed(['a'], first.signal);
    const kept = embedder.embed(['a'], signal);
    const alone = embedder.embed(['b'], second.signal);
    await begun;
    first.abort('enough');
    await assert.rejects(given, (error) => error === 'enough');
    assert.equal(aborted.length, 0);
    letThrough();
    assert.equal((await kept).length, 1);
    assert.equal((await alone).length, 1);

    const { answer: slow, begun: slowBegun, aborted: slowAborted } = gate();
    const { embedder: other } = open(slow);
    const calls = [other.embed(['a'], second.signal), other.embed(['a'], second.signal)];
    await slowBegun;
    second.abort('enough');
    for (const call of calls) await assert.rejects(call, (error) => error === 'enough');
    assert.equal(slowAborted.length, 1);
  });

  it('asks anew for what was given up', async () => {
    const { answer, open: letThrough, begun } = gate();
    const { embedder, batches } = open(answer);
    const controller = new AbortController();
    const given = embedder.embed(['a'], controller.signal);
    await begun;
    controller.abort('enough');
    await assert.rejects(given, (error) => error === 'enough');
    letThrough();
    assert.equal((await embedder.embed(['a'], signal)).length, 1);
    assert.equal(batches.length, 2);
  });

  it('fails with a timeout if a batch takes too long', async () => {
    const { answer } = gate();
    const { embedder } = open(answer, { timeoutMs: 1 });
    await assert.rejects(embedder.embed(['a'], signal), { detail: { code: 'timeout', modelId: 'test', timeoutMs: 1 } });
  });

  it('disposes of its source once, after the work in hand has stopped', async () => {
    const { answer, begun, aborted } = gate();
    const { embedder, disposals } = open(answer);
    const embedding = embedder.embed(['a'], signal);
    const failing = assert.rejects(embedding, { message: /disposed of/, detail: { code: 'model-failed', modelId: 'test' } });
    await begun;
    await Promise.all([embedder[Symbol.asyncDispose](), embedder[Symbol.asyncDispose]()]);
    await failing;
    assert.equal(aborted.length, 1);
    assert.deepEqual(disposals, ['disposed']);
  });

  const faults: readonly (readonly [what: string, vectors: readonly number[][], expected: RegExp])[] = [
    ['too few vectors', [[1, 2]], /2 vectors, one for each text, and gave 1\b/],
    ['too many vectors', [[1], [2], [3]], /gave 3\b/],
    ['vectors of several dimensions', [[1, 2], [1]], /2 dimensions.*one of 1\b/],
    ['no numbers', [[], []], /an empty one/],
    [
      'what is no number',
      [
        [1, Number.NaN],
        [1, 1],
      ],
      /finite.*NaN/,
    ],
    [
      'what is no finite number',
      [
        [1, 1e300],
        [1, 1],
      ],
      /finite.*Infinity/,
    ],
  ];
  for (const [what, vectors, expected] of faults) {
    it(`refuses ${what}, and remembers none of them`, async () => {
      const { embedder, batches } = open(async () => vectors);
      for (const _ of [1, 2]) {
        await assert.rejects(embedder.embed(['a', 'b'], signal), { message: expected, detail: { code: 'model-failed', modelId: 'test' } });
      }
      assert.equal(batches.length, 2);
    });
  }

  it('refuses another dimension in a later call', async () => {
    const { embedder } = open(async (texts) => texts.map((text) => new Array(text.length).fill(1)));
    await embedder.embed(['aa'], signal);
    await assert.rejects(embedder.embed(['aaa'], signal), { message: /2 dimensions like its others, and gave one of 3/ });
    assert.equal((await embedder.embed(['bb', ''], signal)).length, 2);
  });
});
