import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict, Verified } from '../document/mention.ts';
import { decisionLines } from './decision-lines.ts';
import type { Decision, TracedDocument } from './traced-document.ts';

const call = { stage: 'extract' as const, outcome: 'answered' as const, dialect: 'nano@1', exchanges: [], durationMs: 1 };
const usage = { promptTokens: 1, cachedTokens: 0, replyTokens: 1 };
const calls = ['a', 'b', 'c'].map((modelId) => ({ ...call, modelId, usage, cutOff: false, droppedDemonstrations: 0 }));
const document = (decision?: Decision): TracedDocument => ({
  id: '1',
  text: 'Lena Marsh sang.',
  types: [],
  retrieval: { querySpans: [], querySpanSource: 'none', demonstrations: [], leftOut: [] },
  mentions: [],
  hallucinations: [],
  calls,
  ...(decision && { decision }),
});
const byVotes = { by: 'votes', votesOnTypes: 'soft', verdicts: 'soft', weights: { a: 1, b: 2 }, threshold: 0.5 } as const;
const verdict = (modelId: string, probability: number, type = 'singer'): Verdict => ({
  modelId,
  type,
  accepted: probability >= 0.5,
  probability,
});
const mention: Verified = {
  start: 0,
  end: 10,
  status: 'verified',
  type: 'singer',
  proposals: [{ modelId: 'a', reply: 'Lena Marsh', alignment: 'exact' }],
  votes: [
    { modelId: 'a', choice: 'singer', probability: 0.9, probabilities: { singer: 0.9, none: 0.1 } },
    { modelId: 'b', choice: 'poet', probability: 0.6, probabilities: { singer: 0.4, poet: 0.6 } },
  ],
  verdicts: [verdict('a', 0.9), verdict('b', 0.4)],
  score: 0.54,
};

test('an accepted mention tells the votes, the verification against its threshold, and what the score is made of', () => {
  assert.deepEqual(decisionLines(mention, document(byVotes)), [
    'Votes, by probability and weight: singer 1.70, poet 1.20, none 0.10.',
    'Verification: the weighted mean probability of yes is 0.57, at least 0.50 is wanted.',
    'Score 0.54: the mean of 0.33 (1 of 3 proposed it), 0.65 (votes for singer) and 0.65 (yes in verification).',
  ]);
});

test('hard votes are counted, and a mention that nobody verified says so', () => {
  const hard = { ...byVotes, votesOnTypes: 'hard', verdicts: 'hard' } as const;
  assert.deepEqual(decisionLines(mention, document(hard)).slice(0, 2), [
    'Votes: poet 1, singer 1.',
    'Verification: 1 of 2 accept it, at least half are wanted.',
  ]);
  assert.equal(decisionLines({ ...mention, verdicts: [] }, document(byVotes))[1], 'Nobody verified it.');
});

test('a type that was denied or outvoted is told', () => {
  const again = { ...mention, verdicts: [verdict('a', 0.1, 'poet'), verdict('a', 0.7)] };
  assert.equal(decisionLines(again, document(byVotes))[1], 'poet was denied, and singer asked about in its place.');
  const [last] = decisionLines({ ...mention, type: 'poet', outvoted: 'singer' }, document(byVotes)).slice(-1);
  assert.match(last ?? '', /are poet: so is this one, which was singer by itself/);
});

test('a calibration tells a probability against the threshold of the type', () => {
  assert.deepEqual(decisionLines(mention, document({ by: 'calibration', thresholds: { singer: 0.31 } })), [
    'By the calibration and all that was said of it, the probability of singer is 0.54, at least 0.31 is wanted.',
  ]);
});

test('a rejected mention tells the same counts, apart from the threshold however near', () => {
  const { score: _, ...rest } = mention;
  const rejected = { ...rest, status: 'rejected', stage: 'verify', reason: 'b denies it.', verdicts: [verdict('a', 0.499)] } as const;
  assert.deepEqual(decisionLines(rejected, document(byVotes)), [
    'Votes, by probability and weight: singer 1.70, poet 1.20, none 0.10.',
    'Verification: the mean probability of yes is 0.4990, at least 0.5000 is wanted.',
  ]);
  assert.equal(decisionLines({ ...rejected, stage: 'classify', verdicts: [] }, document(byVotes)).length, 1);
});

test('a trace that does not tell how it was decided says nothing of it', () => assert.deepEqual(decisionLines(mention, document()), []));
