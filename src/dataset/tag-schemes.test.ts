import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  decodeTags,
  detectTagScheme,
  encodeTags,
  isTag,
  schemeNote,
  type TaggedMention,
  type TagScheme,
  writableTagSchemes,
} from './tag-schemes.ts';

/** `type@start-end`, the end exclusive. */
function brief(mentions: readonly TaggedMention[]): string {
  return mentions.map(({ start, end, type }) => `${type}@${start}-${end}`).join(' ');
}

describe('schemes', () => {
  // Two neighbours of a type, the second of two tokens; one of three tokens after another type.
  const mentions: readonly TaggedMention[] = [
    { start: 0, end: 1, type: 'x' },
    { start: 1, end: 3, type: 'x' },
    { start: 4, end: 5, type: 'creative-work' },
    { start: 5, end: 8, type: 'x' },
  ];
  const cases: Record<TagScheme, string> = {
    iob1: 'I-x B-x I-x O I-creative-work I-x I-x I-x',
    iob2: 'B-x B-x I-x O B-creative-work B-x I-x I-x',
    ioe1: 'E-x I-x I-x O I-creative-work I-x I-x I-x',
    ioe2: 'E-x I-x E-x O E-creative-work I-x I-x E-x',
    iobes: 'S-x B-x E-x O S-creative-work B-x I-x E-x',
    bilou: 'U-x B-x L-x O U-creative-work B-x I-x L-x',
    bmes: 'S-x B-x E-x O S-creative-work B-x M-x E-x',
    io: 'x x x O creative-work x x x',
  };
  for (const scheme of writableTagSchemes) {
    const tags = cases[scheme].split(' ');
    test(`${scheme} is written, read and told from the others`, () => {
      assert.deepEqual(encodeTags(8, mentions, scheme), tags);
      assert.deepEqual(decodeTags(tags), mentions);
      const finding = { scheme, sentences: 2, tagged: 1, wellFormed: 1, tags: 7, fitting: 7 };
      assert.deepEqual(detectTagScheme([tags, ['O', 'O']]), { ...finding, form: 'letter-and-type' });
    });
  }

  test('io joins neighbours of a type', () => {
    const tags = cases.io.split(' ');
    assert.deepEqual(encodeTags(8, mentions, 'io'), tags);
    assert.equal(brief(decodeTags(tags, 'type')), 'x@0-3 creative-work@4-5 x@5-8');
    assert.deepEqual(detectTagScheme([tags]), { scheme: 'io', form: 'type', sentences: 1, tagged: 1, wellFormed: 1, tags: 7, fitting: 7 });
  });

  const sequence = fc
    .array(fc.record({ gap: fc.nat(2), length: fc.integer({ min: 1, max: 3 }), type: fc.constantFrom('x', 'y', 'creative-work') }), {
      maxLength: 6,
    })
    .map((parts) => {
      let at = 0;
      return parts.map(({ gap, length, type }) => {
        const start = at + gap;
        at = start + length;
        return { start, end: at, type };
      });
    });
  test('all but io give back any mentions', () => {
    fc.assert(
      fc.property(sequence, fc.constantFrom(...writableTagSchemes), (mentions, scheme) => {
        assert.deepEqual(decodeTags(encodeTags(30, mentions, scheme)), mentions);
      }),
    );
  });
});

describe('ill-formed tags mean what they mean to conlleval', () => {
  const cases: readonly (readonly [tags: string, mentions: string])[] = [
    ['O I-x I-x', 'x@1-3'],
    ['B-x I-y', 'x@0-1 y@1-2'],
    ['B-x B-y I-x', 'x@0-1 y@1-2 x@2-3'],
    ['E-x E-x', 'x@0-1 x@1-2'],
    ['B-x S-x I-x', 'x@0-1 x@1-2 x@2-3'],
    ['B-x O E-x', 'x@0-1 x@2-3'],
    ['I-x E-x I-x', 'x@0-2 x@2-3'],
    ['B-x ? I-x', 'x@0-1 x@2-3'],
  ];
  for (const [tags, mentions] of cases) test(tags, () => assert.equal(brief(decodeTags(tags.split(' '))), mentions));

  test('and are counted', () => {
    const sentences = ['B-x I-x', 'O I-x I-x', 'B-x B-x', 'O'].map((tags) => tags.split(' '));
    assert.deepEqual(detectTagScheme(sentences), {
      scheme: 'iob2',
      form: 'letter-and-type',
      sentences: 4,
      tagged: 3,
      wellFormed: 2,
      tags: 6,
      fitting: 5,
    });
  });
});

describe('letters without types', () => {
  const cases: readonly (readonly [tags: string, scheme: TagScheme, mentions: string])[] = [
    ['B I O B B', 'iob2', '_@0-2 _@3-4 _@4-5'],
    ['B E S O S', 'iobes', '_@0-2 _@2-3 _@4-5'],
    ['U B I L O', 'bilou', '_@0-1 _@1-4'],
    ['I B I O', 'iob1', '_@0-1 _@1-3'],
  ];
  for (const [tags, scheme, mentions] of cases) {
    test(`${tags} are ${scheme}`, () => {
      const sentence = tags.split(' ');
      const inside = sentence.filter((tag) => tag !== 'O').length;
      const counts = { sentences: 1, tagged: 1, wellFormed: 1, tags: inside, fitting: inside };
      assert.deepEqual(detectTagScheme([sentence]), { scheme, form: 'letter', ...counts });
      assert.equal(brief(decodeTags(sentence, 'letter')), mentions);
    });
  }

  test('are told', () => {
    const note = schemeNote(detectTagScheme([['B', 'I', 'O'], ['O']]));
    assert.equal(note, 'the tags are iob2 without types, so that every mention has the type _ (by the first sentence with mentions)');
  });

  test('are types where other types are with them, or none of them begins a mention', () => {
    for (const tags of [
      ['B', 'person', 'O'],
      ['I', 'O'],
    ])
      assert.equal(detectTagScheme([tags]).form, 'type');
  });
});

describe('tags that fit no scheme are told as such, with the nearest scheme', () => {
  const first = 'by the first sentence with mentions';
  const three = 'by the first 3 sentences with mentions, of which 2 have ill-formed tags';
  const cases: readonly (readonly [tags: string, note: string])[] = [
    ['U-x U-x L-x I-x O L-x', `no scheme and are read leniently (${first}; nearest is bilou, with 2 of 5 tags)`],
    ['O I-x O I-x B-y I-y', `no scheme and are read leniently (${first}; nearest is iob1, with 3 of 4 tags)`],
    [
      'E B I O',
      `no scheme and are read leniently, without types, so that every mention has the type _ (${first}; nearest is iob2, with 2 of 3 tags)`,
    ],
    ['X-x O', `no scheme and are read leniently (${first})`],
    ['U-x O, L-x O, I-x L-x', `no single scheme and are read leniently (${three}; nearest is bilou, with 2 of 4 tags)`],
  ];
  for (const [tags, note] of cases) {
    test(tags, () => {
      const sentences = [...tags.split(', '), 'O O'].map((sentence) => sentence.split(' '));
      assert.equal(schemeNote(detectTagScheme(sentences)), `the tags fit ${note}`);
    });
  }

  test('the more frequent form does not decide where types stand both with and without letters', () => {
    const { wellFormed, form } = detectTagScheme([['person', 'person', 'B-x']]);
    assert.deepEqual([wellFormed, form], [0, 'letter-and-type']);
  });
});

test('a sample without mentions is told by its size', () => {
  assert.equal(schemeNote(detectTagScheme([['O']])), 'no mentions in the first sentence');
  assert.equal(schemeNote(detectTagScheme([['O'], ['O']])), 'no mentions in the first 2 sentences');
});

test('only O and letters of schemes before a type are tags', () => {
  const tags = ['O', 'B-x', 'W-x', 'B-x-y', 'B-', 'b-x', 'o', 'x', 'X-x', '', 'B_x'];
  assert.deepEqual(
    tags.filter((tag) => isTag(tag)),
    ['O', 'B-x', 'W-x', 'B-x-y'],
  );
  assert.deepEqual(
    tags.filter((tag) => isTag(tag, 'type')),
    ['O', 'o', 'x', 'B_x'],
  );
});
