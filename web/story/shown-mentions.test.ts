import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import { hallucinationsIn, shownMentions } from './shown-mentions.ts';

const nobody = { proposals: [], votes: [], verdicts: [], status: 'rejected' as const };
const window: TracedWindow = {
  start: 10,
  document: {
    id: '1',
    text: 'Ada saw Rome.',
    types: [],
    retrieval: { querySpans: [], querySpanSource: 'models', demonstrations: [], leftOut: [] },
    mentions: [
      { ...nobody, start: 0, end: 3, stage: 'classify', reason: 'It is none.' },
      { ...nobody, start: 8, end: 12, stage: 'verify', reason: 'It is denied.', type: 'ship' },
      { ...nobody, start: 4, end: 7, stage: 'merge', reason: 'It is decided elsewhere.' },
    ],
    hallucinations: [
      { modelId: 'a', stage: 'extract', reply: 'Paris' },
      { modelId: 'a', stage: 'pre-extract', reply: 'Paris' },
      { modelId: 'b', stage: 'extract', reply: 'Paris' },
    ],
    calls: [],
  },
};
const ada = { start: 10, end: 13, type: 'person', score: 0.9 };

test('what was rejected is shown at its place in the whole text, unless it was found or corrected there, or decided elsewhere', () => {
  const shown = shownMentions([ada], { windows: [window] });
  assert.deepEqual(
    shown.map(({ start, end, type, state }) => [start, end, type, state]),
    [
      [10, 13, 'person', 'found'],
      [18, 22, 'ship', 'rejected'],
    ],
  );
  assert.equal(shown[1]?.reason, 'verify: It is denied.');
});

test('what was not found so is corrected', () => {
  const [shown] = shownMentions([{ ...ada, type: 'place' }], { found: [ada] });
  assert.equal(shown?.state, 'corrected');
});

test('what a person took away is shown as rejected', () => {
  const [shown] = shownMentions([], { found: [ada] });
  assert.deepEqual([shown?.state, shown?.type, shown?.reason], ['rejected', 'person', 'A person says that it is no person.']);
});

test('each string that a model made up is told once', () => {
  assert.deepEqual(
    hallucinationsIn([window, window]).map(({ modelId, reply }) => `${modelId} ${reply}`),
    ['a Paris', 'b Paris'],
  );
});
