import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { linkedSignal } from './linked-signal.ts';

test('is aborted with the first of its sources, for its reason', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  using linked = linkedSignal(first.signal, second.signal);
  assert.equal(linked.signal.aborted, false);
  second.abort('two');
  first.abort('one');
  assert.equal(linked.signal.reason, 'two');
});

test('is aborted at once where a source is', () => {
  using linked = linkedSignal(new AbortController().signal, AbortSignal.abort('over'));
  assert.equal(linked.signal.reason, 'over');
});

test('lets go of its sources', () => {
  const controller = new AbortController();
  linkedSignal(controller.signal)[Symbol.dispose]();
  const linked = linkedSignal(controller.signal);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  linked[Symbol.dispose]();
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  controller.abort();
  assert.equal(linked.signal.aborted, false);
});
