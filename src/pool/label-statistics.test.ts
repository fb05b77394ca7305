import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LabelledSentence } from '../document/labelled.ts';
import { type Embedder, normalize } from '../model/embedder.ts';
import { labelGuidedIndex, labelStatistics } from './label-statistics.ts';
import { englishStopWords } from './stop-words.ts';

/** Marks mentions with brackets: `[Rome] is old`. */
function labelled(marked: string, id = marked): LabelledSentence {
  const entities: { start: number; end: number; type: string }[] = [];
  let text = '';
  for (const [part] of marked.matchAll(/\[[^\]]*\]|[^[]+/g)) {
    const inner = part.startsWith('[') ? part.slice(1, -1) : part;
    if (inner !== part) entities.push({ start: text.length, end: text.length + inner.length, type: 'place' });
    text += inner;
  }
  return { id, text, entities };
}

const pool = [
  labelled('We saw old [Rome] in May, by the sea.'),
  labelled('[Rome] fell, and [New York] rose.'),
  labelled('May Rome stand.'),
];
const signal = new AbortController().signal;

const shares = [
  { word: 'rome', inMention: 2 / 3, nearMention: 0, elsewhere: 1 / 3 },
  { word: 'may', inMention: 0, nearMention: 0.5, elsewhere: 0.5 },
  { word: 'york', inMention: 1, nearMention: 0, elsewhere: 0 },
  { word: 'saw', inMention: 0, nearMention: 1, elsewhere: 0 },
  { word: 'we', inMention: 0, nearMention: 0, elsewhere: 1 },
];

for (const { word, ...expected } of shares) {
  test(`label statistics: where "${word}" stands`, () => assert.deepEqual(labelStatistics(pool).shares(word), expected));
}

test('words weigh by where they stand, and unseen words weigh 1', () => {
  const statistics = labelStatistics(pool);
  assert.equal(statistics.weight('york'), 1);
  assert.equal(statistics.weight('we'), 0.01);
  assert.equal(statistics.weight('may'), 0.505);
  assert.equal(statistics.weight('berlin'), 1);
  assert.equal(statistics.shares('berlin'), undefined);
  assert.equal(labelStatistics(pool, { inMention: 2, nearMention: 0, elsewhere: 0 }).weight('york'), 2);
});

const letters = ['a', 'b', 'c', 'd'];

/** Vectors that are easily told: how often each of a few letters is in a word. It keeps what it was asked for. */
function letterEmbedder(): Embedder & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    id: 'letters',
    asked,
    async embed(texts, signal) {
      signal.throwIfAborted();
      asked.push(...texts);
      return texts.map(letterVector);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function letterVector(word: string): Float32Array {
  return normalize(Float32Array.from(letters, (letter) => word.split(letter).length - 1));
}

test('the score is the formula of DEER, written out', async () => {
  const token = fc.constantFrom('a', 'ab', 'abc', 'cd', 'dda', 'the', 'x');
  const sentence = fc
    .array(fc.tuple(token, fc.boolean()), { maxLength: 8 })
    .map((tokens) => labelled(tokens.map(([word, isMention]) => (isMention ? `[${word}]` : word)).join(' ')));
  await fc.assert(
    fc.asyncProperty(fc.array(sentence, { maxLength: 5 }), fc.array(token, { maxLength: 8 }), async (sentences, query) => {
      const options = { embedder: letterEmbedder(), matchWeight: 0.3, embeddingWeight: 2 };
      const index = await labelGuidedIndex(sentences, options, signal);
      const scores = await index.scores(query.join(' '), signal);
      const { weight } = labelStatistics(sentences);
      for (const [at, { text }] of sentences.entries()) {
        const words = text.split(' ').filter((word) => word !== '');
        const shared = new Set(query.filter((word) => words.includes(word) && !englishStopWords.has(word)));
        const match = [...shared].reduce((sum, word) => sum + weight(word), 0);
        const expected = 0.3 * match + 2 * slowCosine(slowMean(query, weight), slowMean(words, weight));
        assert.ok(Math.abs((scores[at] ?? Number.NaN) - expected) < 1e-5, `${scores[at]} is not ${expected}`);
      }
    }),
  );
});

function slowMean(words: readonly string[], weight: (word: string) => number): readonly number[] {
  return letters.map((_, at) => words.reduce((sum, word) => sum + weight(word) * (letterVector(word)[at] ?? 0), 0));
}

function slowCosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return product === 0 ? 0 : product / Math.hypot(...a) / Math.hypot(...b);
}

test('the embedder is asked for single words, each once', async () => {
  const embedder = letterEmbedder();
  const index = await labelGuidedIndex(pool, { embedder }, signal);
  await index.scores('Rome and Berlin', signal);
  await index.scores('Berlin, Rome', signal);
  assert.ok(embedder.asked.every((word) => /^[a-z]+$/.test(word)));
  assert.equal(new Set(embedder.asked).size, embedder.asked.length);
  assert.ok(embedder.asked.includes('berlin'));
});

test('words of mentions find more than words that the labels do not care for', async () => {
  const index = await labelGuidedIndex(pool, { embedder: letterEmbedder(), embeddingWeight: 0 }, signal);
  const [saw = 0, york = 0, stand = 0] = await index.scores('York stood by the sea', signal);
  assert.ok(york > saw && saw > stand && stand === 0);
});

test('an empty pool, and an abort', async () => {
  const index = await labelGuidedIndex([], { embedder: letterEmbedder() }, signal);
  assert.deepEqual(await index.scores('Rome', signal), new Float64Array(0));
  const reason = new Error('enough');
  await assert.rejects(labelGuidedIndex(pool, { embedder: letterEmbedder() }, AbortSignal.abort(reason)), reason);
});
