import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { type GuardedModel, withBreaker } from './breaker.ts';
import { type ScriptedModel, scriptedModel } from './scripted.ts';

const { signal } = new AbortController();
const task = { kind: 'extract', types: [{ name: 'person' }], demonstrations: [], text: 'Ada slept.' } as const;
const down = () => new NerError('m is down.', { code: 'model-unavailable', modelId: 'm' });

let nowMs: number;
/** What the next answers throw; nothing where it has no more. */
let failures: unknown[];
let model: ScriptedModel;
let guarded: GuardedModel;
beforeEach(() => {
  nowMs = 0;
  failures = [];
  model = scriptedModel({
    id: 'm',
    answer() {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return ['Ada'];
    },
  });
  guarded = withBreaker(model, { now: () => nowMs });
});

const ask = async (times = 1): Promise<string> => {
  const outcomes: string[] = [];
  for (let at = 0; at < times; at++)
    outcomes.push(
      await guarded.answer<'extract'>(task, signal).then(
        () => 'yes',
        (error: Error) => error.message,
      ),
    );
  return outcomes.at(-1) ?? '';
};

describe('a breaker', () => {
  test('leaves a model out after five failures in a row, and says so', async () => {
    failures = Array.from({ length: 5 }, down);
    await ask(5);
    assert.match(await ask(), /m is left out since 5 calls in a row failed, the last one so: m is down\. It is tried again in 5 s\./);
    assert.equal(model.tasks.length, 5);
    assert.deepEqual(guarded.breaker(), { modelId: 'm', openings: 1, refused: 1, reason: 'm is down.', isOpen: true });
  });

  test('does not leave a model out for requests that it refuses', async () => {
    const refusal = () => new NerError('It does not take this text.', { code: 'model-failed', modelId: 'm', status: 400 });
    failures = Array.from({ length: 8 }, refusal);
    await ask(8);
    assert.equal(await ask(), 'yes');
    assert.equal(guarded.breaker().openings, 0);
  });

  test('lets one call try it after the pause, and all if that goes well', async () => {
    failures = Array.from({ length: 5 }, down);
    await ask(5);
    nowMs = 5_000;
    const trial = ask();
    assert.match(await ask(), /It is being tried again/);
    assert.equal(await trial, 'yes');
    assert.equal(await ask(), 'yes');
    assert.deepEqual([guarded.breaker().isOpen, guarded.breaker().openings], [false, 1]);
  });

  test('pauses twice as long each time that it fails again, at most five minutes', async () => {
    failures = Array.from({ length: 20 }, down);
    await ask(5);
    for (const pauseMs of [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
      nowMs += pauseMs - 1;
      assert.match(await ask(), /It is tried again in 1 s/);
      nowMs += 1;
      assert.equal(await ask(), 'm is down.');
    }
    assert.equal(guarded.breaker().openings, 1);
  });

  test('counts failures in a row only, and those of the model only', async () => {
    failures = [down(), down(), down(), down(), undefined, down(), down(), down(), down()];
    assert.equal(await ask(10), 'yes');
    const overflow = new NerError('Too long.', { code: 'context-overflow', modelId: 'm', promptTokens: 2, contextTokens: 1 });
    failures = Array.from({ length: 20 }, () => overflow);
    assert.equal(await ask(20), 'Too long.');
    assert.equal(guarded.breaker().openings, 0);
  });

  test('takes a trial that was aborted for none', async () => {
    failures = Array.from({ length: 5 }, down);
    await ask(5);
    nowMs = 5_000;
    const controller = new AbortController();
    const trial = guarded.answer<'extract'>(task, controller.signal);
    controller.abort('enough');
    await assert.rejects(trial, (error) => error === 'enough');
    assert.equal(await ask(), 'yes');
  });
});
