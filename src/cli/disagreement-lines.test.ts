import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultOf } from '../pipeline/result.ts';
import { disagreementLines } from './disagreement-lines.ts';
import { recognition } from './recognition.fixture.ts';

const jordan = { ...recognition('1', 'Jordan slept.', []), disagreements: [{ text: 'Jordan', types: { person: 2, place: 1 } }] };

test('a string of several types is told in a line, and scripts get it with its numbers', () => {
  assert.deepEqual(disagreementLines(jordan), ['"Jordan" is person 2 times, place once']);
  assert.deepEqual(JSON.parse(JSON.stringify(resultOf(jordan, { trace: false }))).disagreements, jordan.disagreements);
});

test('nothing is told where there is none, or nobody asked', () => {
  for (const result of [recognition('1', 'Jordan slept.', []), { ...jordan, disagreements: [] }]) {
    assert.deepEqual(disagreementLines(result), []);
    assert.ok(!('disagreements' in resultOf(result, { trace: false })));
  }
});
