import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nameOccurrence } from './occurrence.ts';

const quoted = (part: string) => `"${part}"`;

function occurrences(text: string, mention: string): { start: number; end: number }[] {
  return [...text.matchAll(new RegExp(`(?=${mention})`, 'g'))].map(({ index }) => ({ start: index, end: index + mention.length }));
}

describe('nameOccurrence', () => {
  const long = 'Yesterday the mayor of Paris said that Hilton had met the other Paris only once.';
  const cases: readonly { name: string; text: string; mention: string; names: readonly string[] }[] = [
    { name: 'a string that occurs once', text: 'Jim in Paris', mention: 'Paris', names: ['"Paris"'] },
    {
      name: 'two occurrences far apart',
      text: long,
      mention: 'Paris',
      names: ['"Paris" (in "Yesterday the mayor of Paris said that Hilton had")', '"Paris" (in "had met the other Paris only once.")'],
    },
    {
      name: 'two occurrences side by side',
      text: 'Paris, Paris!',
      mention: 'Paris',
      names: ['"Paris" (in "Paris,")', '"Paris" (in "Paris!")'],
    },
    {
      name: 'two occurrences in one clause',
      text: 'Paris flew to Paris with Ann.',
      mention: 'Paris',
      names: ['"Paris" (in "Paris flew to")', '"Paris" (in "flew to Paris with Ann.")'],
    },
    {
      name: 'an occurrence inside another word',
      text: 'Romeo left Rome today',
      mention: 'Rome',
      names: ['"Rome" (in "Romeo left")', '"Rome" (in "left Rome today")'],
    },
    {
      name: 'overlapping occurrences',
      text: 'aaa',
      mention: 'aa',
      names: ['"aa" (occurrence 1 in the text)', '"aa" (occurrence 2 in the text)'],
    },
  ];
  for (const { name, text, mention, names } of cases) {
    it(`names ${name}`, () =>
      assert.deepEqual(
        occurrences(text, mention).map((span) => nameOccurrence(text, span, quoted)),
        names,
      ));
  }

  it('widens the context until it is unique', () => {
    const text = `A ${'very '.repeat(20)}Paris ${'very '.repeat(20)}Paris ${'very '.repeat(20)}B`;
    const names = occurrences(text, 'Paris').map((span) => nameOccurrence(text, span, quoted));
    assert.notEqual(names[0], names[1]);
  });

  it('does not cut a character in half where a script has no spaces', () => {
    const text = `${'😀'.repeat(20)}x東京${'😀'.repeat(31)}東京${'😀'.repeat(20)}`;
    for (const span of occurrences(text, '東京')) assert.ok(nameOccurrence(text, span, quoted).isWellFormed());
  });

  it('stays short in a text that repeats itself', () => {
    const text = 'la '.repeat(1000);
    for (const span of occurrences(text, 'la')) assert.ok(nameOccurrence(text, span, quoted).length < 500);
    assert.equal(nameOccurrence(text, { start: 1500, end: 1502 }, quoted), '"la" (occurrence 501 in the text)');
  });

  it('names different spans differently', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ' ', '"', 'a a '), { minLength: 1, maxLength: 300 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 3 }), (body, length) => {
        const spans = Array.from({ length: body.length - length + 1 }, (_, start) => ({ start, end: start + length }));
        assert.equal(new Set(spans.map((span) => nameOccurrence(body, span, JSON.stringify))).size, Math.max(0, spans.length));
      }),
    );
  });
});
