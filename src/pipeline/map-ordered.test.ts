import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { mapOrdered } from './map-ordered.ts';

test('results keep the order of the items, whatever finishes first', async () => {
  const results = await Array.fromAsync(mapOrdered([30, 5, 20, 1], 3, (ms) => wait(ms, ms)));
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
    mapOrdered(items(), 2, async (item) => {
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
  const iteration = mapOrdered([0, 1, 2], 3, async (item) => {
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
    for await (const result of mapOrdered(broken(), 2, async (item) => item)) results.push(result);
  };
  await assert.rejects(iterate, /no more/);
  assert.deepEqual(results, [1, 2, 3]);
});

for (const workers of [0, -1, 1.5, Number.NaN]) {
  test(`${workers} workers are refused`, async () => {
    await assert.rejects(Array.fromAsync(mapOrdered([1], workers, async (item) => item)), RangeError);
  });
}
