import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalize } from '../model/embedder.ts';
import { type Choice, chooseLessons, type Lesson } from './choose.ts';

const lesson = (worth: number, ...vector: readonly number[]): Lesson => ({ worth, vector: normalize(Float32Array.from(vector)) });

/** The same choice without a shortcut: every sentence is looked at again for each that is chosen. */
function plainChoice(sentences: readonly (readonly Lesson[])[], n: number): readonly Choice[] {
  const chosen: Choice[] = [];
  while (chosen.length < n) {
    const taught = chosen.flatMap(({ sentence }) => sentences[sentence] ?? []);
    const gainOf = (lessons: readonly Lesson[]): number =>
      lessons.reduce(
        (sum, { worth, vector }) => sum + worth * (1 - Math.min(1, Math.max(0, ...taught.map((other) => cosine(vector, other.vector))))),
        0,
      );
    const [best] = sentences
      .map((lessons, sentence) => ({ sentence, gain: gainOf(lessons) }))
      .filter(({ sentence, gain }) => gain > 0 && chosen.every((other) => other.sentence !== sentence))
      .sort((a, b) => b.gain - a.gain || a.sentence - b.sentence);
    if (best === undefined) break;
    chosen.push(best);
  }
  return chosen;
}

const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

// Whole numbers make vectors that are alike, and equal gains, often.
const sentences = fc.array(
  fc.array(
    fc
      .tuple(fc.constantFrom(0, 0.5, 1, 1.5), fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 3, maxLength: 3 }))
      .map(([worth, vector]) => lesson(worth, ...vector)),
    { maxLength: 3 },
  ),
  { maxLength: 9 },
);
const bound = fc.nat(10);

/** What float32 leaves of a lesson that was taught already. */
const rest = 1e-6;
const sure = (choices: readonly Choice[]) => choices.filter(({ gain }) => gain > rest);

test('the lazy choice is that of a plain greedy one', () => {
  fc.assert(
    fc.property(sentences, bound, (sentences, n) => {
      assert.deepEqual(sure(chooseLessons(sentences, n)), sure(plainChoice(sentences, n)));
    }),
    { numRuns: 500 },
  );
});

test('gains never rise and are above 0, no sentence comes twice, and there are at most n', () => {
  fc.assert(
    fc.property(sentences, bound, (sentences, n) => {
      const choices = chooseLessons(sentences, n);
      assert.ok(choices.length <= n);
      assert.equal(new Set(choices.map(({ sentence }) => sentence)).size, choices.length);
      for (const [at, { sentence, gain }] of choices.entries()) {
        const worth = (sentences[sentence] ?? assert.fail()).reduce((sum, lesson) => sum + lesson.worth, 0);
        assert.ok(gain > 0 && gain <= worth && gain <= (choices[at - 1]?.gain ?? worth));
      }
    }),
  );
});

const [east, north, up] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

const cases: { name: string; sentences: readonly (readonly Lesson[])[]; n?: number; chosen: readonly (readonly [number, number])[] }[] = [
  { name: 'of nothing, nothing', sentences: [], chosen: [] },
  { name: 'none, if none are asked for', sentences: [[lesson(1, ...east)]], n: 0, chosen: [] },
  { name: 'sentences that teach nothing are left out', sentences: [[], [lesson(0, ...east)], [lesson(0, 0, 0, 0)]], chosen: [] },
  {
    name: 'equals come in their order',
    sentences: [[], [lesson(1, ...up)], [lesson(1, ...east)], [lesson(1, ...north)]],
    chosen: [
      [1, 1],
      [2, 1],
      [3, 1],
    ],
  },
  {
    name: 'equals come in their order also where one of them was better before',
    sentences: [[lesson(1, ...east)], [lesson(1, ...up), lesson(0.5, ...north)], [lesson(3, ...north)]],
    chosen: [
      [2, 3],
      [0, 1],
      [1, 1],
    ],
  },
  {
    name: 'lessons of one sentence add up',
    sentences: [[lesson(3, ...up)], [lesson(2, ...east), lesson(2, ...north)]],
    chosen: [
      [1, 4],
      [0, 3],
    ],
  },
  { name: 'what was taught is not taught again', sentences: [[lesson(1, ...up)], [lesson(2, ...up)]], chosen: [[1, 2]] },
  {
    name: 'of a lesson like one that was taught, what is left by the cosine counts',
    sentences: [[lesson(2, ...east)], [lesson(1.5, 3, 4, 0)], [lesson(1, ...up)]],
    chosen: [
      [0, 2],
      [2, 1],
      [1, 0.6],
    ],
  },
  {
    name: 'the opposite of what was taught is as good as what is unlike it',
    sentences: [[lesson(2, ...east)], [lesson(1, -1, 0, 0)]],
    chosen: [
      [0, 2],
      [1, 1],
    ],
  },
  {
    name: 'spans of which nothing is known are like nothing',
    sentences: [[lesson(1, 0, 0, 0)], [lesson(1, 0, 0, 0)], [{ worth: 1, vector: new Float32Array() }]],
    chosen: [
      [0, 1],
      [1, 1],
      [2, 1],
    ],
  },
];

for (const { name, sentences, n = 9, chosen } of cases) {
  test(name, () => {
    const choices = chooseLessons(sentences, n);
    assert.deepEqual(
      choices.map(({ sentence }) => sentence),
      chosen.map(([sentence]) => sentence),
    );
    for (const [at, [, gain]] of chosen.entries()) assert.ok(Math.abs((choices[at]?.gain ?? 0) - gain) < rest);
  });
}

test('the same vector is not taught again', () => {
  const once = [lesson(1, 1, 1, 0)];
  assert.equal(chooseLessons([once, once], 2).length, 1);
});
