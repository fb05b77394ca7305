import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rejected, Verdict, Verified } from '../document/mention.ts';
import type { MentionError } from './error-analysis.ts';
import { type ErrorStage, stageOfError } from './error-stage.ts';

const gold = { start: 4, end: 9, type: 'person' };
const evidence = { start: 4, end: 9, proposals: [], votes: [] };
const verdict = (type: string, accepted: boolean): Verdict => ({ modelId: 'm', type, accepted });

function kept(type: string, ...verdicts: readonly Verdict[]): Verified {
  return { ...evidence, status: 'verified', type, verdicts, score: 0.5 };
}

function rejected(stage: Rejected['stage'], type?: string, ...verdicts: readonly Verdict[]): Rejected {
  return { ...evidence, status: 'rejected', stage, reason: '', verdicts, ...(type === undefined ? {} : { type }) };
}

const missed: MentionError = { kind: 'missed', gold };
const wrongType: MentionError = { kind: 'wrong-type', gold, predicted: { ...gold, type: 'city' } };
const tooLong: MentionError = { kind: 'wrong-boundary', boundary: 'too-long', gold, predicted: { ...gold, end: 12 } };

const cases: readonly {
  readonly name: string;
  readonly error: MentionError;
  readonly mentions: readonly (Verified | Rejected)[];
  readonly stage: ErrorStage;
}[] = [
  { name: 'nobody proposed it', error: missed, mentions: [], stage: 'never-proposed' },
  { name: 'only a longer span was proposed', error: tooLong, mentions: [{ ...kept('person'), end: 12 }], stage: 'never-proposed' },
  { name: 'too few models proposed it', error: missed, mentions: [rejected('extract')], stage: 'voted-away' },
  { name: 'the vote called it no entity', error: missed, mentions: [rejected('classify')], stage: 'voted-away' },
  { name: 'the vote gave it another type', error: wrongType, mentions: [kept('city')], stage: 'mistyped' },
  { name: 'which the verifier accepted', error: wrongType, mentions: [kept('city', verdict('city', true))], stage: 'mistyped' },
  { name: 'or denied', error: missed, mentions: [rejected('verify', 'city', verdict('city', false))], stage: 'mistyped' },
  { name: 'or which lost to another', error: missed, mentions: [rejected('resolve', 'city')], stage: 'mistyped' },
  {
    name: 'the verifier denied its type',
    error: missed,
    mentions: [rejected('verify', 'person', verdict('person', false))],
    stage: 'wrongly-rejected',
  },
  {
    name: 'and accepted the next one',
    error: wrongType,
    mentions: [kept('city', verdict('person', false), verdict('city', true))],
    stage: 'wrongly-rejected',
  },
  { name: 'an overlapping mention won', error: missed, mentions: [rejected('resolve', 'person')], stage: 'lost-in-overlap' },
  {
    name: 'which it did after verification had set it right',
    error: missed,
    mentions: [rejected('resolve', 'person', verdict('city', false), verdict('person', true))],
    stage: 'lost-in-overlap',
  },
  {
    name: 'the decision that came closest to keeping it counts',
    error: missed,
    mentions: [rejected('resolve', 'person'), rejected('classify')],
    stage: 'lost-in-overlap',
  },
  { name: 'nothing is there', error: { kind: 'spurious', predicted: gold }, mentions: [kept('person')], stage: 'wrongly-kept' },
];
for (const { name, error, mentions, stage } of cases) {
  test(`${stage}: ${name}`, () => assert.equal(stageOfError(error, mentions), stage));
}
