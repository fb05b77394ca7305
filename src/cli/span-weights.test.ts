import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { extractFlags, parseFlags } from './flags.ts';
import { spanWeightsText } from './span-weights.ts';

const parse = (spanWeights: string) => parseFlags(extractFlags, { spanWeights }).spanWeights;
const usual = { properNoun: 4, noun: 2, pronoun: 1, other: 0 };

describe('--span-weights', () => {
  const cases: Readonly<Record<string, unknown>> = {
    'part-of-speech': 'part-of-speech',
    IDF: 'idf',
    equal: 'equal',
    'PROPN=3,NOUN=2.5,PRON=0,other=1': { properNoun: 3, noun: 2.5, pronoun: 0, other: 1 },
    'noun=3': { ...usual, noun: 3 },
    'Other = 0.5, Pron=2': { ...usual, other: 0.5, pronoun: 2 },
  };
  for (const [text, weights] of Object.entries(cases)) test(text, () => assert.deepEqual(parse(text), weights));

  const wrong = [
    '',
    'tf-idf',
    'PROPN',
    'PROPN=',
    'VERB=2',
    'NOUN=-1',
    'NOUN=1e9',
    'NOUN=1000001',
    'NOUN=2,noun=3',
    'NOUN=2,',
    'idf,NOUN=2',
  ];
  for (const text of wrong) {
    test(`not "${text}"`, () =>
      assert.throws(() => parse(text), {
        message: `--span-weights is "${text}"; expected part-of-speech, idf, equal, or weights from 0 to 1000000 for any of PROPN, NOUN, PRON, other, each once, such as PROPN=4,NOUN=2.5.`,
      }));
  }

  test('weights are written as they are read', () => {
    for (const text of ['idf', 'PROPN=4,NOUN=2.5,PRON=1,other=0']) assert.equal(spanWeightsText(parse(text) ?? assert.fail()), text);
  });
});
