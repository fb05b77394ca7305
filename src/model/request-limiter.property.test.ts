import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { fakeClock } from './fake-clock.fixture.ts';
import { type GiveBack, type RequestEnd, requestLimiter } from './request-limiter.ts';

const models = [Symbol('a'), Symbol('b'), Symbol('c')] as const;
const answered: RequestEnd = { kind: 'answered' };

/** What may happen to a limiter; `which` picks one of those that wait or are in flight. */
type Action =
  | { readonly kind: 'enter' | 'turn away'; readonly model: symbol }
  | { readonly kind: 'end'; readonly which: number; readonly how: RequestEnd }
  | { readonly kind: 'abort'; readonly which: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'bound'; readonly most: number };

const ends = fc.oneof<fc.WeightedArbitrary<RequestEnd>[]>(
  { weight: 6, arbitrary: fc.constant(answered) },
  { weight: 2, arbitrary: fc.nat(20).map((quietMs) => ({ kind: 'overloaded', quietMs })) },
  { weight: 1, arbitrary: fc.constantFrom<RequestEnd>({ kind: 'failed' }, { kind: 'aborted' }) },
);

const model = fc.constantFrom(...models);
const actions = fc.oneof<fc.WeightedArbitrary<Action>[]>(
  { weight: 18, arbitrary: fc.record({ kind: fc.constant('enter'), model }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('end'), which: fc.nat(), how: ends }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('abort'), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn away'), model }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('bound'), most: fc.integer({ min: 1, max: 9 }) }) },
);

interface Waiting {
  readonly model: symbol;
  readonly controller: AbortController;
}

interface InFlight {
  readonly giveBack: GiveBack;
  /** How often the limit had been halved when the place was got. */
  readonly halvings: number;
}

/** What the limit is to be, told again in other words. */
function expectedLimit(bound: number) {
  const expected = { limit: Math.min(4, bound), bound, halvings: 0, row: 0, quietUntilMs: 0 };
  return {
    expected,
    bind(most: number): void {
      expected.bound = most;
      expected.limit = Math.min(expected.limit, most);
    },
    end(how: RequestEnd, { halvings }: InFlight, { nowMs, inFlight }: { readonly nowMs: number; readonly inFlight: number }): void {
      const shows = how.kind === 'answered' && inFlight >= expected.limit;
      if (shows) expected.row += 1;
      if (how.kind === 'failed' || how.kind === 'overloaded') expected.row = 0;
      if (shows && expected.row >= expected.limit) {
        expected.row = 0;
        if (expected.limit < expected.bound) expected.limit += 1;
      }
      if (how.kind !== 'overloaded') return;
      expected.quietUntilMs = Math.max(expected.quietUntilMs, nowMs + how.quietMs);
      if (halvings < expected.halvings) return;
      expected.halvings += 1;
      expected.limit = Math.max(1, Math.floor(expected.limit / 2));
    },
  };
}

/** Those who wait, in the order of their coming, and whether they are let in fairly. */
function fairness() {
  const waiting = new Set<Waiting>();
  /** For each model that waits, those that got places since it came to wait or had its turn. */
  const passers = new Map<symbol, Set<symbol>>();
  const ofModel = (one: symbol) => [...waiting].filter((waiter) => waiter.model === one);
  return {
    waiting,
    ofModel,
    come(waiter: Waiting): void {
      if (ofModel(waiter.model).length === 0) passers.set(waiter.model, new Set());
      waiting.add(waiter);
    },
    letIn(waiter: Waiting): void {
      assert.equal(ofModel(waiter.model)[0], waiter, 'the first of a model comes first');
      waiting.delete(waiter);
      for (const other of models.filter((one) => one !== waiter.model && ofModel(one).length > 0)) {
        assert.ok(!passers.get(other)?.has(waiter.model), 'nobody gets two places while another waits');
        passers.get(other)?.add(waiter.model);
      }
      passers.set(waiter.model, new Set());
    },
  };
}

/** A limiter beside what is to be true of it. */
function watched(bound: number) {
  const clock = fakeClock();
  const inFlight: InFlight[] = [];
  const violations: unknown[] = [];
  const subject = { clock, limiter: requestLimiter(bound, clock), queue: fairness(), limit: expectedLimit(bound), inFlight, violations };
  return { ...subject, leavers: { gone: 0, rejected: 0 } };
}

type Watched = ReturnType<typeof watched>;

function enter({ limiter, queue, clock, inFlight, limit: { expected }, violations, leavers }: Watched, one: symbol): void {
  const waiter: Waiting = { model: one, controller: new AbortController() };
  queue.come(waiter);
  const letIn = (giveBack: GiveBack) => {
    inFlight.push({ giveBack, halvings: expected.halvings });
    queue.letIn(waiter);
    assert.ok(inFlight.length <= expected.limit, 'nobody is let in beyond the limit');
    assert.ok(clock.now() >= expected.quietUntilMs, 'nobody is let in when it is to be quiet');
  };
  limiter
    .enter(one, waiter.controller.signal)
    .then(letIn, () => {
      leavers.rejected += 1;
    })
    .catch((violation: unknown) => violations.push(violation));
}

function end({ inFlight, limit, clock }: Watched, which: number, how: RequestEnd): void {
  const [ended] = inFlight.splice(which % Math.max(inFlight.length, 1), 1);
  if (ended === undefined) return;
  limit.end(how, ended, { nowMs: clock.now(), inFlight: inFlight.length + 1 });
  ended.giveBack(how);
  ended.giveBack(answered); // does nothing
}

function leave({ queue, leavers }: Watched, leaving: readonly Waiting[]): void {
  leavers.gone += leaving.length;
  for (const waiter of leaving) queue.waiting.delete(waiter);
}

function act(subject: Watched, action: Action): void {
  const { limiter, queue, limit, clock } = subject;
  switch (action.kind) {
    case 'enter':
      enter(subject, action.model);
      break;
    case 'end':
      end(subject, action.which, action.how);
      break;
    case 'abort': {
      const at = action.which % Math.max(queue.waiting.size, 1);
      const leaving = [...queue.waiting].slice(at, at + 1);
      leave(subject, leaving);
      for (const { controller } of leaving) controller.abort();
      break;
    }
    case 'turn away':
      leave(subject, queue.ofModel(action.model));
      limiter.turnAway(action.model, new Error('closed'));
      break;
    case 'bound':
      limit.bind(action.most);
      limiter.boundTo(action.most);
      break;
    case 'pass':
      clock.advance(action.ms);
      break;
  }
}

async function check({ limiter, queue, clock, inFlight, limit: { expected }, violations, leavers }: Watched): Promise<void> {
  await setImmediate(); // until whoever was let in or rejected knows it
  assert.deepEqual(violations, []);
  assert.equal(limiter.limit(), expected.limit);
  assert.equal(limiter.inFlight(), inFlight.length, 'every place that is taken is held by somebody');
  assert.equal(leavers.rejected, leavers.gone, 'those who left, and no others, are rejected at once');
  const isQuiet = clock.now() < expected.quietUntilMs;
  const waiting = queue.waiting.size;
  assert.ok(waiting === 0 || isQuiet || inFlight.length >= expected.limit, 'nobody waits where there is a place');
  assert.equal(clock.timers(), isQuiet && waiting > 0 ? 1 : 0, 'there is a timer only where somebody waits for quiet to end');
}

test('whatever happens, places are neither lost nor too many, models take turns, and an overload halves the limit once', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.array(actions, { maxLength: 120, size: 'max' }), async (bound, all) => {
      const subject = watched(bound);
      for (const action of all) {
        act(subject, action);
        await check(subject);
      }
      while (subject.inFlight.length + subject.queue.waiting.size > 0) {
        if (subject.inFlight.length === 0) subject.clock.advance(20);
        else end(subject, 0, answered);
        await check(subject);
      }
    }),
    { numRuns: 200 },
  ));
