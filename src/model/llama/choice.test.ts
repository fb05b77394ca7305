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

test('probabilities are shared among the choices alone', async () => {
  const decoder = tableDecoder({ 7: { 1: 0.3, 2: 0.1, 9: 0.6 } });
  const chosen = await choose(decoder, tokens(7), [tokens(1), tokens(2)]);
  assert.equal(chosen.index, 0);
  assert.ok(Math.abs(chosen.probability - 0.75) < 1e-9);
  assert.deepEqual(chosen.pending, [1]);
});

test('only forks are asked about, and their shares multiply', async () => {
  // "cell line ." and "cell type ." share their first token; "virus ." does not.
  const decoder = tableDecoder({ 7: { 1: 0.8, 5: 0.2 }, '7 1': { 2: 0.1, 3: 0.4 } });
  const chosen = await choose(decoder, tokens(7), [tokens(1, 2, 0), tokens(1, 3, 0), tokens(5, 6, 0)]);
  assert.deepEqual(decoder.asked, ['7', '7 1']);
  assert.equal(chosen.index, 1);
  assert.ok(Math.abs(chosen.probability - 0.8 * 0.8) < 1e-9);
  assert.deepEqual(chosen.pending, [3, 0]);
});

test('a choice that is not among the likeliest tokens is weighed like the others', async () => {
  const decoder = tableDecoder({ 7: { 1: 0.03, 2: 0.01, 8: 0.5, 9: 0.46 } });
  const { index, probability } = await choose(decoder, tokens(7), [tokens(2), tokens(1)]);
  assert.equal(index, 1);
  assert.ok(Math.abs(probability - 0.75) < 1e-9);
});

test('a single choice needs no model', async () => {
  const decoder = tableDecoder({});
  assert.deepEqual(await choose(decoder, tokens(7), [tokens(1, 2)]), { index: 0, probability: 1, pending: [7, 1, 2] });
});

test('the earlier of equal choices is taken, also where the model gives both no chance', async () => {
  assert.equal((await choose(tableDecoder({ 7: { 1: 0.5, 2: 0.5 } }), tokens(7), [tokens(2), tokens(1)])).index, 0);
  assert.deepEqual(await choose(tableDecoder({ 7: {} }), tokens(7), [tokens(2), tokens(1)]), { index: 0, probability: 0.5, pending: [2] });
});

test('no choices are an error', async () => {
  await assert.rejects(choose(tableDecoder({}), tokens(7), []), RangeError);
});
