import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelTurns } from './turns.ts';

const quiet = new AbortController().signal;
const disposed = { name: 'NerError', message: /disposed of/, detail: { code: 'model-failed', modelId: 'm' } };

/** Work that goes on until it is told to end, and what it was told by its signal. */
function longWork() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen: { stop?: AbortSignal } = {};
  const work = (stop: AbortSignal) => {
    seen.stop = stop;
    return promise;
  };
  return { work, seen, end: () => resolve('done') };
}

/** Lets everything happen that needs no outer event. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  test('are taken one by one, in order', async () => {
    const { take } = modelTurns({ modelId: 'm' });
    const told: string[] = [];
    const work = (name: string) => async () => {
      told.push(`${name} begins`);
      await settle();
      told.push(`${name} ends`);
      return name;
    };
    const results = await Promise.all(['a', 'b', 'c'].map((name) => take(work(name), quiet)));
    assert.deepEqual(results, ['a', 'b', 'c']);
    assert.deepEqual(told, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('go on after a failure, which names the model', async () => {
    const { take } = modelTurns({ modelId: 'm' });
    const cause = new Error('out of memory');
    const failing = take(() => Promise.reject(cause), quiet);
    const next = take(async () => 'next', quiet);
    await assert.rejects(failing, { message: /m failed.*out of memory/, detail: { code: 'model-failed', modelId: 'm' }, cause });
    assert.equal(await next, 'next');
  });

  test('are given up at once by an abort while others work, and never begin', async () => {
    const { take } = modelTurns({ modelId: 'm' });
    const { work, end } = longWork();
    const first = take(work, quiet);
    const controller = new AbortController();
    const waiting = take(() => assert.fail('It has begun.'), controller.signal);
    controller.abort('enough');
    await assert.rejects(waiting, (error) => error === 'enough');
    end();
    assert.equal(await first, 'done');
    await settle();
  });

  test('are given up at once by an abort in the middle, and the next one waits for what goes on', async () => {
    const { take } = modelTurns({ modelId: 'm' });
    const { work, seen, end } = longWork();
    const controller = new AbortController();
    const first = take(work, controller.signal);
    let begun = false;
    const next = take(async () => {
      begun = true;
    }, quiet);
    await settle();
    controller.abort('enough');
    await assert.rejects(first, (error) => error === 'enough');
    assert.equal(seen.stop?.reason, 'enough');
    await settle();
    assert.equal(begun, false);
    end();
    await next;
  });

  test('have a time limit that counts from their beginning', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const { take } = modelTurns({ modelId: 'm', timeoutMs: 100 });
    const first = longWork();
    const second = longWork();
    const taken = [take(first.work, quiet), take(second.work, quiet)];
    await settle();
    context.mock.timers.tick(99);
    first.end();
    assert.equal(await taken[0], 'done');
    await settle();
    context.mock.timers.tick(99);
    assert.equal(second.seen.stop?.aborted, false);
    context.mock.timers.tick(1);
    await assert.rejects(taken[1] ?? assert.fail(), { detail: { code: 'timeout', modelId: 'm', timeoutMs: 100 } });
    assert.equal(second.seen.stop?.aborted, true);
    second.end();
  });

  test('end for all when the model is disposed of, which waits for the work in hand', async () => {
    const turns = modelTurns({ modelId: 'm' });
    const { work, seen, end } = longWork();
    const taken = [turns.take(work, quiet), turns.take(() => assert.fail('It has begun.'), quiet)];
    await settle();
    turns.assertOpen();
    let closed = false;
    const closing = turns.close().then(() => {
      closed = true;
    });
    await Promise.all(taken.map((turn) => assert.rejects(turn, disposed)));
    assert.equal(seen.stop?.aborted, true);
    await settle();
    assert.equal(closed, false);
    end();
    await closing;
    await assert.rejects(
      turns.take(() => assert.fail('It has begun.'), quiet),
      disposed,
    );
    assert.throws(() => turns.assertOpen(), disposed);
  });
});
