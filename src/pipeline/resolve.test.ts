import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verified } from '../document/mention.ts';
import { resolveOverlaps } from './resolve.ts';
import type { TracedDocument } from './traced-document.ts';

const mention = (start: number, end: number, score: number): Verified => ({
  status: 'verified',
  start,
  end,
  score,
  type: 'place',
  proposals: [],
  votes: [],
  verdicts: [],
});

function kept(...mentions: Verified[]): string[] {
  const document: TracedDocument<Verified> = {
    id: '1',
    text: 'Bank of Paris and of Rome',
    mentions,
    types: [],
    retrieval: { querySpans: [], querySpanSource: 'none', demonstrations: [], leftOut: [] },
    hallucinations: [],
    calls: [],
  };
  const resolved = resolveOverlaps(document);
  assert.equal(resolved.mentions.length, mentions.length);
  return resolved.mentions.filter(({ status }) => status === 'verified').map(({ start, end }) => `${start}–${end}`);
}

const cases: { name: string; mentions: Verified[]; expected: string[] }[] = [
  { name: 'the higher score stays, even if it is shorter', mentions: [mention(0, 13, 0.5), mention(8, 13, 0.6)], expected: ['8–13'] },
  { name: 'of equal scores the longer one', mentions: [mention(0, 4, 0.5), mention(0, 13, 0.5)], expected: ['0–13'] },
  { name: 'of equal scores and lengths the earlier one', mentions: [mention(0, 7, 0.5), mention(5, 12, 0.5)], expected: ['0–7'] },
  { name: 'spans that touch do not overlap', mentions: [mention(0, 4, 0.5), mention(4, 7, 0.9)], expected: ['0–4', '4–7'] },
  {
    name: 'a mention beaten by one that is itself beaten goes free',
    mentions: [mention(0, 7, 0.9), mention(5, 13, 0.8), mention(8, 17, 0.7)],
    expected: ['0–7', '8–17'],
  },
];

for (const { name, mentions, expected } of cases) test(`overlaps: ${name}`, () => assert.deepEqual(kept(...mentions), expected));
