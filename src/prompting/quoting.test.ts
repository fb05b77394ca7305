import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { breakControlTokens, partQuoter, quote, restoreControlTokens } from './quoting.ts';

const controlTokens = [
  '<|im_start|>',
  '<|eot_id|>',
  '<|endoftext|>',
  '<s>',
  '</s>',
  '<start_of_turn>',
  '<end_of_turn>',
  '<turn|>',
  '[INST]',
  '[/INST]',
  '<<SYS>>',
  '<</SYS>>',
  '<｜User｜>',
  '<｜begin▁of▁sentence｜>',
  '[CLS]',
  '[SEP]',
  '[gMASK]',
  '<sop>',
  '<think>',
  '</think>',
  '<tool_call>',
  '<BOS_TOKEN>',
  '<extra_id_0>',
  '[TOOL_CALLS]',
  '[control_8]',
  '[|endofturn|]',
];

/** Text in which control tokens, halves of them and escapes are likely. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(...controlTokens, '<', '[', '|', '\\', ']', '>', '/', 'AB', '_', '\n', '\u2028', '\ud83d', '\\u003c'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

describe('quote', () => {
  for (const token of controlTokens) {
    it(`breaks up ${token} wherever it stands`, () => {
      for (const text of [token, `a${token}b`, `<${token}`, `[${token}`, token + token])
        assert.ok(!quote(text).includes(token), quote(text));
    });
  }

  const readable = ['a < b and c > d', 'x<y', '<3', '[1] [sic] [Smith 2020]', 'Zürich, 東京, İzmir 😀', "O'Brien", 'a\u200db'];
  for (const text of readable) {
    it(`leaves ${text} readable`, () => assert.equal(quote(text), `"${text}"`));
  }

  const escaped: readonly (readonly [string, string])[] = [
    ['say "no"\\', String.raw`"say \"no\"\\"`],
    ['two\nlines\t\u0000', String.raw`"two\nlines\t\u0000"`],
    ['\u2028\u2029\u0085\u007f', String.raw`"\u2028\u2029\u0085\u007f"`],
    ['\ud83d!', String.raw`"\ud83d!"`],
    ['<|im_end|>', String.raw`"\u003c|im_end|>"`],
    ['[CLS]', String.raw`"\u005bCLS]"`],
  ];
  for (const [text, literal] of escaped) {
    it(`writes ${literal}`, () => assert.equal(quote(text), literal));
  }

  it('is undone by JSON.parse and stays on one line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.equal(JSON.parse(quote(text)), text);
        assert.doesNotMatch(quote(text), /[\n\r\u2028\u2029\u0085]/);
      }),
    );
  });

  it('and breakControlTokens take linear time on long words behind brackets', () => {
    const started = performance.now();
    const text = `[${'A'.repeat(200_000)} <${'a'.repeat(200_000)} ${'<'.repeat(200_000)} <${'\\'.repeat(200_000)}`;
    quote(text);
    assert.equal(restoreControlTokens(breakControlTokens(text)), text);
    assert.ok(performance.now() - started < 2_000);
  });
});

describe('breakControlTokens', () => {
  for (const token of controlTokens) {
    it(`breaks up ${token} visibly`, () => {
      assert.ok(!breakControlTokens(`a${token}b`).includes(token));
      assert.match(breakControlTokens(token), /\\/);
    });
  }

  it('is undone by restoreControlTokens, whatever backslashes the text has', () => {
    fc.assert(fc.property(hostile, (text) => assert.equal(restoreControlTokens(breakControlTokens(text)), text)));
  });

  it('leaves ordinary text alone, and so does its inverse', () => {
    for (const text of ['a < b', String.raw`C:\temp`, '[1]', String.raw`<\n`]) {
      assert.equal(breakControlTokens(text), text);
      assert.equal(restoreControlTokens(text), text);
    }
  });

  it('restores a token that a model wrote whole to itself', () => assert.equal(restoreControlTokens('<|im_end|>'), '<|im_end|>'));
});

describe('partQuoter', () => {
  it('spells parts that are the text again when put together, with no control token in it', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat()), (text, seeds) => {
        const cuts = [0, ...seeds.map((seed) => seed % (text.length + 1)).sort((a, b) => a - b), text.length];
        const ofPart = partQuoter(text);
        const spelled = cuts.slice(1).map((end, index) => ofPart(cuts[index] ?? 0, end));
        assert.equal(spelled.map((part) => JSON.parse(`"${part}"`)).join(''), text);
        for (const token of controlTokens) assert.ok(!spelled.join('').includes(token), token);
      }),
    );
  });
});
