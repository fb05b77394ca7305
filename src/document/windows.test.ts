import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentences } from './sentences.ts';
import { windows } from './windows.ts';

const cases: readonly { name: string; text: string; limit: number; parts: readonly string[] }[] = [
  { name: 'one window for a text that fits', text: ' One. Two. ', limit: 20, parts: ['One. Two.'] },
  { name: 'as many sentences a window as fit', text: 'One. Two. Three. Four.', limit: 10, parts: ['One. Two.', 'Three.', 'Four.'] },
  { name: 'a sentence that fits exactly', text: 'One. Two.', limit: 4, parts: ['One.', 'Two.'] },
  { name: 'a long sentence split at white space', text: 'New York is big and far.', limit: 9, parts: ['New York', 'is big', 'and far.'] },
  { name: 'the rest of a long sentence with the next one', text: 'New York is big. So?', limit: 12, parts: ['New York is', 'big. So?'] },
  { name: 'a long word split between clusters', text: 'ae\u0301ae\u0301ae\u0301', limit: 5, parts: ['ae\u0301a', 'e\u0301ae\u0301'] },
  { name: 'a cluster longer than the limit split between characters', text: '👩‍👧', limit: 4, parts: ['👩‍', '👧'] },
  { name: 'even a surrogate pair under a limit of 1', text: '😀', limit: 1, parts: ['\ud83d', '\ude00'] },
  { name: 'Chinese without punctuation', text: '我在北京大学', limit: 4, parts: ['我在北京', '大学'] },
  { name: 'everything without a limit', text: 'One. Two.', limit: Number.POSITIVE_INFINITY, parts: ['One. Two.'] },
  { name: 'nothing for an empty text', text: '', limit: 5, parts: [] },
  { name: 'nothing for a blank text', text: ' \n ', limit: 1, parts: [] },
];
for (const { name, text, limit, parts } of cases) {
  test(`gives ${name}`, () => {
    assert.deepEqual(
      windows(text, { limit }).map(({ start, end }) => text.slice(start, end)),
      parts,
    );
  });
}

for (const limit of [0, 0.5, -1, Number.NaN]) {
  test(`refuses a limit of ${limit}`, () => assert.throws(() => windows('One.', { limit }), RangeError));
}

const unit = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.constantFrom('a', 'B', '.', ' ', '\n', '\u0301', '👩‍👧', '\ud83d', '中', '。'),
);

test('covers all but white space, in order, within the limit', () => {
  fc.assert(
    fc.property(fc.string({ unit }), fc.integer({ min: 1, max: 30 }), (text, limit) => {
      let covered = 0;
      for (const { start, end } of windows(text, { limit })) {
        assert.ok(covered <= start && start < end && end - start <= limit);
        assert.equal(text.slice(covered, start).trim(), '');
        covered = end;
      }
      assert.equal(text.slice(covered).trim(), '');
    }),
  );
});

test('holds sentences together that fit, and leaves no room for the next one', () => {
  const sentence = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 }).map((word) => `X${word}.`);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 20 }), fc.integer({ min: 10, max: 40 }), (parts, limit) => {
      const text = parts.join(' ');
      const whole = sentences(text);
      const packed = windows(text, { limit });
      for (const [index, { start, end }] of packed.entries()) {
        assert.ok(whole.some((span) => span.start === start) && whole.some((span) => span.end === end));
        const next = whole.find((span) => span.start >= end);
        assert.equal(packed[index + 1]?.start, next?.start);
        if (next !== undefined) assert.ok(next.end - start > limit);
      }
    }),
  );
});

const overlapping: readonly { name: string; text: string; limit: number; overlap: number; parts: readonly string[] }[] = [
  {
    name: 'a sentence of the window before',
    text: 'A b. C d. E f. G h.',
    limit: 9,
    overlap: 1,
    parts: ['A b. C d.', 'C d. E f.', 'E f. G h.'],
  },
  { name: 'as many as were asked for', text: 'A b. C d. E f. G h.', limit: 14, overlap: 2, parts: ['A b. C d. E f.', 'C d. E f. G h.'] },
  {
    name: 'none where the next sentence leaves no room',
    text: 'A b. C d. Eeee ffff.',
    limit: 10,
    overlap: 1,
    parts: ['A b. C d.', 'Eeee ffff.'],
  },
  { name: 'fewer where there is room for fewer', text: 'A b. C d. Ee ff.', limit: 11, overlap: 2, parts: ['A b. C d.', 'C d. Ee ff.'] },
  { name: 'nothing where one window is enough', text: 'A b. C d.', limit: 9, overlap: 1, parts: ['A b. C d.'] },
];
for (const { name, text, parts, ...options } of overlapping) {
  test(`repeats ${name}`, () => {
    assert.deepEqual(
      windows(text, options).map(({ start, end }) => text.slice(start, end)),
      parts,
    );
  });
}

test('with overlap, too, covers all but white space, within the limit, and each window goes on behind the one before', () => {
  fc.assert(
    fc.property(fc.string({ unit }), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 4 }), (text, limit, overlap) => {
      let before = { start: -1, end: 0 };
      for (const window of windows(text, { limit, overlap })) {
        assert.ok(before.start < window.start && before.end < window.end && window.end - window.start <= limit);
        assert.equal(text.slice(before.end, Math.max(before.end, window.start)).trim(), '');
        before = window;
      }
      assert.equal(text.slice(before.end).trim(), '');
    }),
  );
});

test('every mention of a sentence that fits is whole in a window, and with overlap the last sentence of a window has the next one behind it', () => {
  const sentence = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 8 }).map((word) => `X${word}.`);
  fc.assert(
    fc.property(fc.array(sentence, { maxLength: 20 }), fc.integer({ min: 22, max: 40 }), (parts, limit) => {
      const text = parts.join(' ');
      const whole = sentences(text);
      const packed = windows(text, { limit, overlap: 1 });
      for (const [index, span] of whole.entries()) {
        const next = whole[index + 1] ?? span; // two sentences always fit
        assert.ok(packed.some(({ start, end }) => start <= span.start && next.end <= end));
      }
    }),
  );
});

test('windows of a sentence that is too long share a quarter, so that every short mention is whole in one of them', () => {
  const text = Array.from({ length: 200 }, (_, at) => `w${at}`).join(' ');
  const packed = windows(text, { limit: 120 });
  for (let at = 0; at + 1 < 200; at++) {
    const start = text.indexOf(`w${at} `);
    const mention = `w${at} w${at + 1}`.length;
    assert.ok(packed.some((window) => window.start <= start && start + mention <= window.end));
  }
  assert.ok(packed.every(({ start, end }) => end - start <= 120));
});

test('windows of several sentences keep to a length that one long sentence may exceed', () => {
  const long = `A ${'very '.repeat(20)}long one.`;
  const text = `One. Two. Three. ${long} Four. Five.`;
  const parts = windows(text, { limit: 200, length: 10 }).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(parts, ['One. Two.', 'Three.', long, 'Four.', 'Five.']);
});
