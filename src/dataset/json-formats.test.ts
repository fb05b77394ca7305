import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDoccano } from './doccano.ts';
import { reading, scratchDirectory, writing } from './format.fixture.ts';
import type { Reader, ReadSettings } from './format.ts';
import { readHf } from './hf.ts';
import { readLabelStudio, writeLabelStudio } from './label-studio.ts';
import { readNestedJson, writeNestedJson } from './nested-json.ts';
import { writeProdigy } from './prodigy.ts';
import { readSpacy } from './spacy.ts';

const scratch = scratchDirectory('json-formats');

/** What is made of rows: `id|text|type@start-end` for each sample, with the text of the mentions for the eye. */
async function brief(reader: Reader, rows: readonly unknown[], settings: Partial<ReadSettings> & { readonly skipBad?: boolean } = {}) {
  const path = await scratch.write('a.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { samples, told } = await reading(reader, path, settings);
  const found = samples.map(({ id, text, entities }) => {
    const mentions = entities.map(({ start, end, type }) => `${type}@${start}-${end} ${text.slice(start, end)}`);
    return [id, text, ...mentions].join('|');
  });
  return { found, told };
}

interface Case {
  readonly rows: readonly unknown[];
  readonly found: readonly string[];
  readonly counts?: Readonly<Record<string, number>>;
  readonly settings?: Partial<ReadSettings>;
}

function reads(reader: Reader, cases: Readonly<Record<string, Case>>): void {
  for (const [name, { rows, found, counts = {}, settings = {} }] of Object.entries(cases)) {
    test(`reads ${name}`, async () => {
      const read = await brief(reader, rows, settings);
      assert.deepEqual(read.found, found);
      assert.deepEqual(read.told.counts, counts);
    });
  }
}

function refuses(reader: Reader, good: unknown, cases: Readonly<Record<string, readonly [row: unknown, problem: RegExp]>>): void {
  for (const [name, [row, problem]] of Object.entries(cases)) {
    test(`names ${name} by file and line, or skips it`, async () => {
      await assert.rejects(brief(reader, [good, row]), (error: Error) => {
        assert.match(error.message, /a\.jsonl:2 cannot be read\. .* Expected \{/s);
        assert.match(error.message, problem);
        return true;
      });
      const { found, told } = await brief(reader, [row, good], { skipBad: true });
      assert.deepEqual([found.length, told.badRows.length], [1, 1]);
    });
  }
}

// In code points `Ada` is at 2 to 5 of this text, in UTF-16 code units at 3 to 6.
const text = '🎉 Ada e\u0301';

describe('spacy', () => {
  reads(readSpacy, {
    'offsets in code points, combining marks counted': {
      rows: [
        {
          text,
          spans: [
            { start: 2, end: 5, label: 'x' },
            { start: 6, end: 8, label: 'y' },
          ],
        },
      ],
      found: [`a.jsonl:1|${text}|x@3-6 Ada|y@7-9 e\u0301`],
    },
    'rows without spans, and ids': {
      rows: [
        { id: 7, text, _input_hash: 1 },
        { id: 8, text, spans: null },
      ],
      found: [`7|${text}`, `8|${text}`],
    },
    'entities of a Doc, and its groups of spans': {
      rows: [
        { text, ents: [{ start: 2, end: 5, label: 'x', kb_id: '' }], tokens: [{ id: 0, start: 0, end: 1 }], sents: [], cats: {} },
        {
          text,
          ents: [{ start: 2, end: 5, label: 'x' }],
          spans: {
            sc: [
              { start: 2, end: 5, label: 'x' },
              { start: 2, end: 8, label: 'y' },
            ],
          },
        },
      ],
      found: [`a.jsonl:1|${text}|x@3-6 Ada`, `a.jsonl:2|${text}|y@3-9 Ada e\u0301|x@3-6 Ada`],
    },
    'pairs of spaCy 2, in an array': { rows: [[[text, { entities: [[2, 5, 'x']] }]]], found: [`a.jsonl:1|${text}|x@3-6 Ada`] },
    'pairs on one line, each by a name of its own': {
      rows: [['a', 'b', 'c'].map((letter) => [letter, { entities: [] }])],
      found: ['a.jsonl:1|a', 'a.jsonl:1#2|b', 'a.jsonl:1#3|c'],
    },
    'only what was accepted': {
      rows: [
        { text, answer: 'accept' },
        { text, answer: 'reject' },
        { text, answer: 'ignore' },
        { text, accept: false },
        { text, accept: ['x'] },
      ],
      found: [`a.jsonl:1|${text}`, `a.jsonl:5|${text}`],
      counts: { 'rows that the annotator did not accept, left out': 3 },
    },
  });
  refuses(
    readSpacy,
    { text, spans: [] },
    {
      'a row that says nothing of mentions': [{ text }, /there are no spans and no ents/],
      'a row of another format': [{ text, meta: {}, entities: [{ start: 2, end: 5, label: 'x' }] }, /there are no spans and no ents/],
      'a span outside the text': [{ text, spans: [{ start: 2, end: 9, label: 'x' }] }, /Offset 9 is outside the text/],
      'a span without a label': [{ text, spans: [{ start: 2, end: 3 }] }, /spans\.0\.label: expected string/],
      'tokens out of order': [
        {
          text,
          tokens: [
            { start: 2, end: 5 },
            { start: 0, end: 1 },
          ],
        },
        /A token starts at 0 and ends at 1/,
      ],
    },
  );

  test('keeps tokens and scores', async () => {
    const sample = {
      id: '1',
      text,
      entities: [{ start: 3, end: 6, type: 'x', score: 0.5 }],
      tokens: [
        { start: 0, end: 2 },
        { start: 3, end: 6 },
      ],
    };
    const { content } = await writing(writeProdigy, [sample]);
    assert.deepEqual(JSON.parse(content), {
      id: '1',
      text,
      tokens: [
        { text: '🎉', start: 0, end: 1, id: 0, ws: true },
        { text: 'Ada', start: 2, end: 5, id: 1, ws: true },
        { text: 'e\u0301', start: 6, end: 8, id: 2, ws: false },
      ],
      spans: [{ start: 2, end: 5, token_start: 1, token_end: 1, label: 'x', score: 0.5 }],
    });
    const { samples } = await reading(readSpacy, await scratch.write('b.jsonl', content));
    assert.deepEqual(samples, [{ ...sample, tokens: [...sample.tokens, { start: 7, end: 9 }] }]);
  });
});

describe('doccano', () => {
  const found = [`a.jsonl:1|${text}|x@3-6 Ada`];
  reads(readDoccano, {
    label: { rows: [{ text, label: [[2, 5, 'x']] }], found },
    labels: { rows: [{ text, labels: [[2, 5, 'x']] }], found },
    'entities, and data for the text': { rows: [{ data: text, entities: [[2, 5, 'x']] }], found },
    'objects, with relations beside them': {
      rows: [{ text, entities: [{ id: 1, label: 'x', start_offset: 2, end_offset: 5 }], relations: [] }],
      found,
    },
  });
  refuses(
    readDoccano,
    { text, label: [] },
    {
      'a row without labels': [{ text }, /there is no label, labels or entities/],
      'a row without a text': [{ label: [] }, /there is no text/],
      'an offset that is no number': [{ text, label: [['2', 5, 'x']] }, /label\.0\.0: expected number/],
    },
  );
});

describe('label-studio', () => {
  const region = (start: number, end: number, own?: string) => ({ type: 'labels', value: { start, end, text: own, labels: ['x'] } });
  const done = (...result: readonly object[]) => ({ id: 3, result });
  const found = [`9|${text}|x@3-6 Ada`];
  reads(readLabelStudio, {
    'offsets in UTF-16 code units': { rows: [{ id: 9, data: { text }, annotations: [done(region(3, 6, 'Ada'))] }], found },
    'the only string for a text': { rows: [{ id: 9, data: { sentence: text, n: 1 }, annotations: [done(region(3, 6))] }], found },
    'the string that the mentions fit, of several': {
      rows: [
        { id: 9, data: { title: 'Bob', body: text }, annotations: [done(region(3, 6, 'Ada'))] },
        { id: 9, data: { text: 'Bob', body: text }, annotations: [done(region(2, 5, 'Ada'))] },
      ],
      found: [...found, ...found],
      counts: { 'mentions with offsets in code points instead of UTF-16 code units, converted': 1 },
    },
    'JSON-MIN': {
      rows: [
        {
          id: 9,
          text,
          label: [{ start: 3, end: 6, text: 'Ada', labels: ['x'] }],
          annotator: 1,
          annotation_id: 2,
          created_at: '2026-01-01',
        },
        { id: 10, text, annotation_id: 3 },
        { text, label: [{ start: 3, end: 6, text: 'Ada', hypertextlabels: ['x'] }] },
      ],
      found: [...found, `10|${text}`, `a.jsonl:3|${text}`],
      counts: { 'results that are no labels of a text, left out': 1 },
    },
    'no regions without a label': {
      rows: [{ id: 9, data: { text }, annotations: [done({ type: 'labels', value: { start: 0, end: 2, text: '🎉' } }, region(3, 6))] }],
      found,
      counts: { 'regions without a label, left out': 1 },
    },
    'no labels of a hypertext': {
      rows: [
        {
          id: 9,
          data: { text },
          annotations: [
            done(
              { type: 'hypertextlabels', value: { start: '/p[1]', globalOffsets: { start: 3, end: 6 }, hypertextlabels: ['x'] } },
              { type: 'hypertextlabels', value: { start: 3, end: 6, hypertextlabels: ['x'] } },
              region(3, 6),
            ),
          ],
        },
      ],
      found,
      counts: { 'results that are no labels of a text, left out': 2 },
    },
    'every label of a region': {
      rows: [{ id: 9, data: { text }, annotations: [done({ type: 'labels', value: { start: 3, end: 6, labels: ['x', 'y'] } })] }],
      found: [`9|${text}|x@3-6 Ada|y@3-6 Ada`],
    },
    'code points, where the mention shows that they are': {
      rows: [{ id: 9, data: { text }, annotations: [done(region(2, 5, 'Ada'))] }],
      found,
      counts: { 'mentions with offsets in code points instead of UTF-16 code units, converted': 1 },
    },
    'the first annotation that was not cancelled': {
      rows: [{ id: 9, data: { text }, annotations: [{ was_cancelled: true, result: [] }, done(region(3, 6)), done()] }],
      found,
      counts: { 'tasks with several annotations, of which the first is taken': 1 },
    },
    'no task that was cancelled': {
      rows: [{ data: { text }, annotations: [{ was_cancelled: true, result: [] }] }],
      found: [],
      counts: { 'tasks that the annotators cancelled, left out': 1 },
    },
    'a prediction where there is nothing else': {
      rows: [{ id: 9, data: { text }, predictions: [{ model_version: 'm', result: [region(3, 6)] }] }],
      found,
      counts: { 'tasks without an annotation, whose prediction is taken': 1 },
    },
    'line breaks, however the mention has them': {
      rows: [{ id: 9, data: { text: 'a\nb \\n' }, annotations: [done(region(0, 3, 'a\\nb'), region(2, 6, 'b \\n'))] }],
      found: ['9|a\nb \\n|x@0-3 a\nb|x@2-6 b \\n'],
    },
    'no predictions by number': {
      rows: [{ id: 9, data: { text }, predictions: [17] }],
      found: [`9|${text}`],
      counts: { 'tasks without an annotation': 1 },
    },
    'labels alone': {
      rows: [
        {
          id: 9,
          data: { text },
          annotations: [done({ type: 'choices', value: { choices: ['good'] } }, { type: 'relation', labels: [] }, region(3, 6))],
        },
      ],
      found,
      counts: { 'results that are no labels of a text, left out': 2 },
    },
  });
  refuses(
    readLabelStudio,
    { data: { text }, annotations: [] },
    {
      'a task with several texts': [{ data: { a: 'x', b: 'y' } }, /have no "text", and "a", "b" might be it/],
      'a task without a text': [{ data: { a: 1 } }, /have no string that could be the text/],
      'a mention that is another text': [{ data: { text }, annotations: [done(region(3, 6, 'Bob'))] }, /"Ada", but its own text is "Bob"/],
    },
  );

  test('writes tasks with predictions of a model version and their scores', async () => {
    const entities = [
      { start: 3, end: 6, type: 'x', score: 0.5 },
      { start: 7, end: 9, type: 'y', score: 1 },
    ];
    const samples = [
      { id: '1', text, entities },
      { id: '2', text, entities: [] },
    ];
    const { content } = await writing(writeLabelStudio, samples, { modelVersion: 'nano-3' });
    const mention = { from_name: 'label', to_name: 'text', type: 'labels' };
    assert.deepEqual(JSON.parse(content), [
      {
        data: { id: '1', text },
        predictions: [
          {
            model_version: 'nano-3',
            score: 0.75,
            result: [
              { id: 'm1', ...mention, value: { start: 3, end: 6, text: 'Ada', labels: ['x'] }, score: 0.5 },
              { id: 'm2', ...mention, value: { start: 7, end: 9, text: 'e\u0301', labels: ['y'] }, score: 1 },
            ],
          },
        ],
      },
      { data: { id: '2', text }, predictions: [{ model_version: 'nano-3', result: [] }] },
    ]);
    const { samples: again } = await reading(readLabelStudio, await scratch.write('b.json', content));
    assert.deepEqual(again, samples);
  });

  test('writes an array even of nothing', async () => {
    assert.deepEqual(JSON.parse((await writing(writeLabelStudio, [])).content), []);
  });
});

describe('hf', () => {
  const tokens = ['Ada', '🎉', 'Bob'];
  const named = ['a.jsonl:1|Ada 🎉 Bob|x@0-3 Ada|x@7-10 Bob'];
  const names = ['O', 'B-x', 'I-x'];
  const feature = { feature: { names, _type: 'ClassLabel' }, _type: 'Sequence' };
  reads(readHf, {
    'names of tags': { rows: [{ tokens, ner_tags: ['B-x', 'O', 'B-x'] }], found: named },
    'tags of another scheme under another key': { rows: [{ tokens, tags: ['S-x', 'O', 'S-x'] }], found: named },
    'letters without types': {
      rows: [{ tokens, ner_tags: [1, 2, 1] }],
      found: ['a.jsonl:1|Ada 🎉 Bob|_@0-6 Ada 🎉|_@7-10 Bob'],
      settings: { labels: ['O', 'B', 'I'] },
    },
    'numbers, with names from the settings': { rows: [{ tokens, ner_tags: [1, 0, 1] }], found: named, settings: { labels: names } },
    'numbers, with names from features before the rows': {
      rows: [{ features: { tokens: {}, ner_tags: feature } }, { id: 'q', tokens, ner_tags: [1, 0, 1] }],
      found: named.map((row) => row.replace('a.jsonl:1', 'q')),
    },
    "the answer of a rows' server": {
      rows: [
        {
          features: [{ name: 'ner_tags', type: feature }],
          rows: [
            { row_idx: 0, row: { tokens, ner_tags: [1, 0, 1] } },
            { row_idx: 1, row: { tokens: ['Eve'], ner_tags: [1] } },
          ],
        },
      ],
      found: ['a.jsonl:1:1|Ada 🎉 Bob|x@0-3 Ada|x@7-10 Bob', 'a.jsonl:1:2|Eve|x@0-3 Eve'],
    },
  });
  refuses(
    readHf,
    { tokens, ner_tags: ['B-x', 'O', 'O'] },
    {
      'a number without a name': [{ tokens, ner_tags: [1, 0, 0] }, /Tag 1 has no name\. --labels gives/],
      'tags that are none': [{ tokens, ner_tags: ['O', 'O', 'y'] }, /"y" is no tag; expected O, or a letter and a type such as B-person\./],
      'fewer tags than tokens': [{ tokens, ner_tags: ['O'] }, /3 tokens have 1 tags/],
      'no tags': [{ tokens }, /there are no ner_tags/],
      'tokens that are no strings': [{ tokens: [1], ner_tags: ['O'] }, /tokens\.0: expected string/],
    },
  );
});

describe('nested-json', () => {
  const tokens = ['Bank', 'of', 'England'];
  const found = ['a.jsonl:1|Bank of England|o@0-15 Bank of England|l@8-15 England'];
  const exclusive = [
    { start: 0, end: 3, type: 'o' },
    { start: 2, end: 3, type: 'l' },
  ];
  const inclusive = [
    { start: 0, end: 2, type: 'o' },
    { start: 2, end: 2, type: 'l' },
  ];
  reads(readNestedJson, {
    'ends after the last token': { rows: [{ tokens, entities: exclusive }], found },
    'ends at the last token': { rows: [{ tokens, entities: inclusive }], found },
    'ends as the settings say': {
      rows: [{ tokens, entities: [{ start: 0, end: 1, label: 'o' }] }],
      found: ['a.jsonl:1|Bank of England|o@0-7 Bank of'],
      settings: { ends: 'inclusive' },
    },
    'a sentence with lists for mentions': {
      rows: [
        {
          org_id: 's',
          sentence: tokens,
          ner: [
            [0, 2, 'o'],
            [2, 2, 'l'],
          ],
        },
      ],
      found: found.map((row) => row.replace('a.jsonl:1', 's')),
    },
    'a sentence of SpERT': {
      rows: [{ tokens, entities: exclusive, relations: [], orig_id: 5121 }],
      found: found.map((row) => row.replace('a.jsonl:1', '5121')),
    },
    'a sentence as a text': { rows: [{ sentence: 'Bank of  England', entities: exclusive }], found },
    'documents, with tokens counted through': {
      rows: [
        {
          doc_key: 'd',
          sentences: [['It', 'rained'], tokens],
          ner: [
            [],
            [
              [2, 4, 'o'],
              [4, 4, 'l'],
            ],
          ],
        },
      ],
      found: ['d:1|It rained', 'd:2|Bank of England|o@0-15 Bank of England|l@8-15 England'],
    },
    'indexes of tokens, refusing gaps': {
      rows: [
        {
          sentence: tokens,
          ner: [
            { index: [2], type: 'l' },
            { index: [0, 2], type: 'o' },
          ],
        },
      ],
      found: ['a.jsonl:1|Bank of England|l@8-15 England'],
      counts: { 'discontinuous mentions, left out': 1 },
    },
    'indexes of tokens, closing gaps': {
      rows: [
        {
          sentence: tokens,
          ner: [
            { index: [2], type: 'l' },
            { index: [0, 2], type: 'o' },
          ],
        },
      ],
      found,
      counts: { 'discontinuous mentions, made whole': 1 },
      settings: { discontinuous: 'flatten' },
    },
  });
  refuses(
    readNestedJson,
    { tokens, entities: exclusive },
    {
      'a mention outside the tokens': [{ tokens, entities: [{ start: 0, end: 4, type: 'o' }] }, /tokens from 0 until 4 of 3\. --ends says/],
      'an empty mention': [{ tokens, entities: [{ start: 1, end: 1, type: 'o' }] }, /tokens from 1 until 1 of 3/],
      'a row without mentions': [{ tokens }, /there are no entities/],
    },
  );

  test('tells what ends mean, and writes them either way', async () => {
    const { told } = await brief(readNestedJson, [{ tokens, entities: inclusive }]);
    assert.deepEqual(told.notes, ['a.jsonl: the end of a mention is its last token']);
    const samples = [{ id: '1', text: 'Bank of England', entities: [{ start: 8, end: 15, type: 'l' }] }];
    const entitiesOf = async (ends: 'exclusive' | 'inclusive') =>
      JSON.parse((await writing(writeNestedJson, samples, { ends })).content).entities;
    assert.deepEqual(await entitiesOf('exclusive'), [{ start: 2, end: 3, type: 'l' }]);
    assert.deepEqual(await entitiesOf('inclusive'), [{ start: 2, end: 2, type: 'l' }]);
  });
});
