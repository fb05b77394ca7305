import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LlamaContextSequence, Token } from 'node-llama-cpp';
import { prefixSlots } from './prefix-slots.ts';

const quiet = new AbortController().signal;
const prefix = (...ids: number[]) => [ids as Token[]]; // a token is a branded number
const walk = async (_: unknown, cachedTokens: number) => cachedTokens;

/** Slots over sequences that hold as many tokens as they were given. */
async function slotsOf(wanted: () => number) {
  const state = { opened: 0, disposed: 0 };
  const open = async () => {
    state.opened++;
    let length = 0;
    const sequence = {
      get nextTokenIndex() {
        return length;
      },
      clearHistory: async () => {
        length = 0;
      },
      evaluateWithoutGeneratingNewTokens: async (tokens: readonly Token[]) => {
        length += tokens.length;
      },
      takeCheckpoint: async () => undefined,
      context: { dispose: async () => void state.disposed++ },
    };
    return sequence as unknown as LlamaContextSequence; // as far as slots use one
  };
  return { state, slots: await prefixSlots(open, wanted) };
}

describe('slots for prefixes', () => {
  test('keep the prefixes of as many texts as are in work at once', async () => {
    const { state, slots } = await slotsOf(() => 2);
    const cached: number[] = [];
    for (const tokens of [prefix(1, 2), prefix(3, 4, 5), prefix(1, 2), prefix(3, 4, 5)])
      cached.push(await slots.branch(tokens, walk, quiet));
    assert.deepEqual(cached, [0, 0, 2, 3]);
    assert.equal(state.opened, 2);
  });

  test('give up what was used longest ago', async () => {
    const { slots } = await slotsOf(() => 2);
    const cached: number[] = [];
    for (const tokens of [prefix(1), prefix(2), prefix(1), prefix(3), prefix(1), prefix(2)])
      cached.push(await slots.branch(tokens, walk, quiet));
    assert.deepEqual(cached, [0, 0, 1, 0, 1, 0]);
  });

  test('are one for one text after the other, and are all released', async () => {
    let wanted = 1;
    const { state, slots } = await slotsOf(() => wanted);
    for (const id of [1, 2, 3]) await slots.branch(prefix(id), walk, quiet);
    assert.equal(state.opened, 1);
    wanted = 3;
    for (const id of [4, 5, 6]) await slots.branch(prefix(id), walk, quiet);
    assert.equal(state.opened, 3);
    await slots[Symbol.asyncDispose]();
    assert.equal(state.disposed, 3);
  });
});
