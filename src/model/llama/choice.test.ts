import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Token } from 'node-llama-cpp';
import type { Decoder } from './branching-sequence.ts';
import { choose } from './choice.ts';

const token = (id: number) => id as Token; // a token is a branded number
const tokens = (...ids: number[]) => ids.map(token);

/** A decoder that answers from a table keyed by all tokens fed so far, and counts how often it is asked. */
function tableDecoder(table: Readonly<Record<string, Readonly<Record<number, number>>>>): Decoder & { asked: string[] } {
  const fed: number[] = [];
  const asked: string[] = [];
  const rankedAll = (key: string) =>
    new Map(
      Object.entries(table[key] ?? {})
        .map(([id, probability]): [Token, number] => [token(Number(id)), probability])
        .sort(([, a], [, b]) => b - a),
    );
  return {
    asked,
    all: async () => rankedAll(fed.join(' ')),
    async likeliest(more) {
      fed.push(...more);
      asked.push(fed.join(' '));
      return new Map([...rankedAll(fed.join(' '))].slice(0, 2)); // the likeliest two
    },
  };
}

function assertClose(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of expected.entries()) assert.ok(Math.abs((found[index] ?? Number.NaN) - value) < 1e-9, `${found}`);
}

test('probabilities are shared among the choices alone', async () => {
  const decoder = tableDecoder({ 7: { 1: 0.3, 2: 0.1, 9: 0.6 } });
  const chosen = await choose(decoder, tokens(7), { choices: [tokens(1), tokens(2)] });
  assert.equal(chosen.index, 0);
  assertClose(chosen.probabilities, [0.75, 0.25]);
  assert.deepEqual(chosen.pending, [1]);
});

test('only forks are asked about, their shares multiply, and what was not taken shares evenly', async () => {
  // "cell line ." and "cell type ." share their first token; "virus ." does not.
  const decoder = tableDecoder({ 7: { 1: 0.8, 5: 0.2 }, '7 1': { 2: 0.1, 3: 0.4 } });
  const chosen = await choose(decoder, tokens(7), { choices: [tokens(1, 2, 0), tokens(1, 3, 0), tokens(5, 6, 0), tokens(5, 7, 0)] });
  assert.deepEqual(decoder.asked, ['7', '7 1']);
  assert.equal(chosen.index, 1);
  assertClose(chosen.probabilities, [0.8 * 0.2, 0.8 * 0.8, 0.1, 0.1]);
  assert.deepEqual(chosen.pending, [3, 0]);
});

test('a choice that is not among the likeliest tokens is weighed like the others', async () => {
  const decoder = tableDecoder({ 7: { 1: 0.03, 2: 0.01, 8: 0.5, 9: 0.46 } });
  const { index, probabilities } = await choose(decoder, tokens(7), { choices: [tokens(2), tokens(1)] });
  assert.equal(index, 1);
  assertClose(probabilities, [0.25, 0.75]);
});

test('odds change the balance of a choice that stands alone, and of none that shares its token', async () => {
  const table = { 7: { 1: 0.6, 5: 0.4 }, '7 1': { 2: 0.5, 3: 0.5 } };
  const choices = [tokens(1, 2), tokens(1, 3), tokens(5, 6)];
  const last = await choose(tableDecoder(table), tokens(7), { choices, odds: [1, 1, 3] });
  assert.equal(last.index, 2);
  assertClose(last.probabilities, [1 / 6, 1 / 6, 2 / 3]);
  const first = await choose(tableDecoder(table), tokens(7), { choices, odds: [1, 3, 1] });
  assert.equal(first.index, 1);
  assertClose(first.probabilities, [0.15, 0.45, 0.4]);
});

test('a single choice needs no model', async () => {
  const decoder = tableDecoder({});
  const chosen = await choose(decoder, tokens(7), { choices: [tokens(1, 2)] });
  assert.deepEqual(chosen, { index: 0, probabilities: [1], pending: [7, 1, 2] });
});

test('the earlier of equal choices is taken, also where the model gives both no chance', async () => {
  const choices = [tokens(2), tokens(1)];
  assert.equal((await choose(tableDecoder({ 7: { 1: 0.5, 2: 0.5 } }), tokens(7), { choices })).index, 0);
  const chosen = await choose(tableDecoder({ 7: {} }), tokens(7), { choices });
  assert.deepEqual(chosen, { index: 0, probabilities: [0.5, 0.5], pending: [2] });
});

test('no choices are an error', async () => {
  await assert.rejects(choose(tableDecoder({}), tokens(7), { choices: [] }), RangeError);
});
