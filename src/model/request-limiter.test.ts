import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fakeClock } from './fake-clock.fixture.ts';
import { type GiveBack, type RequestEnd, type RequestLimiter, requestLimiter } from './request-limiter.ts';

const answered: RequestEnd = { kind: 'answered' };
const overloaded = (quietMs = 0): RequestEnd => ({ kind: 'overloaded', quietMs });

/** A limiter whose places are on a list as they are got, with what they were asked for. */
function desk(bound = 64) {
  const clock = fakeClock();
  const limiter = requestLimiter(bound, clock);
  const places: { readonly name: string; readonly giveBack: GiveBack }[] = [];
  return {
    clock,
    limiter,
    places,
    names: () => places.map(({ name }) => name),
    /** Asks for a place for each name. */
    async ask(model: symbol, ...names: readonly string[]): Promise<void> {
      for (const name of names) void limiter.enter(model).then((giveBack) => places.push({ name, giveBack }));
      await setImmediate();
    },
    /** Gives the first place back that is still on the list. */
    async end(how: RequestEnd): Promise<void> {
      places.shift()?.giveBack(how);
      await setImmediate();
    },
  };
}

const [a, b, c] = [Symbol('a'), Symbol('b'), Symbol('c')] as const;

/** Answers to a model that takes all places that it may; the places are free again in the end. */
async function answerInTurn(limiter: RequestLimiter, times: number): Promise<void> {
  const places: GiveBack[] = [];
  for (let done = 0; done < times; done++) {
    while (limiter.inFlight() < limiter.limit()) places.push(await limiter.enter(a));
    places.shift()?.(answered);
  }
  for (const giveBack of places) giveBack({ kind: 'aborted' });
}

describe('the limit', () => {
  it('starts at 4, or at its bound', () => {
    for (const [bound, limit] of [
      [64, 4],
      [4, 4],
      [1, 1],
    ] as const)
      assert.equal(requestLimiter(bound, fakeClock()).limit(), limit);
  });

  it('grows by one after as many answers in a row as it is', async () => {
    const { limiter } = desk();
    for (const [answers, limit] of [
      [3, 4],
      [1, 5],
      [4, 5],
      [1, 6],
    ] as const) {
      await answerInTurn(limiter, answers);
      assert.equal(limiter.limit(), limit);
    }
  });

  it('does not grow where not all of it is used', async () => {
    const { limiter } = desk();
    for (let done = 0; done < 100; done++) (await limiter.enter(a))(answered);
    assert.equal(limiter.limit(), 4);
  });

  it('begins a row anew after a failure, and not after an abort', async () => {
    const { limiter } = desk();
    await answerInTurn(limiter, 3);
    (await limiter.enter(a))({ kind: 'failed' });
    await answerInTurn(limiter, 3);
    assert.equal(limiter.limit(), 4);
    (await limiter.enter(a))({ kind: 'aborted' });
    await answerInTurn(limiter, 1);
    assert.equal(limiter.limit(), 5);
  });

  it('is held to a new bound at once, and grows to it', async () => {
    const { limiter } = desk();
    limiter.boundTo(2);
    assert.equal(limiter.limit(), 2);
    await answerInTurn(limiter, 20);
    assert.equal(limiter.limit(), 2);
    limiter.boundTo(3);
    await answerInTurn(limiter, 20);
    assert.equal(limiter.limit(), 3);
  });

  it('is halved once for all that was in flight, again for what was sent after that, and never below 1', async () => {
    const { limiter, ask, end } = desk();
    await ask(a, '1', '2', '3', '4', '5', '6', '7');
    const limits: number[] = [];
    for (let ended = 0; ended < 7; ended++) {
      await end(overloaded());
      limits.push(limiter.limit());
    }
    // The first four were in flight together; the fifth came in when the limit was 2.
    assert.deepEqual(limits, [2, 2, 2, 2, 1, 1, 1]);
  });
});

for (const bears of [1, 2, 5, 16, 40]) {
  it(`settles between half and one more of the ${bears} that a server bears`, async () => {
    const { limiter, places, ask } = desk();
    const limits: number[] = [];
    await ask(a, ...Array.from({ length: 3_000 }, (_, index) => String(index)));
    for (let ended = 0; ended < 2_900; ended++) {
      const isRefused = places.length > bears;
      if (isRefused) places.pop()?.giveBack(overloaded());
      else places.shift()?.giveBack(answered);
      if (isRefused || limits.length > 0) limits.push(limiter.limit());
      await setImmediate();
    }
    assert.ok(limits.length > 1_000);
    assert.equal(Math.min(...limits), Math.floor((bears + 1) / 2));
    assert.equal(Math.max(...limits), bears + 1);
  });
}

describe('a quiet time', () => {
  it('lets nobody in until it is over, and then those who wait', async () => {
    const { clock, limiter, names, ask, end } = desk();
    await ask(a, '1');
    await end(overloaded(1_000));
    await ask(a, '2');
    clock.advance(999);
    await setImmediate();
    assert.deepEqual([names(), limiter.inFlight()], [[], 0]);
    clock.advance(1);
    await setImmediate();
    assert.deepEqual([names(), clock.timers()], [['2'], 0]);
  });

  it('is the longest that was asked for', async () => {
    const { clock, names, ask, end } = desk();
    await ask(a, '1', '2');
    await end(overloaded(1_000));
    await end(overloaded(10));
    await ask(a, '3');
    clock.advance(500);
    await setImmediate();
    assert.deepEqual(names(), []);
    clock.advance(500);
    await setImmediate();
    assert.deepEqual(names(), ['3']);
  });

  it('has a timer only while somebody waits', async () => {
    const { clock, limiter, ask, end } = desk();
    await ask(a, '1');
    await end(overloaded(1_000));
    assert.equal(clock.timers(), 0);
    const controller = new AbortController();
    const waiting = limiter.enter(a, controller.signal);
    await setImmediate();
    assert.equal(clock.timers(), 1);
    controller.abort('enough');
    assert.equal(clock.timers(), 0);
    await assert.rejects(waiting, (reason) => reason === 'enough');
  });
});

describe('those who wait', () => {
  it('are taken model by model, and in order within one', async () => {
    const { names, ask, end } = desk(1);
    await ask(a, 'a1', 'a2', 'a3', 'a4');
    await ask(b, 'b1', 'b2');
    await ask(c, 'c1');
    const taken: string[] = [];
    for (let ended = 0; ended < 7; ended++) {
      taken.push(...names());
      await end(answered);
    }
    assert.deepEqual(taken, ['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('leave at once when they are aborted, and let go of their signal', async () => {
    const { limiter, names, ask, end } = desk(1);
    const controller = new AbortController();
    await ask(a, '1');
    const waiting = limiter.enter(a, controller.signal);
    await ask(a, '3');
    controller.abort('enough');
    await assert.rejects(waiting, (reason) => reason === 'enough');
    await assert.rejects(limiter.enter(a, controller.signal), (reason) => reason === 'enough');
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
    await end(answered);
    assert.deepEqual([names(), limiter.inFlight()], [['3'], 1]);
  });

  it('keep a place that they got just before an abort, to give it back', async () => {
    const { limiter } = desk(1);
    const controller = new AbortController();
    const entering = limiter.enter(a, controller.signal);
    controller.abort();
    assert.equal(limiter.inFlight(), 1);
    (await entering)({ kind: 'aborted' });
    assert.equal(limiter.inFlight(), 0);
  });

  it('are turned away with their model, and no others', async () => {
    const { limiter, names, ask, end } = desk(1);
    await ask(a, '1');
    const waiting = limiter.enter(a);
    await ask(b, '2');
    const reason = new Error('closed');
    limiter.turnAway(a, reason);
    await assert.rejects(waiting, (error) => error === reason);
    await end(answered);
    assert.deepEqual(names(), ['2']);
  });
});

it('takes a place back once', async () => {
  const { limiter } = desk();
  const giveBack = await limiter.enter(a);
  await limiter.enter(a);
  giveBack(answered);
  giveBack(overloaded());
  assert.deepEqual([limiter.inFlight(), limiter.limit()], [1, 4]);
});
