import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writing } from './format.fixture.ts';
import { writeProdigy } from './prodigy.ts';
import type { SampleEntity } from './sample.ts';

interface Task {
  readonly text: string;
  readonly tokens: readonly {
    readonly text: string;
    readonly start: number;
    readonly end: number;
    readonly id: number;
    readonly ws: boolean;
  }[];
  readonly spans: readonly { readonly start: number; readonly end: number; readonly token_start?: number; readonly token_end?: number }[];
}

const piece = fc.constantFrom('Ada', 'x', '🎉', '中文', ' ', ' ', '  ', '\n', '.', "can't", '-', 'e\u0301');
const marked = fc
  .tuple(fc.array(piece, { maxLength: 10 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }))
  .map(([pieces, marks]) => {
    const text = pieces.join('');
    const offsets = [...Array.from(text.matchAll(/./gsu), ({ index }) => index), text.length];
    const entities = marks.flatMap(([a, b]): readonly SampleEntity[] => {
      const [start = 0, end = 0] = [a, b].map((index) => offsets[index % offsets.length] ?? 0).sort((x, y) => x - y);
      return start === end ? [] : [{ start, end, type: 'x' }];
    });
    return { id: '1', text, entities };
  });

test('tokens are numbered pieces of the text by code points, and every mention that begins and ends in words lies on them', () =>
  fc.assert(
    fc.asyncProperty(marked, async (sample) => {
      const { content } = await writing(writeProdigy, [sample]);
      const { text, tokens, spans }: Task = JSON.parse(content);
      const characters = Array.from(text);
      for (const [index, token] of tokens.entries()) {
        assert.equal(token.id, index);
        assert.equal(token.text, characters.slice(token.start, token.end).join(''));
        assert.ok(token.start >= (tokens[index - 1]?.end ?? 0));
        assert.equal(token.ws, /\s/.test(characters[token.end] ?? ''));
      }
      for (const { start, end, token_start: first, token_end: last } of spans) {
        const isOfWords = /^\S/.test(characters[start] ?? '') && /\S$/.test(characters[end - 1] ?? '');
        assert.equal(first !== undefined && last !== undefined, isOfWords);
        if (first !== undefined && last !== undefined) assert.deepEqual([tokens[first]?.start, tokens[last]?.end], [start, end]);
      }
    }),
    { numRuns: 200 },
  ));
