import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sequences } from './tag-sequences.fixture.ts';
import { isTagOf, type TagScheme, taggedSpans } from './tagged-spans.ts';

/** Mentions as `type start-end`. */
function written(tags: readonly string[], scheme: TagScheme): readonly string[] {
  return taggedSpans(tags, scheme).map(({ start, end, type }) => `${type} ${start}-${end}`);
}

const cases: readonly {
  readonly name: string;
  readonly tags: string;
  readonly conlleval: readonly string[];
  readonly iob2?: readonly string[];
  readonly iobes?: readonly string[];
}[] = [
  { name: 'no tags', tags: '', conlleval: [], iob2: [], iobes: [] },
  { name: 'nothing but O', tags: 'O O', conlleval: [], iob2: [], iobes: [] },
  { name: 'IOB2', tags: 'B-A I-A O B-B', conlleval: ['A 0-2', 'B 3-4'], iob2: ['A 0-2', 'B 3-4'], iobes: [] },
  { name: 'neighbours', tags: 'B-A B-A I-A B-B', conlleval: ['A 0-1', 'A 1-3', 'B 3-4'], iob2: ['A 0-1', 'A 1-3', 'B 3-4'], iobes: [] },
  { name: 'IOB1', tags: 'I-A I-A B-A O I-B', conlleval: ['A 0-2', 'A 2-3', 'B 4-5'], iob2: ['A 2-3'], iobes: [] },
  { name: 'another type inside', tags: 'B-A I-B I-B', conlleval: ['A 0-1', 'B 1-3'], iob2: ['A 0-1'], iobes: [] },
  { name: 'there and back', tags: 'B-A I-B I-A', conlleval: ['A 0-1', 'B 1-2', 'A 2-3'], iob2: ['A 0-1'], iobes: [] },
  { name: 'IOBES', tags: 'B-A I-A E-A O S-B', conlleval: ['A 0-3', 'B 4-5'], iobes: ['A 0-3', 'B 4-5'] },
  { name: 'single ones in a row, one chunk for conlleval', tags: 'S-A S-A', conlleval: ['A 0-2'], iobes: ['A 0-1', 'A 1-2'] },
  { name: 'pairs in a row, one chunk for conlleval', tags: 'B-A E-A B-A E-A', conlleval: ['A 0-4'], iobes: ['A 0-2', 'A 2-4'] },
  { name: 'an end without a beginning', tags: 'O E-A E-A', conlleval: ['A 1-2', 'A 2-3'], iobes: [] },
  { name: 'an end of another type', tags: 'B-A I-A E-B', conlleval: ['A 0-2', 'B 2-3'], iobes: [] },
  { name: 'a beginning that breaks off', tags: 'B-A I-A S-A', conlleval: ['A 0-3'], iobes: ['A 2-3'] },
  { name: 'more after the end', tags: 'B-A E-A I-A', conlleval: ['A 0-2', 'A 2-3'], iobes: ['A 0-2'] },
  { name: 'types with hyphens', tags: 'B-x-y I-x-y', conlleval: ['x-y 0-2'], iob2: ['x-y 0-2'], iobes: [] },
  { name: 'no types', tags: 'B I O B B', conlleval: [' 0-2', ' 3-4', ' 4-5'], iob2: ['_ 0-2', '_ 3-4', '_ 4-5'], iobes: [] },
  { name: 'brackets', tags: '[-A [-A ]-A .-A O', conlleval: ['A 0-1', 'A 1-2', 'A 2-3'] },
];

for (const { name, tags, ...expected } of cases) {
  for (const scheme of ['conlleval', 'iob2', 'iobes'] as const) {
    const spans = expected[scheme];
    if (spans === undefined) continue;
    test(`${scheme}: ${name}`, () => assert.deepEqual(written(tags === '' ? [] : tags.split(' '), scheme), spans));
  }
}

describe('a tag of another scheme', () => {
  const tags: readonly { readonly tag: string; readonly schemes: readonly TagScheme[] }[] = [
    { tag: 'B-A', schemes: ['conlleval', 'iob2', 'iobes'] },
    { tag: 'S-A', schemes: ['conlleval', 'iobes'] },
    { tag: 'U-A', schemes: ['conlleval'] },
    { tag: '', schemes: ['conlleval'] },
  ];
  for (const { tag, schemes } of tags) {
    test(`"${tag}" is one of ${schemes.join(', ')}`, () => {
      for (const scheme of ['conlleval', 'iob2', 'iobes'] as const) {
        assert.equal(isTagOf(scheme, tag), schemes.includes(scheme));
        if (!schemes.includes(scheme)) assert.throws(() => taggedSpans(['O', tag], scheme), RangeError);
      }
    });
  }
});

describe('every sequence of up to four tags means what the definition says', () => {
  const types = ['A', 'B'];
  /** All spans of all types for which the definition holds. */
  const defined = (tags: readonly string[], isMention: (inside: readonly string[], next: string, type: string) => boolean) =>
    tags.flatMap((_, start) =>
      types.flatMap((type) =>
        tags.flatMap((_, last) => {
          const isOne = last >= start && isMention(tags.slice(start, last + 1), tags[last + 1] ?? 'O', type);
          return isOne ? [`${type} ${start}-${last + 1}`] : [];
        }),
      ),
    );

  test('iob2', () => {
    for (const tags of sequences(['O', 'B-A', 'I-A', 'B-B', 'I-B'], 4)) {
      const expected = defined(tags, ([first, ...others], next, type) => {
        const inside = `I-${type}`;
        return first === `B-${type}` && others.every((tag) => tag === inside) && next !== inside;
      });
      assert.deepEqual(written(tags, 'iob2'), expected, tags.join(' '));
    }
  });

  test('iobes', () => {
    for (const tags of sequences(['O', 'B-A', 'I-A', 'B-B', 'I-B', 'E-A', 'S-A'], 4)) {
      const expected = defined(tags, (inside, _, type) => /^(?:S|B(?: I)* E)$/.test(inside.join(' ').replaceAll(`-${type}`, '')));
      assert.deepEqual(written(tags, 'iobes'), expected, tags.join(' '));
    }
  });
});
