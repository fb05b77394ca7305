import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ObservedSpan } from '../pipeline/observation.ts';
import { agreement } from './agreement.ts';

/** A span that these members propose, each with its type. */
const span = (types: Readonly<Record<string, string>>): ObservedSpan => ({
  proposals: Object.keys(types).map((modelId) => ({ modelId })),
  votes: Object.entries(types).map(([modelId, choice]) => ({ modelId, choice })),
  verdicts: [],
  gold: [],
});
const sentence = (...spans: readonly ObservedSpan[]) => ({ id: '1', spans, gold: [] });

test('the member that the others agree with weighs most', () => {
  const sentences = [sentence(span({ a: 'x', b: 'x', c: 'x' }), span({ a: 'x', b: 'x' }), span({ c: 'y' }), span({ c: 'y', a: 'x' }))];
  const [a, b, c] = agreement(sentences, ['a', 'b', 'c']);
  assert.deepEqual(a?.with, [1, 4 / 5, 1 / 3]);
  assert.equal(b?.weight, (4 / 5 + 2 / 5) / 2);
  assert((a?.weight ?? 0) > (c?.weight ?? 0));
});

test('members that find nothing do not agree, and one alone has nobody to agree with', () => {
  assert.deepEqual(
    agreement([sentence()], ['a', 'b']).map(({ weight }) => weight),
    [0, 0],
  );
  assert.equal(agreement([sentence()], ['a'])[0]?.weight, 1);
});

test('agreement is mutual and within [0, 1]', () => {
  const types = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'none'));
  fc.assert(
    fc.property(fc.array(fc.array(types, { maxLength: 5 }), { maxLength: 5 }), (rows) => {
      const members = agreement(
        rows.map((row) => sentence(...row.map(span))),
        ['a', 'b', 'c'],
      );
      for (const [row, one] of members.entries()) {
        assert(one.weight >= 0 && one.weight <= 1);
        for (const [column, other] of members.entries()) assert.equal(one.with[column], other.with[row]);
      }
    }),
  );
});
