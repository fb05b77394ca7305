import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keepingReport } from './format.fixture.ts';
import { detokenized, sampleOfTokens, spaced } from './token-joining.ts';

describe('running text', () => {
  const cases: readonly (readonly [tokens: string, text: string])[] = [
    ['Ada , Bob ; and Eve : all slept .', 'Ada, Bob; and Eve: all slept.'],
    ['Really ? ! Yes …', 'Really?! Yes…'],
    ["She 's here , but I ca n't see Ada 's dog", "She's here, but I can't see Ada's dog"],
    ['a ( b [ c ] ) d', 'a (b [c]) d'],
    ['-LRB- b -RRB- -LSB- c -RSB-', '(b) [c]'],
    ['He said " no " and " yes " .', 'He said "no" and "yes".'],
    ["`` No '' , he said", '"No", he said'],
    ['“ No ” « oui » ¿ qué ?', '“No” «oui» ¿qué?'],
    ['10 % of $ 5 , or 3 € million', '10% of $5, or 3 € million'],
    ['either / or', 'either/or'],
    ['# ner @ ada & gt', '#ner @ada & gt'],
    ['56 - year - old', '56 - year - old'],
    ['我 在 北京 。 他 也 在 。', '我在北京。他也在。'],
    ['ฉัน รัก กรุงเทพ', 'ฉันรักกรุงเทพ'],
    ['서울 에서', '서울 에서'],
    ['مرحبا ، عالم', 'مرحبا، عالم'],
    ['👩‍🚀 Ada', '👩‍🚀 Ada'],
  ];
  for (const [tokens, text] of cases) test(text, () => assert.equal(detokenized(tokens.split(' ')).text, text));

  test('has no doubled spaces for empty tokens', () => {
    assert.deepEqual(detokenized(['a', '', 'b']), {
      text: 'a b',
      tokens: [
        { start: 0, end: 1 },
        { start: 1, end: 1 },
        { start: 2, end: 3 },
      ],
    });
  });
});

test('spans are the tokens exactly, however they are joined', () => {
  const token = fc.constantFrom('a', 'é', 'e\u0301', '🎉', '中', 'ن', '"', '(', ')', ',', "'s", '%', '5', '$', '/', '#', '');
  fc.assert(
    fc.property(fc.array(token), (tokens) => {
      for (const { text, tokens: spans } of [spaced(tokens), detokenized(tokens)]) {
        assert.deepEqual(
          spans.map(({ start, end }) => text.slice(start, end)),
          tokens,
        );
      }
    }),
  );
});

test('mentions begin and end at tokens that are not empty; those of empty tokens alone are reported', () => {
  const { report, told } = keepingReport({ skipBad: false });
  const mentions = [
    { start: 0, end: 3, type: 'x' },
    { start: 2, end: 3, type: 'y' },
  ];
  const { text, entities } = sampleOfTokens({ id: '1' }, ['', 'Ada', '', 'slept'], mentions, { detokenize: false, report });
  assert.equal(text, ' Ada  slept');
  assert.deepEqual(entities, [{ start: 1, end: 4, type: 'x' }]);
  assert.deepEqual(told.counts, { 'mentions of empty tokens, left out': 1 });
});
