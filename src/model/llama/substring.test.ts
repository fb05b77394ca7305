import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { substringTracker } from './substring.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Reads a string in the given pieces, and says what stands there. */
function read(text: string, ...pieces: string[]): string | undefined {
  const tracker = substringTracker(text);
  let state = tracker.start;
  for (const piece of pieces) {
    const next = tracker.read(state, bytes(piece));
    if (next === undefined) return undefined;
    state = next;
  }
  return tracker.finished(state);
}

const cases: { name: string; text: string; pieces: string[]; expected: string | undefined }[] = [
  { name: 'a word in one piece', text: 'Rome is old', pieces: [' Rome'], expected: 'Rome' },
  { name: 'words in several pieces', text: 'in New York today', pieces: [' Ne', 'w', ' York'], expected: 'New York' },
  { name: 'the space alone as a first piece', text: 'Rome', pieces: [' ', 'Rome'], expected: 'Rome' },
  { name: 'not the beginning of a word', text: 'Romeo and Juliet', pieces: [' Rome'], expected: undefined },
  { name: 'not the end of a word', text: 'Jerome', pieces: [' rome'], expected: undefined },
  { name: 'the word that stands alone, not the one inside another', text: 'Romeo in Rome', pieces: [' Rome'], expected: 'Rome' },
  { name: 'not in the text', text: 'Rome is old', pieces: [' Paris'], expected: undefined },
  { name: 'no space after a string', text: 'Rome is old', pieces: [' Rome', ' '], expected: undefined },
  { name: 'nothing read', text: 'Rome', pieces: [], expected: undefined },
  { name: 'a first piece without its space', text: 'Rome', pieces: ['Rome'], expected: undefined },
  { name: 'inside Chinese text', text: '我在北京工作', pieces: [' 北京'], expected: '北京' },
  { name: 'a mark belongs to its letter', text: 'e\u0301te', pieces: [' e'], expected: undefined },
];

for (const { name, text, pieces, expected } of cases) {
  test(`substring: ${name}`, () => assert.equal(read(text, ...pieces), expected));
}

test('bytes of one character may come one by one', () => {
  const tracker = substringTracker('in Köln');
  const state = [...bytes(' Köln')].reduce<typeof tracker.start | undefined>(
    (state, byte) => state && tracker.read(state, Uint8Array.of(byte)),
    tracker.start,
  );
  assert.equal(state && tracker.finished(state), 'Köln');
});

test('what is finished stands in the text, and any cut into pieces gives the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.nat(30), fc.nat(10), fc.nat(10), (text, start, length, cut) => {
      const candidate = [...text].slice(start, start + length).join('');
      const whole = read(text, ` ${candidate}`);
      assert.equal(read(text, ` ${candidate.slice(0, cut)}`.toWellFormed(), candidate.slice(cut).toWellFormed()) ?? whole, whole);
      if (whole !== undefined) {
        assert.equal(whole, candidate);
        assert.ok(text.includes(whole));
      }
    }),
  );
});
