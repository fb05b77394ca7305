import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { trimmed } from '../document/sentences.ts';
import { bySpan } from '../document/span.ts';
import { arriving, keepingReport } from './format.fixture.ts';
import { type DatasetFormatName, defaultReadSettings, defaultWriteSettings, type WriteSettings } from './format.ts';
import { datasetFormats } from './formats.ts';
import type { Sample, SampleEntity } from './sample.ts';
import { writableTagSchemes } from './tag-schemes.ts';
import { writeWholeDirectory, writeWholeFile } from './whole-file.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-round-trip-'));
});
after(() => rm(scratch, { recursive: true }));

/** Letters with and without marks, emoji of several code points, scripts without spaces and from right to left, and what formats use as signs. */
const piece = fc.constantFrom(
  ...['Ada', 'x', 'İ', 'é', 'e\u0301', 'ﬁ', '🎉', '👩‍🚀', '🇩🇪', '中文', '北京市', 'カナ', 'ไทย', '서울에서', 'שלום', 'مرحبا', 'נִקּוּד', '𝒳'],
  ...[
    ' ',
    ' ',
    ' ',
    '  ',
    '\n',
    '\t',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '.',
    ',',
    '"',
    "'",
    '\\',
    '#',
    '|',
    '-',
    '(',
    '[',
    '{',
    '</b>',
    'O',
    'B-x',
  ],
);
const type = fc.constantFrom('person', 'creative-work', 'geo political', 'B-x', '人', 'O');

/** A text whose mentions begin and end between any code points; they nest and cross. */
const sample = fc
  .tuple(
    fc.array(piece, { maxLength: 12 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(), type, fc.option(fc.double({ min: 0, max: 1, noNaN: true }))), { maxLength: 6 }),
  )
  .map(([pieces, marks]): Omit<Sample, 'id'> => {
    const text = pieces.join('');
    const offsets = [...Array.from(text.matchAll(/./gsu), ({ index }) => index), text.length];
    const entities = marks.flatMap(([a, b, type, score]): readonly SampleEntity[] => {
      const [start = 0, end = 0] = [a, b].map((index) => offsets[index % offsets.length] ?? 0).sort((x, y) => x - y);
      return start === end ? [] : [{ start, end, type, ...(score === null ? {} : { score }) }];
    });
    return { text, entities: entities.sort(bySpan) };
  });
const samples = fc
  .array(sample, { minLength: 1, maxLength: 4 })
  .map((list) => list.map((one, index): Sample => ({ id: `s${index}`, ...one })));

/** Writes samples in a format and reads them again. */
async function again(
  name: DatasetFormatName,
  samples: readonly Sample[],
  settings: Partial<WriteSettings> = {},
): Promise<readonly Sample[]> {
  const format = datasetFormats[name];
  const { report } = keepingReport({ skipBad: false });
  const path = join(scratch, name);
  const write = { ...defaultWriteSettings, ...settings, report };
  if (format.output === 'directory') {
    await rm(path, { recursive: true, force: true });
    await writeWholeDirectory(path, format.write(arriving(samples), write));
  } else if (format.output === 'file') {
    await writeWholeFile(path, format.write(arriving(samples), write));
  }
  return Array.fromAsync(format.read(path, { ...defaultReadSettings, ends: write.ends, report }));
}

async function holds(check: (samples: readonly Sample[]) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(samples, check), { numRuns: 60 });
}

function withoutScores({ id, text, entities }: Sample): Sample {
  return { id, text, entities: entities.map(({ start, end, type }) => ({ start, end, type })) };
}

function withoutTokens({ tokens: _, ...sample }: Sample): Sample {
  return sample;
}

/** The mentions without white space at their ends, each once. */
function mentionsOf({ text, entities }: Sample): ReadonlySet<string> {
  const places = entities.map(({ start, end, type }) => ({ span: trimmed(text, start, end), type }));
  return new Set(places.flatMap(({ span, type }) => (span === undefined ? [] : [`${span.start}-${span.end} ${type}`])));
}

describe('formats with offsets keep texts and mentions', () => {
  for (const [name, settings] of [
    ['jsonl', {}],
    ['jsonl', { offsetUnit: 'codepoint' }],
    ['prodigy', {}],
    ['label-studio', {}],
  ] as const) {
    test(`and scores: ${name} ${Object.values(settings).join()}`, () =>
      holds(async (given) => assert.deepEqual((await again(name, given, settings)).map(withoutTokens), given)));
  }

  test('spacy, but for white space at the ends of mentions', () =>
    holds(async (given) => {
      const found = await again('spacy', given);
      assert.deepEqual(
        found.map((one) => [one.id, one.text, mentionsOf(one)]),
        given.map((one) => [one.id, one.text, mentionsOf(one)]),
      );
    }));

  test('doccano', () => holds(async (given) => assert.deepEqual(await again('doccano', given), given.map(withoutScores))));

  test('brat, but for white space in types', () =>
    holds(async (given) => {
      const expected = given
        .map(withoutScores)
        .map((one) => ({ ...one, entities: one.entities.map((entity) => ({ ...entity, type: entity.type.replace(' ', '_') })) }));
      assert.deepEqual(await again('brat', given), expected);
    }));

  test('pubtator, but for line breaks after the first', () =>
    holds(async (given) => {
      const found = await again('pubtator', given);
      const unbroken = (one: Sample): Sample => ({ ...withoutScores(one), text: one.text.replaceAll('\n', ' ') });
      assert.deepEqual(found.map(unbroken), given.map(unbroken));
    }));
});

/** Mentions by what comes before and after them other than white space; those of white space alone are left out. */
function inWords({ text }: Sample, entities: readonly SampleEntity[]): readonly string[] {
  const before = (offset: number): number => text.slice(0, offset).replace(/\s/g, '').length;
  return entities
    .map(({ start, end, type }) => [before(start), before(end), type] as const)
    .filter(([start, end]) => start < end)
    .sort(([a, b], [c, d]) => a - c || d - b)
    .map((mention) => mention.join(' '));
}

/** Those that no mention before them shares words with. */
function flat(mentions: readonly string[]): readonly string[] {
  let reached = 0;
  return mentions.filter((mention) => {
    const [start = 0, end = 0] = mention.split(' ').map(Number);
    if (start < reached) return false;
    reached = end;
    return true;
  });
}

function words({ text }: Sample): string {
  return text.replace(/\s/g, '');
}

describe('formats with tokens keep words, and the mentions for which they have room', () => {
  for (const tokenize of ['words', 'spaces'] as const) {
    for (const ends of ['exclusive', 'inclusive'] as const) {
      test(`all of them: nested-json, ${tokenize}, ${ends}`, () =>
        holds(async (given) => {
          const found = await again('nested-json', given, { tokenize, ends });
          assert.deepEqual(
            found.map((one) => [one.id, words(one), inWords(one, one.entities)]),
            given.map((one) => [one.id, words(one), inWords(one, one.entities)]),
          );
        }));
    }

    test(`the outermost: hf, ${tokenize}`, () =>
      holds(async (given) => {
        const found = await again('hf', given, { tokenize });
        assert.deepEqual(
          found.map((one) => [one.id, words(one), inWords(one, one.entities)]),
          given.map((one) => [one.id, words(one), flat(inWords(one, one.entities))]),
        );
      }));

    for (const scheme of writableTagSchemes) {
      test(`the outermost: conll, ${tokenize}, ${scheme}`, () =>
        holds(async (given) => {
          // A text without words is no sentence, and a file without sentences no data.
          const telling = [...given, { id: 'last', text: 'Ada', entities: [] }].filter((one) => words(one) !== '');
          const found = await again('conll', telling, { tokenize, scheme });
          assert.deepEqual(
            found.map((one) => [words(one), inWords(one, one.entities)]),
            telling.map((one) => [words(one), flat(inWords(one, one.entities))]),
          );
        }));
    }
  }
});

test('what came as tokens goes out as these tokens', async () => {
  const content = 'can not\tO\n\tO\n🎉\tB-x\n#\tI-x\n\n(\tO\n\n';
  const path = join(scratch, 'tokens.conll');
  await writeFile(path, content);
  const { report } = keepingReport({ skipBad: false });
  const read = await Array.fromAsync(datasetFormats.conll.read(path, { ...defaultReadSettings, report }));
  const strings = (one: Sample) => one.tokens?.map(({ start, end }) => one.text.slice(start, end));
  for (const name of ['conll', 'hf', 'nested-json', 'prodigy'] as const) {
    assert.deepEqual((await again(name, read)).map(strings), [['can not', '', '🎉', '#'], ['(']], name);
  }
});

describe('corpora', () => {
  const folder = join(import.meta.dirname, '..', '..', 'examples', 'corpus');
  for (const corpus of globSync('*/*.jsonl', { cwd: folder }).sort()) {
    test(`${corpus} comes back from every format`, async () => {
      const { report } = keepingReport({ skipBad: false });
      const given = await Array.fromAsync(datasetFormats.jsonl.read(join(folder, corpus), { ...defaultReadSettings, report }));
      for (const name of ['jsonl', 'spacy', 'prodigy', 'doccano', 'label-studio', 'pubtator'] as const) {
        assert.deepEqual((await again(name, given)).map(withoutTokens), given, name);
      }
      const inTokens = (one: Sample) => [words(one), inWords(one, one.entities)];
      for (const name of ['nested-json', 'hf', 'conll'] as const) {
        assert.deepEqual((await again(name, given)).map(inTokens), given.map(inTokens), name);
      }
    });
  }
});
