import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../document/labelled.ts';
import { analyseErrors, confusionMatrix, errorKind, type MentionError } from './error-analysis.ts';
import { strictCounts } from './scorer.ts';

const mention = (start: number, end: number, type: string) => ({ start, end, type });

/** An error as `kind gold / predicted`. */
function written(error: MentionError): string {
  const place = ({ start, end, type }: TypedSpan) => `${start}-${end} ${type}`;
  const kind = 'boundary' in error ? `${error.kind} ${error.boundary}` : error.kind;
  return `${kind}: ${'gold' in error ? place(error.gold) : ''} / ${'predicted' in error ? place(error.predicted) : ''}`;
}

const cases: readonly {
  readonly name: string;
  readonly gold: readonly TypedSpan[];
  readonly predicted: readonly TypedSpan[];
  readonly correct?: number;
  readonly errors: readonly string[];
}[] = [
  { name: 'no mentions', gold: [], predicted: [], errors: [] },
  {
    name: 'a right mention, told twice',
    gold: [mention(0, 3, 'a')],
    predicted: [mention(0, 3, 'a'), mention(0, 3, 'a')],
    correct: 1,
    errors: [],
  },
  { name: 'a missed mention', gold: [mention(0, 3, 'a')], predicted: [], errors: ['missed: 0-3 a / '] },
  { name: 'a spurious mention', gold: [], predicted: [mention(0, 3, 'a')], errors: ['spurious:  / 0-3 a'] },
  {
    name: 'neighbours that only touch',
    gold: [mention(0, 3, 'a')],
    predicted: [mention(3, 6, 'a')],
    errors: ['missed: 0-3 a / ', 'spurious:  / 3-6 a'],
  },
  { name: 'a wrong type', gold: [mention(0, 3, 'a')], predicted: [mention(0, 3, 'b')], errors: ['wrong-type: 0-3 a / 0-3 b'] },
  { name: 'too long', gold: [mention(2, 5, 'a')], predicted: [mention(0, 5, 'a')], errors: ['wrong-boundary too-long: 2-5 a / 0-5 a'] },
  { name: 'too short', gold: [mention(2, 5, 'a')], predicted: [mention(3, 4, 'a')], errors: ['wrong-boundary too-short: 2-5 a / 3-4 a'] },
  { name: 'crossing', gold: [mention(2, 5, 'a')], predicted: [mention(4, 8, 'a')], errors: ['wrong-boundary crossing: 2-5 a / 4-8 a'] },
  {
    name: 'a wrong boundary and type',
    gold: [mention(2, 5, 'a')],
    predicted: [mention(2, 8, 'b')],
    errors: ['wrong-boundary-and-type too-long: 2-5 a / 2-8 b'],
  },
  {
    name: 'a right mention is not taken for a wrong boundary of another',
    gold: [mention(0, 9, 'a'), mention(0, 4, 'a')],
    predicted: [mention(0, 4, 'a')],
    correct: 1,
    errors: ['missed: 0-9 a / '],
  },
  {
    name: 'a wrong type goes before a wrong boundary',
    gold: [mention(0, 4, 'a'), mention(5, 9, 'b')],
    predicted: [mention(0, 4, 'b')],
    errors: ['wrong-type: 0-4 a / 0-4 b', 'missed: 5-9 b / '],
  },
  {
    name: 'a wrong boundary of the type goes before a closer one of another',
    gold: [mention(0, 10, 'a'), mention(6, 10, 'b')],
    predicted: [mention(5, 10, 'a')],
    errors: ['wrong-boundary too-short: 0-10 a / 5-10 a', 'missed: 6-10 b / '],
  },
  {
    name: 'one mention over two is the closer one, too long',
    gold: [mention(0, 2, 'a'), mention(3, 9, 'a')],
    predicted: [mention(0, 9, 'a')],
    errors: ['missed: 0-2 a / ', 'wrong-boundary too-long: 3-9 a / 0-9 a'],
  },
  {
    name: 'two mentions in one: one is too short, the other spurious',
    gold: [mention(0, 9, 'a')],
    predicted: [mention(0, 4, 'a'), mention(5, 9, 'a')],
    errors: ['wrong-boundary too-short: 0-9 a / 0-4 a', 'spurious:  / 5-9 a'],
  },
  {
    name: 'two types of one span, one of them wrong',
    gold: [mention(0, 4, 'a'), mention(0, 4, 'b')],
    predicted: [mention(0, 4, 'b'), mention(0, 4, 'c')],
    correct: 1,
    errors: ['wrong-type: 0-4 a / 0-4 c'],
  },
];
describe('errors', () => {
  for (const { name, gold, predicted, correct = 0, errors } of cases) {
    test(name, () => {
      const analysis = analyseErrors(gold, predicted);
      assert.deepEqual(analysis.errors.map(written), errors);
      assert.equal(analysis.correct.length, correct);
    });
  }
});

test('wrong boundaries are counted by how they are wrong', () => {
  const gold = [mention(10, 20, 'a')];
  const kinds = [mention(9, 21, 'a'), mention(11, 19, 'a'), mention(5, 15, 'a'), mention(5, 15, 'b')].map((predicted) =>
    analyseErrors(gold, [predicted]).errors.map(errorKind),
  );
  assert.deepEqual(kinds, [
    ['wrong-boundary:too-long'],
    ['wrong-boundary:too-short'],
    ['wrong-boundary:crossing'],
    ['wrong-boundary-and-type'],
  ]);
});

test('the confusion matrix counts types by span, and what has no partner as none', () => {
  const texts = [
    analyseErrors([mention(0, 3, 'a'), mention(4, 6, 'b')], [mention(0, 3, 'a'), mention(4, 6, 'a')]),
    analyseErrors([mention(0, 3, 'a'), mention(8, 9, 'b')], [mention(0, 4, 'a'), mention(5, 6, 'b')]),
  ];
  assert.deepEqual(
    confusionMatrix(texts),
    new Map([
      [
        'a',
        new Map([
          ['a', 1],
          ['none', 1],
        ]),
      ],
      [
        'b',
        new Map([
          ['a', 1],
          ['none', 1],
        ]),
      ],
      [
        'none',
        new Map([
          ['a', 1],
          ['b', 1],
        ]),
      ],
    ]),
  );
});

const anyMention = fc
  .tuple(fc.nat(12), fc.integer({ min: 1, max: 5 }), fc.constantFrom('a', 'b', 'c'))
  .map(([start, length, type]) => mention(start, start + length, type));
const anyMentions = fc.array(anyMention, { maxLength: 8 });

test('each mention is right or in one error, and the sums of the confusion matrix are those of the score', () => {
  fc.assert(
    fc.property(anyMentions, anyMentions, (gold, predicted) => {
      const analysis = analyseErrors(gold, predicted);
      const key = ({ start, end, type }: TypedSpan) => `${start}-${end} ${type}`;
      const erring = { gold: [] as TypedSpan[], predicted: [] as TypedSpan[] };
      for (const error of analysis.errors) {
        if ('gold' in error) erring.gold.push(error.gold);
        if ('predicted' in error) erring.predicted.push(error.predicted);
      }
      assert.deepEqual(new Set([...analysis.correct, ...erring.gold].map(key)), new Set(gold.map(key)));
      assert.equal(analysis.correct.length + erring.gold.length, new Set(gold.map(key)).size);
      assert.deepEqual(new Set([...analysis.correct, ...erring.predicted].map(key)), new Set(predicted.map(key)));
      assert.equal(analysis.correct.length + erring.predicted.length, new Set(predicted.map(key)).size);

      const { truePositives, falsePositives, falseNegatives } = strictCounts(gold, predicted);
      const cells = [...confusionMatrix([analysis])].flatMap(([row, columns]) =>
        Array.from(columns, ([column, count]) => ({ row, column, count })),
      );
      const sum = (isCounted: (cell: { readonly row: string; readonly column: string }) => boolean) =>
        cells.filter(isCounted).reduce((total, { count }) => total + count, 0);
      assert.equal(
        sum(({ row, column }) => row === column),
        truePositives,
      );
      assert.equal(
        sum(({ row }) => row !== 'none'),
        truePositives + falseNegatives,
      );
      assert.equal(
        sum(({ column }) => column !== 'none'),
        truePositives + falsePositives,
      );
    }),
  );
});
