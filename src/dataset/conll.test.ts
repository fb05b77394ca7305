import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readConll, writeConll } from './conll.ts';
import { reading, scratchDirectory, writing } from './format.fixture.ts';
import type { Sample } from './sample.ts';

const scratch = scratchDirectory('conll');

const ada = 'Ada NNP B-person\n🎉 SYM O\nLovelace NNP B-person\n\nslept VBD O\n';

describe('reading', () => {
  test('makes a text of tokens with one space between them, and names samples by file and line', async () => {
    const { samples, told } = await reading(readConll, await scratch.write('a.conll', ada));
    assert.deepEqual(samples, [
      {
        id: 'a.conll:1',
        isUnnamed: true,
        text: 'Ada 🎉 Lovelace',
        entities: [
          { start: 0, end: 3, type: 'person' },
          { start: 7, end: 15, type: 'person' },
        ],
        tokens: [
          { start: 0, end: 3 },
          { start: 4, end: 6 },
          { start: 7, end: 15 },
        ],
      },
      { id: 'a.conll:5', isUnnamed: true, text: 'slept', entities: [], tokens: [{ start: 0, end: 5 }] },
    ]);
    assert.deepEqual(told.notes, [
      'a.conll: tokens in column 1, tags in column 3 of 3; the tags are iob2 (by the first sentence with mentions)',
    ]);
  });

  test('takes the columns that are asked for, from either end', async () => {
    const path = await scratch.write('a.conll', '1 Ada B-x B-y _\n2 slept O O _\n');
    const { samples } = await reading(readConll, path, { tokenColumn: 2, tagColumn: -2 });
    assert.deepEqual(samples[0]?.text, 'Ada slept');
    assert.deepEqual(samples[0]?.entities, [{ start: 0, end: 3, type: 'y' }]);
  });

  test('makes running text, with exact spans', async () => {
    const path = await scratch.write('a.conll', '-LRB- O\nAda B-x\n) O\n, O\nBob B-x\n, I-x\nJr. I-x\n');
    const { samples } = await reading(readConll, path, { detokenize: true });
    assert.equal(samples[0]?.text, '(Ada), Bob, Jr.');
    assert.deepEqual(
      samples[0]?.entities.map(({ start, end }) => samples[0]?.text.slice(start, end)),
      ['Ada', 'Bob, Jr.'],
    );
  });

  test('tells ill-formed tags', async () => {
    const { told } = await reading(readConll, await scratch.write('a.conll', 'a B-x\nb I-x\n\na B-x\n\na O\nb I-x\n'));
    assert.match(told.notes[0] ?? '', /the tags are iob2 \(by the first 3 sentences with mentions, of which 1 have ill-formed tags\)$/);
  });

  test('names no scheme for tags that fit none, but the nearest', async () => {
    const { told, samples } = await reading(readConll, await scratch.write('a.conll', 'a B-x\nb L-x\nc I-x\n\nd L-x\ne O\n'));
    assert.match(told.notes[0] ?? '', /the tags fit no scheme and are read leniently \(.*; nearest is bilou, with 2 of 4 tags\)$/);
    assert.deepEqual(
      samples.map(({ entities }) => entities.length),
      [2, 1],
    );
  });

  for (const [tag, expected] of [
    ['person', 'O, or a letter and a type such as B-person'],
    ['b-person', 'O, or a letter and a type such as B-person'],
  ]) {
    test(`does not take ${tag} for a tag`, async () => {
      const path = await scratch.write('a.conll', `Ada B-person\n\nBob O\nEve ${tag}\n\nAda O\n`);
      await assert.rejects(reading(readConll, path), new RegExp(`a\\.conll:4 cannot be read\\. "${tag}" is no tag; expected ${expected}`));
      const { samples, told } = await reading(readConll, path, { skipBad: true });
      assert.deepEqual([samples.length, told.badRows.length], [2, 1]);
    });
  }

  test('takes letters for tags where all are such, with a type that stands for none', async () => {
    const { samples, told } = await reading(readConll, await scratch.write('a.tsv', 'heart\tB\nfailure\tI\n.\tO\n'));
    assert.deepEqual(samples[0]?.entities, [{ start: 0, end: 13, type: '_' }]);
    assert.match(told.notes[0] ?? '', /iob2 without types, so that every mention has the type _/);
    const mixed = await scratch.write('a.tsv', `${'heart\tB\n.\tO\n\n'.repeat(1000)}heart\tperson\n`);
    await assert.rejects(reading(readConll, mixed), /"person" is no tag; expected O, or a letter without a type, like the tags before/);
  });

  test('takes bare types where all tags are such', async () => {
    const { samples } = await reading(readConll, await scratch.write('a.conll', 'Ada person\nLovelace person\nslept O\n'));
    assert.deepEqual(samples[0]?.entities, [{ start: 0, end: 12, type: 'person' }]);
  });
});

describe('writing', () => {
  const cases: Record<string, readonly [sample: Omit<Sample, 'id'>, content: string, counts: Record<string, number>]> = {
    'words and marks, where the sample has no tokens': [
      { text: 'Ada slept. 👩‍🚀', entities: [{ start: 0, end: 3, type: 'x' }] },
      'Ada\tB-x\nslept\tO\n.\tO\n👩‍🚀\tO\n\n',
      { 'texts whose white space is not kept': 1 },
    ],
    'the tokens that the sample has, one of them empty': [
      {
        text: 'can not  be',
        entities: [],
        tokens: [
          { start: 0, end: 7 },
          { start: 8, end: 8 },
          { start: 9, end: 11 },
        ],
      },
      'can not\tO\n\tO\nbe\tO\n\n',
      {},
    ],
    'words for what the tokens leave out, or cannot be in a row': [
      {
        text: 'a b\tc d',
        entities: [],
        tokens: [{ start: 2, end: 5 }],
      },
      'a\tO\nb\tO\nc\tO\nd\tO\n\n',
      { 'texts whose white space is not kept': 1 },
    ],
    'a token in pieces, where a mention begins in it': [
      { text: 'unEnglandlike', entities: [{ start: 2, end: 9, type: 'x' }], tokens: [{ start: 0, end: 13 }] },
      'un\tO\nEngland\tB-x\nlike\tO\n\n',
      { 'texts whose white space is not kept': 1 },
    ],
    'the outermost mention, and the first of two that cross': [
      {
        text: 'a b c d',
        entities: [
          { start: 0, end: 3, type: 'x' },
          { start: 0, end: 1, type: 'y' },
          { start: 2, end: 5, type: 'y' },
        ],
      },
      'a\tB-x\nb\tI-x\nc\tO\nd\tO\n\n',
      { 'mentions inside or across others, left out': 2 },
    ],
    'no white space of mentions': [
      {
        text: 'a  b',
        entities: [
          { start: 0, end: 2, type: 'x' },
          { start: 2, end: 3, type: 'y' },
        ],
      },
      'a\tB-x\nb\tO\n\n',
      {
        'mentions of nothing but white space, left out': 1,
        'mentions without the white space at their ends': 1,
        'texts whose white space is not kept': 1,
      },
    ],
    'types with spaces': [
      { text: 'a', entities: [{ start: 0, end: 1, type: 'creative\n work' }] },
      'a\tB-creative work\n\n',
      { 'mentions with a space in their type, where some tools part columns': 1 },
    ],
    'a mention once that is told twice': [
      {
        text: 'a b',
        entities: [
          { start: 0, end: 1, type: 'x' },
          { start: 0, end: 1, type: 'x' },
          { start: 0, end: 1, type: 'y' },
        ],
      },
      'a\tB-x\nb\tO\n\n',
      { 'mentions told twice, written once': 1, 'mentions inside or across others, left out': 1 },
    ],
  };
  for (const [name, [sample, content, counts]] of Object.entries(cases)) {
    test(name, async () => {
      const written = await writing(writeConll, [{ id: '1', isUnnamed: true, ...sample }]);
      assert.equal(written.content, content);
      assert.deepEqual(written.told.counts, counts);
    });
  }

  test('nothing for a text without words, if there are others', async () => {
    const wordless: Sample = { id: '1', isUnnamed: true, text: ' \n', entities: [] };
    const { content, told } = await writing(writeConll, [wordless, { ...wordless, text: 'a' }]);
    assert.equal(content, 'a\tO\n\n');
    assert.deepEqual(told.counts, { 'texts whose white space is not kept': 1, 'texts without a token, left out': 1 });
    await assert.rejects(
      writing(writeConll, [wordless, wordless]),
      /The texts have no tokens \(all 2 of them\).* --to names another format/,
    );
  });

  test('a warning where a token would be read as the start of a document', async () => {
    const { told } = await writing(writeConll, [{ id: '1', isUnnamed: true, text: '-DOCSTART-', entities: [] }], { tokenize: 'spaces' });
    assert.deepEqual(told.counts, { 'tokens that readers take for the start of a document': 1 });
  });

  test('tokens at white space alone, and another scheme', async () => {
    const sample = { id: '1', text: 'T-cell line', entities: [{ start: 0, end: 11, type: 'x' }] };
    const { content } = await writing(writeConll, [sample], { tokenize: 'spaces', scheme: 'iobes' });
    assert.equal(content, 'T-cell\tB-x\nline\tE-x\n\n');
  });

  test('no ids, which are counted where the data set gave some', async () => {
    const samples: readonly Sample[] = [
      { id: 's-1', text: 'a', entities: [] },
      { id: 'a.conll:1', isUnnamed: true, text: 'b', entities: [] },
    ];
    const { content, told } = await writing(writeConll, samples);
    assert.equal(content, 'a\tO\n\nb\tO\n\n');
    assert.deepEqual(told.counts, { 'ids, left out (--id-comments keeps them)': 1 });
  });

  test('ids as comments on demand', async () => {
    const samples: readonly Sample[] = [
      { id: 's 1', text: '# a', entities: [] },
      { id: 'a.conll:1', isUnnamed: true, text: 'b', entities: [] },
      { id: 's B-x', text: 'c', entities: [] },
    ];
    const { content, told } = await writing(writeConll, samples, { idComments: true });
    assert.equal(content, '# id = s 1\n#\tO\na\tO\n\nb\tO\n\nc\tO\n\n');
    assert.deepEqual(told.counts, { 'ids that no comment can give, left out': 1 });
  });

  test('ids that come back, or are counted', async () => {
    const piece = fc.constantFrom(
      'a',
      '#',
      '# id = ',
      '=',
      'O',
      'B-x',
      ' ',
      '\t',
      '\n',
      '\r',
      '\u00a0',
      '\u2028',
      '\ufeff',
      '🎉',
      '-DOCSTART-',
    );
    const id = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(id, piece), { minLength: 1, maxLength: 4 }), async (parts) => {
        const given = parts.map(([id, text]) => ({ id, text: `#${text}`, entities: [] }));
        const { content, told } = await writing(writeConll, given, { idComments: true });
        const { samples } = await reading(readConll, await scratch.write('ids.conll', content));
        assert.equal(samples.length, given.length);
        const lost = samples.filter(({ isUnnamed }) => isUnnamed).length;
        assert.deepEqual(told.counts['ids that no comment can give, left out'] ?? 0, lost);
        for (const [index, { id, isUnnamed }] of samples.entries()) if (!isUnnamed) assert.equal(id, given[index]?.id);
      }),
      { numRuns: 200 },
    );
  });

  test('what came in, but for other columns', async () => {
    const { samples } = await reading(readConll, await scratch.write('a.conll', ada));
    const { content, told } = await writing(writeConll, samples);
    assert.equal(content, 'Ada\tB-person\n🎉\tO\nLovelace\tB-person\n\nslept\tO\n\n');
    assert.deepEqual(told.counts, {});
  });
});
