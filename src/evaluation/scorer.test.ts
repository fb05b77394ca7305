import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../document/labelled.ts';
import {
  addCounts,
  boundaryCounts,
  type Counts,
  macroRatios,
  noCounts,
  ratios,
  strictCounts,
  sumCounts,
  sumTypeCounts,
  typeCounts,
} from './scorer.ts';

const mention = (start: number, end: number, type: string) => ({ start, end, type });
const gold = [mention(0, 3, 'person'), mention(4, 9, 'location')];
const counted = ([truePositives, falsePositives, falseNegatives]: readonly [number, number, number]) => ({
  truePositives,
  falsePositives,
  falseNegatives,
});

describe('counts of one text', () => {
  const cases: readonly {
    readonly name: string;
    readonly gold?: readonly TypedSpan[];
    readonly predicted: readonly TypedSpan[];
    readonly strict: readonly [number, number, number];
    readonly boundary: readonly [number, number, number];
  }[] = [
    { name: 'all right', predicted: gold, strict: [2, 0, 0], boundary: [2, 0, 0] },
    { name: 'nothing found', predicted: [], strict: [0, 0, 2], boundary: [0, 0, 2] },
    { name: 'nothing there', gold: [], predicted: gold, strict: [0, 2, 0], boundary: [0, 2, 0] },
    { name: 'a wrong type is spurious and missed', predicted: [mention(0, 3, 'location')], strict: [0, 1, 2], boundary: [1, 0, 1] },
    { name: 'a wrong boundary is spurious and missed', predicted: [mention(0, 9, 'person')], strict: [0, 1, 2], boundary: [0, 1, 2] },
    {
      name: 'a mention told twice counts once',
      predicted: [mention(0, 3, 'person'), mention(0, 3, 'person')],
      strict: [1, 0, 1],
      boundary: [1, 0, 1],
    },
    {
      name: 'nested mentions, one of them with two types',
      gold: [mention(0, 9, 'city'), mention(0, 9, 'club'), mention(0, 4, 'city')],
      predicted: [mention(0, 4, 'city'), mention(0, 9, 'club'), mention(5, 9, 'club')],
      strict: [2, 1, 1],
      boundary: [2, 1, 0],
    },
  ];
  for (const { name, gold: ofCase = gold, predicted, strict, boundary } of cases) {
    test(name, () => {
      assert.deepEqual(strictCounts(ofCase, predicted), counted(strict));
      assert.deepEqual(boundaryCounts(ofCase, predicted), counted(boundary));
    });
  }

  test('by type', () => {
    assert.deepEqual(
      typeCounts(gold, [mention(0, 3, 'person'), mention(4, 9, 'work')]),
      new Map([
        ['person', counted([1, 0, 0])],
        ['location', counted([0, 0, 1])],
        ['work', counted([0, 1, 0])],
      ]),
    );
  });

  test('by another place: distinct strings', () => {
    const text = 'Rome or Roma or Rome';
    const stringOf = ({ start, end }: TypedSpan) => text.slice(start, end);
    const twice = [mention(0, 4, 'city'), mention(16, 20, 'city')];
    assert.deepEqual(typeCounts(twice, [mention(0, 4, 'city'), mention(8, 12, 'city')], stringOf), new Map([['city', counted([1, 1, 0])]]));
  });
});

describe('ratios', () => {
  test('counts add before ratios are derived', () => {
    const sum = addCounts(counted([1, 0, 0]), counted([1, 2, 6]));
    assert.deepEqual(ratios(sum), { precision: 0.5, recall: 0.25, f1: 1 / 3 });
  });
  test('of nothing are 0', () => {
    assert.deepEqual(ratios(noCounts), { precision: 0, recall: 0, f1: 0 });
    assert.deepEqual(macroRatios(new Map()), { precision: 0, recall: 0, f1: 0 });
  });
  test('macro ratios are means over the types that are gold or predicted', () => {
    const counts = new Map([
      ['right', counted([3, 0, 1])],
      ['never found', counted([0, 0, 5])],
      ['never there', counted([0, 2, 0])],
    ]);
    assert.deepEqual(macroRatios(counts), { precision: 1 / 3, recall: 0.25, f1: 6 / 7 / 3 });
  });
});

const anyMention = fc
  .record({ start: fc.nat(12), length: fc.integer({ min: 1, max: 5 }), type: fc.constantFrom('a', 'b', '__proto__') })
  .map(({ start, length, type }) => mention(start, start + length, type));
const anyMentions = fc.array(anyMention, { maxLength: 8 });

test('swapping gold and predicted swaps precision and recall and leaves F1', () => {
  fc.assert(
    fc.property(anyMentions, anyMentions, (some, others) => {
      const [there, back] = [ratios(strictCounts(some, others)), ratios(strictCounts(others, some))];
      assert.deepEqual(back, { precision: there.recall, recall: there.precision, f1: there.f1 });
    }),
  );
});

test('adding the counts of texts is counting in the text that they make together', () => {
  const shifted = (mentions: readonly TypedSpan[], by: number) =>
    mentions.map(({ start, end, type }) => mention(start + by, end + by, type));
  fc.assert(
    fc.property(fc.array(fc.tuple(anyMentions, anyMentions), { maxLength: 5 }), (texts) => {
      const together = texts.map(([some, others], index) => [shifted(some, 100 * index), shifted(others, 100 * index)] as const);
      const whole = typeCounts(
        together.flatMap(([some]) => some),
        together.flatMap(([, others]) => others),
      );
      const sum = sumTypeCounts(texts.map(([some, others]) => typeCounts(some, others)));
      assert.deepEqual(sum, whole);
      assert.deepEqual([...sum.keys()], [...sum.keys()].sort());
      const total = texts.map(([some, others]): Counts => strictCounts(some, others));
      assert.deepEqual(sumCounts(sum.values()), sumCounts(total));
    }),
  );
});
