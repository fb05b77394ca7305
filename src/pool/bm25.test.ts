import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bm25Index } from './bm25.ts';

/** The formula written out, with a look at every sentence for every word. */
function slowly(texts: readonly string[], query: string): readonly number[] {
  const sentences = texts.map(split);
  const meanLength = sentences.flat().length / sentences.length;
  return sentences.map((sentence) => {
    let score = 0;
    for (const word of split(query)) {
      const holding = sentences.filter((other) => other.includes(word)).length;
      const count = sentence.filter((other) => other === word).length;
      if (count === 0) continue;
      const inverse = Math.log(1 + (sentences.length - holding + 0.5) / (holding + 0.5));
      score += (inverse * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * sentence.length) / meanLength));
    }
    return score;
  });
}

function split(text: string): readonly string[] {
  return text.split(/[ ,.]+/).flatMap((word) => (word === '' ? [] : [word.toLowerCase()]));
}

test('BM25 is what a slow reading of the formula gives', () => {
  const text = fc
    .array(fc.constantFrom('a', 'B', 'b', 'Rome', 'rome', 'fever', '5', ','), { maxLength: 12 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), text, (texts, query) => {
      const scores = bm25Index(texts).scores(query);
      assert.equal(scores.length, texts.length);
      for (const [sentence, score] of slowly(texts, query).entries()) assert.ok(Math.abs((scores[sentence] ?? Number.NaN) - score) < 1e-9);
    }),
  );
});

const pool = ['The fever fell.', 'The fever of the fever!', 'Anna flew to the sea.', '東京は大きい', ''];

test('rare words count more than common ones, and repeated ones more than single ones', () => {
  const index = bm25Index(pool);
  const [fell = 0, repeated = 0, anna = 0] = index.scores('the fever');
  assert.ok(repeated > fell && fell > anna && anna > 0);
  assert.deepEqual(index.scores('malaria'), new Float64Array(5));
});

test('words of scripts without spaces are found', () => {
  assert.deepEqual(
    Array.from(bm25Index(pool).scores('京都と東京'), (score) => score > 0),
    [false, false, false, true, false],
  );
});

test('a pool without sentences or without words', () => {
  assert.deepEqual(bm25Index([]).scores('fever'), new Float64Array(0));
  assert.deepEqual(bm25Index(['', '…']).scores('fever'), new Float64Array(2));
});
