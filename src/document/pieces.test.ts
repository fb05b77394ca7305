import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Piece, piecesOf } from './pieces.ts';
import type { Span } from './span.ts';

/** Pieces as text: `[…]`, with `<` or `>` for an end that is elsewhere. */
function drawn(pieces: readonly Piece<Span>[]): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return `${piece.isFirst ? '[' : '<'}${drawn(piece.contents)}${piece.isLast ? ']' : '>'}`;
    })
    .join('');
}

const cases: Readonly<Record<string, readonly [spans: readonly (readonly [number, number])[], drawn: string]>> = {
  'no span': [[], 'abcdef'],
  'spans beside each other': [
    [
      [0, 2],
      [2, 4],
    ],
    '[ab][cd]ef',
  ],
  'one in another': [
    [
      [0, 5],
      [1, 3],
    ],
    '[a[bc]de]f',
  ],
  'one twice': [
    [
      [1, 3],
      [1, 3],
    ],
    'a[[bc]]def',
  ],
  'one across the end of another': [
    [
      [0, 3],
      [2, 5],
    ],
    '[ab[c>]<de]f',
  ],
  'one across two ends': [
    [
      [0, 4],
      [1, 3],
      [2, 6],
    ],
    '[a[b[c>]<d>]<ef]',
  ],
};
for (const [name, [spans, expected]] of Object.entries(cases)) {
  test(`pieces of ${name}`, () => {
    assert.equal(
      drawn(
        piecesOf(
          'abcdef',
          spans.map(([start, end]) => ({ start, end })),
        ),
      ),
      expected,
    );
  });
}

test('no character is lost or doubled, and each span begins and ends once', () => {
  const text = 'The Bank of England in London.';
  const span = fc
    .tuple(fc.nat(text.length - 1), fc.nat(10))
    .map(([start, length]) => ({ start, end: Math.min(text.length, start + 1 + length) }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      const texts = new Map<Span, string>();
      const ends: { span: Span; isFirst: boolean; isLast: boolean }[] = [];
      const read = (pieces: readonly Piece<Span>[]): string =>
        pieces
          .map((piece) => {
            if (typeof piece === 'string') return piece;
            const inside = read(piece.contents);
            texts.set(piece.span, (texts.get(piece.span) ?? '') + inside);
            ends.push(piece);
            return inside;
          })
          .join('');
      assert.equal(read(piecesOf(text, spans)), text);
      for (const one of spans) {
        assert.equal(texts.get(one), text.slice(one.start, one.end));
        const own = ends.filter(({ span }) => span === one);
        assert.deepEqual([own.filter(({ isFirst }) => isFirst).length, own.filter(({ isLast }) => isLast).length], [1, 1]);
      }
    }),
  );
});
