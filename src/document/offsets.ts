/** Converts positions of one text between Unicode code points and UTF-16 code units; both ends of the text are positions. */
export interface OffsetConverter {
  /** @throws {RangeError} if `codePoint` is no position of the text. */
  toUtf16(codePoint: number): number;
  /** @throws {RangeError} if `utf16` is no position of the text, or lies inside a surrogate pair. */
  toCodePoint(utf16: number): number;
}

/**
 * Prepares a text for conversions in O(log n) each, O(1) where all of it is in the Basic Multilingual Plane.
 * A lone surrogate counts as one code point, as in iteration over the string.
 */
export function offsetConverter(text: string): OffsetConverter {
  const pairs = surrogatePairs(text);
  const codePoints = text.length - pairs.length;
  return {
    toUtf16(codePoint) {
      requirePosition(codePoint, codePoints, 'code points');
      return codePoint + countUntil(pairs, (pair, index) => pair - index >= codePoint);
    },
    toCodePoint(utf16) {
      requirePosition(utf16, text.length, 'UTF-16 code units');
      const before = countUntil(pairs, (pair) => pair >= utf16);
      if (before > 0 && pairs[before - 1] === utf16 - 1) {
        throw new RangeError(`Offset ${utf16} lies inside a surrogate pair; expected a position between two characters.`);
      }
      return utf16 - before;
    },
  };
}

/** The UTF-16 offsets of all characters of two code units, ascending. */
function surrogatePairs(text: string): readonly number[] {
  const pairs: number[] = [];
  for (const pair of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) pairs.push(pair.index);
  return pairs;
}

/** How many of the ascending pairs come before the first one that `reached` holds of; it holds of all that follow. */
function countUntil(pairs: readonly number[], reached: (pair: number, index: number) => boolean): number {
  let low = 0;
  let high = pairs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const pair = pairs[middle];
    if (pair === undefined || reached(pair, middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function requirePosition(offset: number, length: number, unit: string): void {
  if (!Number.isInteger(offset) || offset < 0 || offset > length) {
    throw new RangeError(`Offset ${offset} is outside the text; expected an integer from 0 to ${length} (${unit}).`);
  }
}
