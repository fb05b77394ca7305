import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../document/labelled.ts';
import { overlap, sameSpan } from '../document/span.ts';
import {
  actual,
  addMatchCounts,
  type MatchCounts,
  type MatchScheme,
  matchCounts,
  matchRatios,
  matchSchemes,
  possible,
} from './nervaluate.ts';
import { boundaryCounts, strictCounts } from './scorer.ts';
import { taggedSpans } from './tagged-spans.ts';

const mention = (start: number, end: number, type: string) => ({ start, end, type });
type Expected = Readonly<
  Record<MatchScheme, readonly [correct: number, incorrect: number, partial: number, missed: number, spurious: number]>
>;

const cases: readonly {
  readonly name: string;
  readonly gold: readonly TypedSpan[];
  readonly predicted: readonly TypedSpan[];
  readonly expected: Expected;
}[] = [
  {
    name: 'nothing on either side',
    gold: [],
    predicted: [],
    expected: { strict: [0, 0, 0, 0, 0], exact: [0, 0, 0, 0, 0], partial: [0, 0, 0, 0, 0], type: [0, 0, 0, 0, 0] },
  },
  {
    name: 'I, span and type are right',
    gold: [mention(0, 4, 'drug')],
    predicted: [mention(0, 4, 'drug')],
    expected: { strict: [1, 0, 0, 0, 0], exact: [1, 0, 0, 0, 0], partial: [1, 0, 0, 0, 0], type: [1, 0, 0, 0, 0] },
  },
  {
    name: 'II, nothing is there',
    gold: [],
    predicted: [mention(0, 4, 'brand')],
    expected: { strict: [0, 0, 0, 0, 1], exact: [0, 0, 0, 0, 1], partial: [0, 0, 0, 0, 1], type: [0, 0, 0, 0, 1] },
  },
  {
    name: 'III, nothing is found',
    gold: [mention(0, 4, 'brand')],
    predicted: [mention(4, 8, 'brand')],
    expected: { strict: [0, 0, 0, 1, 1], exact: [0, 0, 0, 1, 1], partial: [0, 0, 0, 1, 1], type: [0, 0, 0, 1, 1] },
  },
  {
    name: 'IV, the type is wrong',
    gold: [mention(0, 4, 'drug')],
    predicted: [mention(0, 4, 'brand')],
    expected: { strict: [0, 1, 0, 0, 0], exact: [1, 0, 0, 0, 0], partial: [1, 0, 0, 0, 0], type: [0, 1, 0, 0, 0] },
  },
  {
    name: 'V, the boundary is wrong',
    gold: [mention(3, 11, 'drug')],
    predicted: [mention(0, 11, 'drug')],
    expected: { strict: [0, 1, 0, 0, 0], exact: [0, 1, 0, 0, 0], partial: [0, 0, 1, 0, 0], type: [1, 0, 0, 0, 0] },
  },
  {
    name: 'VI, boundary and type are wrong',
    gold: [mention(5, 19, 'group')],
    predicted: [mention(0, 19, 'drug')],
    expected: { strict: [0, 1, 0, 0, 0], exact: [0, 1, 0, 0, 0], partial: [0, 0, 1, 0, 0], type: [0, 1, 0, 0, 0] },
  },
  {
    name: 'one mention where there are two: the closer one of its type is found, the other missed',
    gold: [mention(0, 2, 'a'), mention(3, 9, 'a')],
    predicted: [mention(1, 9, 'a')],
    expected: { strict: [0, 1, 0, 1, 0], exact: [0, 1, 0, 1, 0], partial: [0, 0, 1, 1, 0], type: [1, 0, 0, 1, 0] },
  },
  {
    name: 'two mentions where there is one: the second is spurious',
    gold: [mention(0, 9, 'a')],
    predicted: [mention(0, 4, 'b'), mention(5, 9, 'a')],
    expected: { strict: [0, 1, 0, 0, 1], exact: [0, 1, 0, 0, 1], partial: [0, 0, 1, 0, 1], type: [0, 1, 0, 0, 1] },
  },
  {
    name: 'a right mention keeps its partner, though one that holds it comes first',
    gold: [mention(2, 6, 'a')],
    predicted: [mention(0, 9, 'a'), mention(2, 6, 'a')],
    expected: { strict: [1, 0, 0, 0, 1], exact: [1, 0, 0, 0, 1], partial: [1, 0, 0, 0, 1], type: [1, 0, 0, 0, 1] },
  },
  {
    name: 'a mention told twice counts once',
    gold: [mention(0, 4, 'a')],
    predicted: [mention(0, 4, 'a'), mention(0, 4, 'a')],
    expected: { strict: [1, 0, 0, 0, 0], exact: [1, 0, 0, 0, 0], partial: [1, 0, 0, 0, 0], type: [1, 0, 0, 0, 0] },
  },
];

function asTuples(counts: ReturnType<typeof matchCounts>): Expected {
  const of = (scheme: MatchScheme) => {
    const { correct, incorrect, partial, missed, spurious } = counts[scheme];
    return [correct, incorrect, partial, missed, spurious] as const;
  };
  return { strict: of('strict'), exact: of('exact'), partial: of('partial'), type: of('type') };
}

for (const { name, gold, predicted, expected } of cases) {
  test(name, () => assert.deepEqual(asTuples(matchCounts(gold, predicted)), expected));
}

describe('examples that nervaluate documents', () => {
  test('one mention of each scenario', () => {
    const scenarios = cases.filter(({ name }) => /^(?:I|II|III|IV|V|VI),/.test(name));
    const gold = scenarios.flatMap(({ gold }, index) =>
      gold.map(({ start, end, type }) => mention(start + 30 * index, end + 30 * index, type)),
    );
    const predicted = scenarios.flatMap(({ name, predicted }, index) =>
      name.startsWith('III') ? [] : predicted.map(({ start, end, type }) => mention(start + 30 * index, end + 30 * index, type)),
    );
    const counts = matchCounts(gold, predicted);
    assert.deepEqual(asTuples(counts), {
      strict: [1, 3, 0, 1, 1],
      exact: [2, 2, 0, 1, 1],
      partial: [2, 0, 2, 1, 1],
      type: [2, 2, 0, 1, 1],
    });
  });

  test('two sentences', () => {
    const sentences = [
      ['O B-PER I-PER O O O B-ORG I-ORG', 'O O B-PER I-PER O O B-ORG I-ORG'],
      ['O B-LOC B-PER I-PER O O B-DATE', 'O B-LOC I-LOC B-PER O O B-DATE'],
    ];
    const counts = sentences.map(([gold = '', predicted = '']) =>
      matchCounts(taggedSpans(gold.split(' '), 'iob2'), taggedSpans(predicted.split(' '), 'iob2')),
    );
    const sum = (scheme: MatchScheme) => counts.map((ofSentence) => ofSentence[scheme]).reduce(addMatchCounts);
    assert.deepEqual(sum('type'), { correct: 5, incorrect: 0, partial: 0, missed: 0, spurious: 0 });
    assert.deepEqual(sum('exact'), { correct: 2, incorrect: 3, partial: 0, missed: 0, spurious: 0 });
    assert.deepEqual(sum('partial'), { correct: 2, incorrect: 0, partial: 3, missed: 0, spurious: 0 });
    assert.deepEqual(sum('strict'), { correct: 2, incorrect: 3, partial: 0, missed: 0, spurious: 0 });
    assert.deepEqual(matchRatios(sum('strict')), { precision: 0.4, recall: 0.4, f1: 0.4 });
    assert.deepEqual(matchRatios(sum('partial')), { precision: 0.7, recall: 0.7, f1: 0.7 });
  });
});

test('ratios give half a point for a partial match and divide by what was found and what was there', () => {
  const counts: MatchCounts = { correct: 3, incorrect: 0, partial: 2, missed: 3, spurious: 0 };
  assert.deepEqual([possible(counts), actual(counts)], [8, 5]);
  assert.deepEqual(matchRatios(counts), { precision: 0.8, recall: 0.5, f1: 8 / 13 });
});

test('ratios of nothing are 0', () => {
  const nothing: MatchCounts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
  assert.deepEqual(matchRatios(nothing), { precision: 0, recall: 0, f1: 0 });
});

const types = fc.constantFrom('a', 'b', 'c');
const nested = fc.array(
  fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 5 }), types).map(([start, length, type]) => mention(start, start + length, type)),
  { maxLength: 8 },
);
const flat = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 4 }), types), { maxLength: 6 }).map((parts) => {
  let at = 0;
  return parts.map(([gap, length, type]) => {
    const start = at + gap;
    at = start + length;
    return mention(start, at, type);
  });
});

test('every mention is counted once, and what is right is what exact comparison finds', () => {
  fc.assert(
    fc.property(nested, nested, (gold, predicted) => {
      const counts = matchCounts(gold, predicted);
      const strict = strictCounts(gold, predicted);
      for (const scheme of matchSchemes) {
        assert.equal(possible(counts[scheme]), strict.truePositives + strict.falseNegatives);
        assert.equal(actual(counts[scheme]), strict.truePositives + strict.falsePositives);
      }
      assert.equal(counts.strict.correct, strict.truePositives);
      assert.ok(counts.exact.correct >= boundaryCounts(gold, predicted).truePositives);
      assert.equal(counts.partial.correct, counts.exact.correct);
    }),
  );
});

test('mentions that do not overlap are matched as by taking the predicted ones as they come', () => {
  function slow(gold: readonly TypedSpan[], predicted: readonly TypedSpan[], scheme: MatchScheme): MatchCounts {
    const counts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
    const left = [...gold];
    for (const mention of predicted) {
      const distance = ({ start, end }: TypedSpan) => Math.abs(start - mention.start) + Math.abs(end - mention.end);
      const isCorrect = (other: TypedSpan) =>
        (scheme === 'type' ? overlap(other, mention) : sameSpan(other, mention)) &&
        (scheme === 'exact' || scheme === 'partial' || other.type === mention.type);
      const [right] = left.filter(isCorrect).sort((a, b) => distance(a) - distance(b));
      const partner = right ?? left.find((other) => overlap(other, mention));
      if (partner === undefined) counts.spurious++;
      else counts[right === undefined ? (scheme === 'partial' ? 'partial' : 'incorrect') : 'correct']++;
      if (partner !== undefined) left.splice(left.indexOf(partner), 1);
    }
    return { ...counts, missed: left.length };
  }
  fc.assert(
    fc.property(flat, flat, (gold, predicted) => {
      const counts = matchCounts(gold, predicted);
      for (const scheme of matchSchemes) assert.deepEqual(counts[scheme], slow(gold, predicted, scheme));
    }),
    { numRuns: 500 },
  );
});
