import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPairs, readSpans, showPlain, writePairs, writeSpans } from './bracket-format.ts';
import type { Completion } from './dialect.ts';

function completion(text: string, finishReason: Completion['finishReason'] = 'stop'): Completion {
  return { text, finishReason, usage: { promptTokens: 0, cachedTokens: 0, replyTokens: 0 } };
}

/** Strings that are shown as they are but for control tokens, which are likely. */
const anySpan = fc
  .array(fc.oneof(fc.constantFrom('[CLS]', '[SEP]', '\\', '[', '</s>', 'Ann', ' '), fc.string({ unit: 'grapheme' })), { maxLength: 6 })
  .map((parts) => `a${parts.join('')}b`.replace(/[\s\p{Cc}]+/gu, ' '));

describe('showPlain', () => {
  it('keeps a text on one line', () => assert.equal(showPlain(' a\nb\t\u0000\u2028c '), 'a b c'));
  it('breaks up markers visibly', () => assert.equal(showPlain('a [SEP] b <|im_end|>'), String.raw`a [\SEP] b <\|im_end|>`));
});

describe('readSpans', () => {
  it('reads what writeSpans writes, markers inside spans too', () => {
    fc.assert(fc.property(fc.array(anySpan), (spans) => assert.deepEqual(readSpans(completion(writeSpans(spans))), spans)));
  });

  const cases: readonly { reply: string; finishReason?: 'length'; spans: readonly string[] | undefined }[] = [
    { reply: '[CLS] Ann [SEP] Paris', spans: ['Ann', 'Paris'] },
    { reply: 'Mentions: [CLS]Ann[SEP]\n[CLS]Paris[SEP]\nThese are all.', spans: ['Ann', 'Paris'] },
    { reply: '[CLS]Ann[SEP]\n\nText: Jim slept.\nMentions: [CLS]Jim[SEP]', spans: ['Ann'] },
    { reply: '<think>[CLS]Jim[SEP]</think>[CLS]Ann[SEP]', spans: ['Ann'] },
    { reply: '[CLS]Ann[SEP]Par', finishReason: 'length', spans: ['Ann'] },
    { reply: '[CLS]Ann\n\nText: Jim sl', finishReason: 'length', spans: ['Ann'] },
    { reply: '[CLS]', spans: [] },
    { reply: 'There are no entities.', spans: [] },
    { reply: 'Ann, Paris', spans: undefined },
    { reply: '', spans: undefined },
  ];
  for (const { reply, finishReason, spans } of cases) {
    it(`reads ${JSON.stringify(reply)}`, () => assert.deepEqual(readSpans(completion(reply, finishReason)), spans));
  }
});

describe('readPairs', () => {
  it('reads what writePairs writes, markers inside spans too', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anySpan, anySpan)), (pairs) => assert.deepEqual(readPairs(completion(writePairs(pairs))), pairs)),
    );
  });

  const cases: readonly { reply: string; finishReason?: 'length'; pairs: unknown }[] = [
    {
      reply: '[CLS] Ann [SEP] person [SEP]\n[CLS] Paris [SEP] place',
      pairs: [
        ['Ann', 'person'],
        ['Paris', 'place'],
      ],
    },
    { reply: '[CLS]Ann[CLS]Paris[SEP]place', pairs: [['Paris', 'place']] },
    { reply: '[CLS]Ann[SEP]person[CLS]Paris[SEP]pl', finishReason: 'length', pairs: [['Ann', 'person']] },
    { reply: '[CLS]', pairs: [] },
    { reply: 'No entities.', pairs: [] },
    { reply: 'Ann is a person.', pairs: undefined },
  ];
  for (const { reply, finishReason, pairs } of cases) {
    it(`reads ${JSON.stringify(reply)}`, () => assert.deepEqual(readPairs(completion(reply, finishReason)), pairs));
  }
});
