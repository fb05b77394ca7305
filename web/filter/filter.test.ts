import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownMention } from '../text/shown-mention.ts';
import { countsByType, passes, showAll, toggled } from './filter.ts';

const mention = (changes: Partial<ShownMention> = {}): ShownMention => ({
  key: '1',
  start: 0,
  end: 3,
  state: 'found',
  type: 'person',
  score: 0.5,
  ...changes,
});

test('types, scores and states decide on what is shown', () => {
  assert.ok(passes(showAll, mention()));
  assert.ok(!passes({ ...showAll, minScore: 0.6 }, mention()));
  assert.ok(passes({ ...showAll, minScore: 0.5 }, mention()));
  assert.ok(passes({ ...showAll, minScore: 1 }, mention({ score: undefined, state: 'corrected' })));
  assert.ok(!passes({ ...showAll, hidden: ['person'] }, mention()));
  assert.ok(!passes(showAll, mention({ state: 'rejected', score: undefined })));
  assert.ok(passes({ ...showAll, rejected: true }, mention({ state: 'rejected', score: undefined })));
});

test('a type is hidden, and shown again', () => {
  const hidden = toggled(showAll, 'person');
  assert.deepEqual(hidden.hidden, ['person']);
  assert.deepEqual(toggled(hidden, 'person'), showAll);
});

test('types without a mention are counted, rejected mentions are not', () => {
  const mentions = [mention(), mention({ type: 'ship' }), mention({ state: 'rejected' })];
  assert.deepEqual(
    [...countsByType(mentions, ['place', 'person'])],
    [
      ['place', 0],
      ['person', 1],
      ['ship', 1],
    ],
  );
});
