import assert from 'node:assert/strict';
import { test } from 'node:test';
import { savable } from './savable.ts';

const ada = { start: 0, end: 3, type: 'person' };
const text = 'Ada left.';
const document = { id: '1', text, given: [], edits: [] };
const done = { ...document, result: { id: '1', text, entities: [] } };
const running = { state: 'running', ids: ['1', '2'], waiting: ['1'], stages: [] } as const;

test('sentences of a text can be saved once somebody said what is in it', () => {
  const whole = [{ text, entities: [] }];
  assert.deepEqual(savable(document, undefined), []);
  assert.deepEqual(savable({ ...document, result: { id: '1', text, error: { code: 'no-quorum', message: 'No.' } } }, undefined), []);
  assert.deepEqual(savable(done, undefined), whole);
  assert.deepEqual(savable({ ...document, given: [ada] }, undefined), [{ text, entities: [ada] }]);
});

test('not while a run is to say what is in it', () => {
  assert.deepEqual(savable(done, running), []);
  assert.equal(savable(done, { ...running, waiting: ['2'] }).length, 1);
  assert.equal(savable(done, { ...running, state: 'cancelled' }).length, 1);
});
