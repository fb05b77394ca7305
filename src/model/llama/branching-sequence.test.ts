import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Token } from 'node-llama-cpp';
import { branchingSequence, type Decoder, type TokenSequence } from './branching-sequence.ts';

const tokens = (...ids: number[]) => ids as Token[]; // a token is a branded number
const quiet = new AbortController().signal;

/** A sequence that keeps what it holds and what it was given at once, and fails where it is told to. */
function fakeSequence() {
  const state = { holds: tokens(), batches: [] as string[], failing: undefined as 'evaluate' | 'erase' | undefined };
  const append = (added: readonly Token[]) => {
    state.batches.push(added.join(' '));
    state.holds.push(...added);
  };
  const sequence: TokenSequence = {
    get nextTokenIndex() {
      return state.holds.length;
    },
    async clearHistory() {
      state.holds = [];
    },
    async eraseContextTokenRanges([range]) {
      if (state.failing === 'erase') throw new Error('erase');
      assert.equal(range?.end, state.holds.length);
      state.holds.splice(range?.start ?? 0);
    },
    async evaluateWithoutGeneratingNewTokens(added) {
      if (state.failing === 'evaluate') throw new Error('evaluate');
      append(added);
    },
    async controlledEvaluate(input) {
      append(input.map((item) => (Array.isArray(item) ? item[0] : item)));
      const token = state.holds.reduce((sum, id) => sum + id, 0) as Token; // the sum of all it holds comes next
      return [...input.slice(1).map(() => undefined), { next: { probabilities: new Map([[token, 1]]) } }];
    },
    async takeCheckpoint() {
      state.batches.push('checkpoint');
    },
  };
  return { state, ...branchingSequence(sequence) };
}

async function next(decoder: Decoder, id: number): Promise<number> {
  const [[token] = assert.fail('nothing comes next')] = await decoder.likeliest(tokens(id));
  return token;
}

/** A branch that feeds one token, and says what came next and what was cached. */
const feed =
  (id: number) =>
  async (decoder: Decoder, cachedTokens: number): Promise<[number, number]> => [await next(decoder, id), cachedTokens];

describe('a branching sequence', () => {
  test('evaluates a prefix once, by itself, and takes back what branches add', async () => {
    const { state, branch } = fakeSequence();
    assert.deepEqual(await branch([tokens(1, 2)], feed(10), quiet), [13, 0]);
    assert.deepEqual(await branch([tokens(1, 2)], feed(20), quiet), [23, 2]);
    assert.deepEqual(await branch([tokens(1, 2)], feed(20), quiet), [23, 2]);
    assert.deepEqual(state.batches, ['1 2', 'checkpoint', '10', '20', '20']);
  });

  for (const { name, other } of [
    { name: 'that is longer', other: tokens(1, 2, 3) },
    { name: 'that is shorter', other: tokens(1) },
    { name: 'that ends in another token', other: tokens(1, 3) },
    { name: 'that is empty', other: tokens() },
  ]) {
    test(`begins anew for a prefix ${name}`, async () => {
      const { state, branch } = fakeSequence();
      await branch([tokens(1, 2)], feed(10), quiet);
      const [, cachedTokens] = await branch([other], feed(10), quiet);
      assert.equal(cachedTokens, 0);
      assert.deepEqual(state.holds, [...other, 10]);
      assert.deepEqual(state.batches.slice(-3), [other.join(' '), 'checkpoint', '10']);
    });
  }

  test('keeps the parts with which branches begin alike, and evaluates each part by itself', async () => {
    const { state, branch } = fakeSequence();
    const first = tokens(1, 2);
    assert.deepEqual(await branch([first, tokens(3)], feed(10), quiet), [16, 0]);
    assert.deepEqual(await branch([first, tokens(4)], feed(10), quiet), [17, 2]);
    assert.deepEqual(await branch([first], feed(10), quiet), [13, 2]);
    assert.deepEqual(await branch([first, tokens(4)], feed(10), quiet), [17, 2]);
    assert.deepEqual(await branch([tokens(1), tokens(2, 4)], feed(10), quiet), [17, 0]);
    const { batches } = state;
    assert.deepEqual(
      batches.filter((batch) => batch !== 'checkpoint' && batch !== '10'),
      ['1 2', '3', '4', '4', '1', '2 4'],
    );
  });

  for (const { failing, prefix } of [
    { failing: 'evaluate', prefix: tokens(3) },
    { failing: 'erase', prefix: tokens(1, 2) },
  ] as const) {
    test(`trusts nothing that it holds after it failed to ${failing}`, async () => {
      const { state, branch } = fakeSequence();
      await branch([tokens(1, 2)], feed(10), quiet);
      state.failing = failing;
      await assert.rejects(branch([prefix], feed(10), quiet), { message: failing });
      state.failing = undefined;
      assert.deepEqual(await branch([tokens(1, 2)], feed(10), quiet), [13, 0]);
    });
  }

  test('goes on after a branch that failed', async () => {
    const { branch } = fakeSequence();
    const failure = new Error('no more');
    const fail = async (decoder: Decoder) => {
      await decoder.likeliest(tokens(10));
      throw failure;
    };
    await assert.rejects(branch([tokens(1, 2)], fail, quiet), failure);
    assert.deepEqual(await branch([tokens(1, 2)], feed(20), quiet), [23, 2]);
  });

  test('starts no branch that was aborted while its prefix was evaluated, but keeps the prefix', async () => {
    const { branch } = fakeSequence();
    const controller = new AbortController();
    const branching = branch([tokens(1, 2)], () => assert.fail('It has started.'), controller.signal);
    controller.abort('enough');
    await assert.rejects(branching, (error) => error === 'enough');
    assert.deepEqual(await branch([tokens(1, 2)], feed(20), quiet), [23, 2]);
  });

  test('feeds no token after an abort', async () => {
    const { state, branch } = fakeSequence();
    const controller = new AbortController();
    const walk = async (decoder: Decoder) => {
      await decoder.likeliest(tokens(10));
      controller.abort('enough');
      await decoder.likeliest(tokens(20));
    };
    await assert.rejects(branch([tokens(1, 2)], walk, controller.signal), (error) => error === 'enough');
    assert.deepEqual(state.holds, [1, 2, 10]);
  });

  test('ranks what comes next after more tokens, and all of it where it stands', async () => {
    const { state, branch } = fakeSequence();
    await branch(
      [tokens(1, 2)],
      async (decoder) => {
        assert.deepEqual([...(await decoder.likeliest(tokens(10, 20)))], [[33, 1]]);
        assert.deepEqual([...(await decoder.all())], [[33, 1]]);
        assert.deepEqual(state.holds, [1, 2, 10, 20]);
        assert.deepEqual(state.batches.slice(-2), ['10 20', '20']);
        assert.deepEqual([...(await decoder.likeliest(tokens(30)))], [[63, 1]]);
      },
      quiet,
    );
  });

  test('has nothing to go on from without a token', async () => {
    const { branch } = fakeSequence();
    await assert.rejects(
      branch([tokens(1)], (decoder) => decoder.all(), quiet),
      RangeError,
    );
    await assert.rejects(
      branch([tokens(1)], (decoder) => decoder.likeliest([]), quiet),
      RangeError,
    );
  });
});
