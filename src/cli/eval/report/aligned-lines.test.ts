import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { TypedSpan } from '../../../document/labelled.ts';
import { alignedLines } from './aligned-lines.ts';

function lines(text: string, gold: readonly TypedSpan[], predicted: readonly TypedSpan[]): readonly [gold: string, predicted: string] {
  const { markup } = alignedLines(text, { gold, predicted }, (type) => type);
  const [first, second] = Array.from(markup.matchAll(/<\/bdi>(.*?)<\/p>/gs), ([, contents = '']) => contents);
  return [first ?? '', second ?? ''];
}

/** What takes up room: all but the tags. */
const room = (line: string): string => line.replace(/<[^>]*>/g, '');
/** What is seen. */
const seen = (line: string): string => room(line.replace(/<small class="other"[^>]*>[^<]*<\/small>/g, ''));

const span = (start: number, end: number, type: string): TypedSpan => ({ start, end, type });

describe('aligned lines', () => {
  test('have room for the labels of both, and each shows its own', () => {
    const [gold, predicted] = lines('Ada saw Paris', [span(0, 3, 'person')], [span(8, 13, 'place')]);
    assert.equal(room(gold), 'Adaperson saw Parisplace');
    assert.equal(room(predicted), room(gold));
    assert.equal(seen(gold), 'Adaperson saw Paris');
    assert.equal(seen(predicted), 'Ada saw Parisplace');
  });

  test('share the label of a mention that both have', () => {
    const [gold, predicted] = lines('Ada', [span(0, 3, 'person')], [span(0, 3, 'person')]);
    assert.equal(gold, predicted);
    assert.equal(seen(gold), 'Adaperson');
  });

  test('draw a container around and higher than its contents, and close the inner one first', () => {
    const [gold] = lines('New York Times', [span(0, 14, 'org'), span(0, 8, 'place')], []);
    assert.equal(
      gold,
      '<mark class="org first" style="--height:2"><mark class="place first" style="--height:1">New York</mark></mark>' +
        '<mark class="org" style="--height:2"><mark class="place last" style="--height:1"><small>place</small></mark></mark>' +
        '<mark class="org" style="--height:2"> Times</mark><mark class="org last" style="--height:2"><small>org</small></mark>',
    );
  });

  test('show both of two mentions that cross', () => {
    assert.equal(seen(lines('abcd', [span(0, 3, 'x'), span(1, 4, 'y')], [])[0]), 'abcxdy');
  });

  test('take up the same room, whatever the mentions', () => {
    const mention = fc
      .tuple(fc.nat(9), fc.nat(9), fc.constantFrom('x', 'y'))
      .map(([a, b, type]) => span(Math.min(a, b), Math.max(a, b) + 1, type));
    const mentions = fc.array(mention, { maxLength: 5 });
    fc.assert(
      fc.property(mentions, mentions, (gold, predicted) => {
        const [first, second] = lines('0123456789', gold, predicted);
        assert.equal(room(first), room(second));
        assert.equal(room(first).replace(/[xy]/g, ''), '0123456789');
        for (const [line, own] of [
          [first, gold],
          [second, predicted],
        ] as const) {
          const distinct = new Set(own.map(({ start, end, type }) => `${start} ${end} ${type}`));
          assert.equal(seen(line).replace(/\d/g, '').length, distinct.size);
        }
      }),
      { numRuns: 100 },
    );
  });
});
