import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createSemaphore } from './semaphore.ts';

test('a semaphore lets so many work at once, in the order in which they came, and outlives work that fails', async () => {
  const placed = createSemaphore(2);
  const begun: number[] = [];
  let [now, most] = [0, 0];
  const settled = await Promise.allSettled(
    [0, 1, 2, 3, 4, 5].map((at) =>
      placed(async () => {
        begun.push(at);
        most = Math.max(most, ++now);
        await setImmediate();
        now--;
        if (at % 2 === 0) throw new Error('no');
        return at;
      }),
    ),
  );
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5]);
  assert.equal(most, 2);
  assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 3);
});
