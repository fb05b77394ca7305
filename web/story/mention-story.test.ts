import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TracedWindow } from '../../src/pipeline/recognition.ts';
import { storyOf } from './mention-story.ts';

const usage = { promptTokens: 1, cachedTokens: 0, replyTokens: 1 };
const call = (stage: 'extract' | 'classify', modelId: string) => ({
  stage,
  modelId,
  dialect: 'nano@1',
  outcome: 'answered' as const,
  exchanges: [],
  usage,
  durationMs: 1,
  cutOff: false,
  droppedDemonstrations: 0,
});
const rome = { start: 8, end: 12 };
const proposals = [{ modelId: 'a', reply: 'Rome', alignment: 'exact' as const }];
const demonstration = {
  sentence: { id: 'p:1', text: 'Eve left Lund.', entities: [] },
  rank: 1,
  score: 0.8,
  by: 'span-similarity' as const,
  matches: [
    { query: { start: 0, end: 3 }, weight: 4, candidate: { start: 0, end: 3 }, cosine: 0.5 },
    { query: rome, weight: 4, candidate: { start: 9, end: 13 }, cosine: 0.7 },
  ],
};
const window = (start: number, mention: TracedWindow['document']['mentions'][number]): TracedWindow => ({
  start,
  document: {
    id: '1',
    text: 'Ada saw Rome.',
    types: [],
    retrieval: { querySpans: [], querySpanSource: 'models', demonstrations: [demonstration], leftOut: [] },
    mentions: [mention],
    hallucinations: [],
    calls: [call('extract', 'a'), call('extract', 'b'), call('classify', 'a')],
  },
});
const verified = { ...rome, status: 'verified' as const, proposals, type: 'place', votes: [], verdicts: [], score: 1 };
const rejected = {
  ...rome,
  status: 'rejected' as const,
  stage: 'merge' as const,
  reason: 'It is decided elsewhere.',
  proposals,
  votes: [],
  verdicts: [],
};

test('the story of a mention in a later window: who was silent, and which spans of demonstrations are alike', () => {
  const story = storyOf([window(0, rejected), window(100, verified)], { start: 108, end: 112 }, false);
  assert.equal(story?.mention?.status, 'verified');
  assert.deepEqual(story.silent, ['b']);
  assert.deepEqual(story.demonstrations[0]?.alike, [{ query: 'Rome', candidate: { start: 9, end: 13 }, cosine: 0.7, weight: 4 }]);
});

test('where windows share a span, the one that is asked for is told', () => {
  const windows = [window(0, { ...rejected, stage: 'classify' }), window(0, verified)];
  assert.equal(storyOf(windows, rome, false)?.mention?.status, 'verified');
  assert.equal(storyOf(windows, rome, true)?.mention?.status, 'rejected');
});

test('of a mention that a person took away, the window is told that decided, not one that left it to another', () => {
  assert.equal(storyOf([window(0, rejected), window(0, verified)], rome, true)?.mention?.status, 'verified');
});

test('a span that nobody proposed has calls and silent models; one beyond all windows has no story', () => {
  const story = storyOf([window(0, verified)], { start: 0, end: 3 }, false);
  assert.deepEqual([story?.mention, story?.silent, story?.document.calls.length], [undefined, ['a', 'b'], 3]);
  assert.equal(storyOf([window(0, verified)], { start: 10, end: 20 }, false), undefined);
});
