import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { NerError } from '../error.ts';
import { mapOrdered } from './map-ordered.ts';

const { signal } = new AbortController();

test('results keep the order of the items, whatever finishes first', async () => {
  const results = await Array.fromAsync(mapOrdered([30, 5, 20, 1], { workers: 3, signal }, (ms) => wait(ms, ms)));
  assert.deepEqual(results, [30, 5, 20, 1]);
});

test('at most `workers` items are in work, and no more are read', async () => {
  let inWork = 0;
  let most = 0;
  let read = 0;
  let done = 0;
  function* items() {
    while (read < 9) {
      assert.ok(read - done <= 2, 'read ahead of the work');
      yield read++;
    }
  }
  const results = await Array.fromAsync(
    mapOrdered(items(), { workers: 2, signal }, async (item) => {
      most = Math.max(most, ++inWork);
      await wait(1);
      inWork--;
      done++;
      return item;
    }),
  );
  assert.equal(results.length, 9);
  assert.equal(most, 2);
});

test('a rejection surfaces in its turn, and what is in work is waited for', async () => {
  const finished: number[] = [];
  const iteration = mapOrdered([0, 1, 2], { workers: 3, signal }, async (item) => {
    await wait(item === 1 ? 1 : 10);
    if (item === 1) throw new Error('task 1 failed');
    finished.push(item);
    return item;
  });
  assert.deepEqual(await iteration.next(), { done: false, value: 0 });
  await assert.rejects(iteration.next(), /task 1 failed/);
  assert.deepEqual(finished, [0, 2]);
});

test('a source that throws ends the iteration with its error, after the results of what came before', async () => {
  function* broken() {
    yield* [1, 2, 3];
    throw new Error('no more');
  }
  const results: number[] = [];
  const iterate = async () => {
    for await (const result of mapOrdered(broken(), { workers: 2, signal }, async (item) => item)) results.push(result);
  };
  await assert.rejects(iterate, /no more/);
  assert.deepEqual(results, [1, 2, 3]);
});

for (const workers of [0, -1, 1.5, Number.NaN]) {
  test(`${workers} workers are refused`, async () => {
    await assert.rejects(Array.fromAsync(mapOrdered([1], { workers: workers, signal }, async (item) => item)), isUsage);
  });
}

function isUsage(error: unknown): boolean {
  return error instanceof NerError && error.detail.code === 'usage';
}

test('a result comes out as soon as it is there, even if the source makes the next one wait', async () => {
  const gate = Promise.withResolvers<void>();
  async function* slow() {
    yield 1;
    await gate.promise;
    yield 2;
  }
  const iteration = mapOrdered(slow(), { workers: 2, signal }, async (item) => item);
  assert.deepEqual(await iteration.next(), { done: false, value: 1 });
  gate.resolve();
  assert.deepEqual(await iteration.next(), { done: false, value: 2 });
});

test('an abort is told at once while the source makes it wait', async () => {
  const reason = new Error('enough');
  const controller = new AbortController();
  async function* stuck() {
    yield 1;
    await new Promise(() => undefined);
  }
  const iteration = mapOrdered(stuck(), { workers: 1, signal: controller.signal }, async (item) => item);
  await iteration.next();
  setTimeout(() => controller.abort(reason), 1);
  await assert.rejects(iteration.next(), (error) => error === reason);
});

test('leaving the loop gives up what is in work and closes the source', async () => {
  let closed = false;
  let givenUp = 0;
  function* items() {
    try {
      yield* [0, 1, 2];
    } finally {
      closed = true;
    }
  }
  const stuckUnlessFirst = (item: number, signal: AbortSignal) =>
    item === 0
      ? wait(1, item)
      : new Promise<number>((_, reject) => {
          signal.addEventListener('abort', () => {
            givenUp++;
            reject(signal.reason);
          });
        });
  for await (const item of mapOrdered(items(), { workers: 2, signal }, stuckUnlessFirst)) {
    assert.equal(item, 0);
    break;
  }
  assert.equal(closed, true);
  assert.ok(givenUp > 0);
});
