import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { writing } from './format.fixture.ts';
import type { Sample, SampleEntity } from './sample.ts';
import { writeSpacy } from './spacy.ts';

interface DocJson {
  readonly text: string;
  readonly ents: readonly { readonly start: number; readonly end: number; readonly label: string; readonly kb_id: string }[];
  readonly spans?: { readonly sc: DocJson['ents'] };
  readonly tokens: readonly { readonly id: number; readonly start: number; readonly end: number }[];
}

async function written(sample: Omit<Sample, 'id'>): Promise<{ readonly doc: DocJson; readonly counts: Readonly<Record<string, number>> }> {
  const { content, told } = await writing(writeSpacy, [{ id: '1', ...sample }]);
  return { doc: JSON.parse(content), counts: told.counts };
}

/** As `str.isspace` of Python. */
const isPythonSpace = (word: string) =>
  word !== '' && Array.from(word).every((one) => one !== '\uFEFF' && (/\s/.test(one) || '\u001C\u001D\u001E\u001F\u0085'.includes(one)));

/** What `Doc.from_json` makes of words and their text, in the words of `spacy.util.get_words_and_spaces`; it loads only if they are the same words. */
function reconstructed(words: readonly string[], text: readonly string[]): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (const word of words.filter((one) => !isPythonSpace(one))) {
    const before = text.slice(at).join('').indexOf(word);
    assert.ok(before >= 0, `${JSON.stringify(word)} is not in the rest of the text`);
    const skipped = Array.from(text.slice(at).join('').slice(0, before));
    if (skipped.length > 0) found.push(skipped.join(''));
    found.push(word);
    at += skipped.length + Array.from(word).length;
    if (text[at] === ' ') at++;
  }
  if (at < text.length) found.push(text.slice(at).join(''));
  return found;
}

/** Asserts what `Doc.from_json` demands. */
function loads({ text, tokens, ents, spans }: DocJson): void {
  const characters = Array.from(text);
  const words = tokens.map(({ start, end }) => characters.slice(start, end).join(''));
  assert.deepEqual(reconstructed(words, characters), words);
  assert.deepEqual(
    tokens.map(({ id }) => id),
    tokens.map((_, index) => index),
  );
  for (const { start, end, label, kb_id } of [...ents, ...(spans?.sc ?? [])]) {
    assert.ok(tokens.some((token) => token.start === start) && tokens.some((token) => token.end === end));
    assert.deepEqual([typeof label, kb_id], ['string', '']);
  }
  for (const [index, { start }] of ents.entries()) assert.ok(start >= (ents[index - 1]?.end ?? 0), 'entities of a Doc do not overlap');
}

describe('what is written for spaCy', () => {
  test('has entities, tokens and white space as a Doc has them', async () => {
    const { doc } = await written({ text: '🎉  Ada\nmet Bob.', entities: [{ start: 4, end: 7, type: 'person' }] });
    loads(doc);
    assert.deepEqual(doc.ents, [{ start: 3, end: 6, label: 'person', kb_id: '' }]);
    assert.equal(doc.spans, undefined);
    const words = doc.tokens.map(({ start, end }) => Array.from(doc.text).slice(start, end).join(''));
    assert.deepEqual(words, ['🎉', ' ', 'Ada', '\n', 'met', 'Bob', '.']);
  });

  test('has mentions that nest as spans, and the outermost as entities', async () => {
    const { doc } = await written({
      text: 'Bank of England',
      entities: [
        { start: 0, end: 15, type: 'organization', score: 0.5 },
        { start: 8, end: 15, type: 'place' },
      ],
    });
    loads(doc);
    assert.deepEqual(
      [doc.ents.map(({ label }) => label), doc.spans?.sc.map(({ label }) => label)],
      [['organization'], ['organization', 'place']],
    );
  });

  test('tells of mentions that no token of spaCy begins or ends', async () => {
    const { doc, counts } = await written({ text: 'a \u001c\u001cb', entities: [{ start: 2, end: 3, type: 'x' }] });
    loads(doc);
    assert.deepEqual(counts, { 'mentions that begin or end in white space of spaCy, left out': 1 });
  });

  const piece = fc.constantFrom(
    'Ada',
    'x',
    '🎉',
    '中文',
    ' ',
    ' ',
    '  ',
    '\n',
    '\t',
    '\u00a0',
    '\ufeff',
    '\u0085',
    '\u001c',
    '.',
    "can't",
    '-',
  );
  const sample = fc
    .tuple(fc.array(piece, { maxLength: 10 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }))
    .map(([pieces, marks]): Omit<Sample, 'id'> => {
      const text = pieces.join('');
      const offsets = [...Array.from(text.matchAll(/./gsu), ({ index }) => index), text.length];
      const entities = marks.flatMap(([a, b]): readonly SampleEntity[] => {
        const [start = 0, end = 0] = [a, b].map((index) => offsets[index % offsets.length] ?? 0).sort((x, y) => x - y);
        return start === end ? [] : [{ start, end, type: 'x' }];
      });
      return { text, entities };
    });
  test('loads, whatever the text', () =>
    fc.assert(
      fc.asyncProperty(sample, async (one) => loads((await written(one)).doc)),
      { numRuns: 300 },
    ));
});
