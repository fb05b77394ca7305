import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type Reader, textReader, tokensOf } from './reading.ts';

describe('tokens', () => {
  const cases: Readonly<Record<string, readonly [text: string, tokens: readonly string[]]>> = {
    'are runs of letters, runs of digits and single marks': ['IL-2 met @bob.', ['IL', '-', '2', 'met', '@', 'bob', '.']],
    'keep marks with their letters': ['Pe\u0301rez e\u0301té', ['Pe\u0301rez', 'e\u0301té']],
    'are no halves of characters': ['🎉🎉 ok', ['🎉', '🎉', 'ok']],
    'are characters in scripts that do not space words': ['東京tower', ['東', '京', 'tower']],
    'keep marks with such characters': ['ก็ดี', ['ก็', 'ดี']],
    'are words in Hangul, which has spaces': ['서울에서 만나', ['서울에서', '만나']],
    'are none of white space': [' \n\u00a0 ', []],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    test(name, () => {
      assert.deepEqual(
        tokensOf(text).map(({ start, end }) => text.slice(start, end)),
        expected,
      );
    });
  }

  test('cover everything but white space, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let end = 0;
        for (const token of tokensOf(text)) {
          assert.match(text.slice(end, token.start), /^\s*$/);
          assert(token.end > token.start);
          end = token.end;
        }
        assert.match(text.slice(end), /^\s*$/);
      }),
    );
  });
});

describe('what is known of a token', () => {
  let read: Reader;
  before(async () => {
    read = await textReader();
  });

  const shapes: Readonly<Record<string, string>> = { Rome: 'Aaa', USA: 'AAA', ABCDE: 'AAA', 2024: '000', x: 'a', İzmir: 'Aaa', '-': '-' };
  for (const [word, shape] of Object.entries(shapes)) {
    test(`is the shape ${shape} of ${word}`, () => assert.equal(read(word)[0]?.shape, shape));
  }

  test('is its part of speech in its sentence', () => {
    const [, saw, london] = read('She saw London.');
    assert.equal(saw?.partOfSpeech, 'VERB');
    assert.equal(london?.partOfSpeech, 'PROPN');
  });

  test('is whether a space comes before it', () => {
    assert.deepEqual(
      read('IL-2 is').map(({ isGlued }) => isGlued),
      [false, true, true, false],
    );
  });
});
