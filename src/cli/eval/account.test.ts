import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NerError } from '../../error.ts';
import { type Row, rowOf } from '../../experiment/row.ts';
import type { Outcome } from '../../experiment/run.ts';
import { createAccount } from './account.ts';

const nothing = {
  mentions: [],
  calls: 0,
  promptTokens: 0,
  cachedTokens: 0,
  replyTokens: 0,
  modelMs: 0,
  malformed: 0,
  hallucinated: 0,
};
const done: Outcome = { result: { id: 'd', ...nothing } };

function failed(message: string, code: 'model-unavailable' | 'internal' = 'model-unavailable'): Outcome {
  const error = code === 'internal' ? new NerError(message, { code }) : new NerError(message, { code, modelId: 'm' });
  return { result: { id: 'd', ...nothing, failure: message }, error };
}

function degraded(...reasons: readonly string[]): Outcome {
  return { result: { id: 'd', ...nothing, degraded: reasons.map((reason) => ({ modelId: 'm', reason })) } };
}

function accountOf(outcomes: readonly Outcome[]) {
  const account = createAccount();
  for (const outcome of outcomes) account.add(outcome);
  return account;
}

describe('notes on what went wrong', () => {
  const cases: Record<string, readonly [outcomes: readonly Outcome[], notes: readonly string[]]> = {
    nothing: [[done, done], []],
    'each reason once, the most frequent first': [
      [failed('It is slow.'), failed('It is off.'), done, failed('It is off.')],
      ['2 failed documents: It is off.', '1 failed document: It is slow.'],
    ],
    'the first few of many reasons': [
      Array.from({ length: 7 }, (_, index) => failed(`Reason ${index}.`)),
      [...Array.from({ length: 5 }, (_, index) => `1 failed document: Reason ${index}.`), '2 failed documents: 2 other reasons.'],
    ],
    'models that failed, in one note': [
      [degraded('It is off.'), degraded('It is off.', 'It is slow.')],
      ['2 degraded documents, decided without a model that failed: 2 × m: It is off. 1 × m: It is slow.'],
    ],
  };
  for (const [name, [outcomes, notes]] of Object.entries(cases)) test(name, () => assert.deepEqual(accountOf(outcomes).notes(), notes));
});

test('what went wrong in preparing the pool is told once, though many systems share it', () => {
  const account = createAccount();
  const call = { modelId: 'm', stage: 'pre-extract', reason: 'It is off.' };
  const usage = { promptTokens: 0, cachedTokens: 0, replyTokens: 0 };
  const preparation = { calls: 3, usage, modelMs: 1, degraded: [call, call], unread: [{ id: 'p', reason: 'It is too long.' }] };
  account.prepared(preparation);
  account.prepared(preparation);
  assert.deepEqual(account.notes(), [
    'preparing the pool, 2 sentences without m: It is off.',
    'preparing the pool, 1 sentence by gold mentions alone: It is too long.',
  ]);
});

describe('the exit code', () => {
  const row = (outcomes: readonly Outcome[]): Row => {
    const results = outcomes.map(({ result }) => result);
    return rowOf(
      'full',
      results.map(({ id }) => ({ id, text: '', entities: [] })),
      results,
      { seed: 0 },
    );
  };
  const cases: Record<string, readonly [rows: readonly (readonly Outcome[])[], code: number]> = {
    'is 0 where all went well': [[[done], [done]], 0],
    'is 0 where models failed and others decided': [[[degraded('It is off.')]], 0],
    'is 1 where one of several failed': [[[done, failed('It is off.')]], 1],
    'is 1 where one system worked': [[[failed('It is off.')], [done]], 1],
    'is 1 where the program is at fault': [[[failed('It is off.'), failed('Oh.', 'internal')]], 1],
    'is 3 where no model was there for any system': [[[failed('It is off.')], [failed('It is slow.')]], 3],
  };
  for (const [name, [rows, code]] of Object.entries(cases)) {
    test(name, () => assert.equal(accountOf(rows.flat()).exitCode(rows.map(row)), code));
  }
});
