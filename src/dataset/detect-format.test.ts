import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { detectFormat } from './detect-format.ts';
import { scratchDirectory } from './format.fixture.ts';
import type { DatasetFormatName } from './format.ts';

const scratch = scratchDirectory('detect');

describe('content tells the format', () => {
  const cases: Record<string, readonly [content: string, format: DatasetFormatName]> = {
    'our rows': ['{"id":"1","text":"a","entities":[{"start":0,"end":1,"text":"a","type":"x"}]}', 'jsonl'],
    'our rows without entities': ['{"text":"a","entities":[]}', 'jsonl'],
    'an array of our rows': ['[\n{"text":"a","entities":[]}]', 'jsonl'],
    'rows of which one is bad': ['{"text":\n{"text":"a","label":[[0,1,"x"]]}\n', 'doccano'],
    columns: ['\n-DOCSTART- -X- O\n\nAda\tB-x\nslept\tO\n', 'conll'],
    'columns of brackets': ['[ O\nAda B-x\n] O\n', 'conll'],
    'columns after metadata': ['# id = 7\n# text = Ada slept soundly\nAda\t_\tB-x\nslept\t_\tO\nso\t_\tO\n', 'conll'],
    'columns of short sentences after metadata': ['# id = 7\nAda\tB-x\n\n# id = 8\nslept\tO\n', 'conll'],
    'columns of letters alone': ['heart\tB\nfailure\tI\n.\tO\n', 'conll'],
    'columns that begin with brackets': ['[ O\n] O\n', 'conll'],
    'columns without a token outside mentions': ['Ada\tB-x\nLovelace\tI-x\n', 'conll'],
    'columns of which one row is broken': [`${'Ada B-x\nslept O\n\n'.repeat(10)}a b c\n`, 'conll'],
    'rows whose texts end in tags': ['{"text": "a B-x\\nb", "entities":\n[] }\n{"text":"a","entities":[]}', 'jsonl'],
    'rows whose first text looks like a title': ['{"text":"yes|t|no","entities":[]}', 'jsonl'],
    'an object over lines': ['{\n  "text": "a",\n  "entities": []\n}\n', 'jsonl'],
    'entities of a Doc': ['{"text":"a","ents":[{"start":0,"end":1,"label":"x"}],"tokens":[{"id":0,"start":0,"end":1}]}', 'spacy'],
    'pairs of a text and its entities': ['[["a",{"entities":[[0,1,"x"]]}]]', 'spacy'],
    'regions beside a text': [
      '[{"id":1,"text":"a","label":[{"start":0,"end":1,"text":"a","labels":["x"]}],"annotation_id":2}]',
      'label-studio',
    ],
    'tasks of which only some have regions': [
      '[{"text":"a","annotation_id":1},{"text":"a","label":[{"start":0,"end":1,"labels":["x"]}],"annotation_id":2}]',
      'label-studio',
    ],
    'spans with labels': ['{"text":"a","spans":[{"start":0,"end":1,"label":"x"}]}', 'spacy'],
    'an answer': ['{"text":"a","answer":"accept"}', 'spacy'],
    'lists under label': ['{"id":1,"text":"a","label":[[0,1,"x"]]}', 'doccano'],
    'lists under entities': ['{"text":"a","entities":[[0,1,"x"]]}\n{"text":"a","entities":[]}', 'doccano'],
    'offsets of doccano': ['{"text":"a","entities":[{"id":1,"label":"x","start_offset":0,"end_offset":1}],"relations":[]}', 'doccano'],
    tasks: ['[{"id":1,"data":{"text":"a"},"annotations":[]}]', 'label-studio'],
    'numbers of tags': ['{"tokens":["a"],"ner_tags":[0]}', 'hf'],
    'features before rows': ['{"features":{"ner_tags":{"feature":{"names":["O"]}}}}', 'hf'],
    'indexes of tokens': ['[{"tokens":["a"],"entities":[{"start":0,"end":1,"type":"x"}]}]', 'nested-json'],
    'lists of indexes': ['{"doc_key":"d","sentences":[["a"]],"ner":[[[0,0,"x"]]]}', 'nested-json'],
    'indexes in lists': ['{"sentence":["a"],"ner":[{"index":[0],"type":"x"}]}', 'nested-json'],
    'a title': ['\ufeff12|t|A title\n12|a|\n', 'pubtator'],
    'a title alone': ['12|t|A title\n\n13|t|Another\n', 'pubtator'],
  };
  for (const [name, [content, format]] of Object.entries(cases)) {
    test(`${name}: ${format}`, async () => assert.equal(await detectFormat(await scratch.write('a.data', content)), format));
  }
});

describe('the name tells the format', () => {
  test('of plain text', async () => {
    const texts = [
      'Ada slept.\nSo did B-x.',
      'I sent an E-mail',
      'I sent an E-mail\nShe sent an E-mail',
      'yes|t|no\nmaybe',
      'A or B\nplan B',
      '[1] So it is.\n[2] O',
      '[a](b) {"c": 1}',
    ];
    for (const [index, text] of texts.entries()) assert.equal(await detectFormat(await scratch.write(`${index}.txt`, text)), 'text', text);
  });
  test('of columns not', async () => assert.equal(await detectFormat(await scratch.write('columns.txt', 'Ada B-x\nslept O')), 'conll'));
  test('of columns that are bad, so that they are told', async () => {
    assert.equal(await detectFormat(await scratch.write('bad.conll', 'Ada person\nslept none')), 'conll');
  });
  test('of rows that are bad, so that they are told', async () => {
    assert.equal(await detectFormat(await scratch.write('bad.jsonl', '{"text":"a"}')), 'jsonl');
    assert.equal(await detectFormat(await scratch.write('worse.ndjson', 'nonsense')), 'jsonl');
  });
  test('of a text with annotations beside it', async () => {
    const text = await scratch.write('pair.txt', 'Ada');
    const annotations = await scratch.write('pair.ann', '');
    assert.deepEqual([await detectFormat(text), await detectFormat(annotations)], ['brat', 'brat']);
  });
  test('of directories by what is in them', async () => {
    await mkdir(scratch.path('pairs/within'), { recursive: true });
    await mkdir(scratch.path('texts'));
    await scratch.write('pairs/within/a.txt', 'Ada');
    await scratch.write('texts/a.txt', 'Ada');
    assert.equal(await detectFormat(scratch.path('texts')), 'text');
    assert.equal(await detectFormat(scratch.path('pairs')), 'text');
    await scratch.write('pairs/within/a.ann', '');
    assert.equal(await detectFormat(scratch.path('pairs')), 'brat');
  });
});

describe('what is not clear is told', () => {
  const cases: Record<string, readonly [content: string, problem: RegExp]> = {
    'with the formats that it may be': [
      '{"text":"a b","tokens":["a","b"],"entities":[{"start":0,"end":1,"type":"x"}]}',
      /a\.data may be in the format jsonl or nested-json\. "el4ner convert --from" takes/,
    ],
    'if it is no format': ['Ada slept.', /a\.data is in no format that is known by its content/],
    'if rows have nothing to go by': ['{"text":"a"}', /is in no format that is known/],
    'if it is empty': ['\n \n', /a\.data is empty; expected a data set/],
  };
  for (const [name, [content, problem]] of Object.entries(cases)) {
    test(name, async () => {
      await assert.rejects(detectFormat(await scratch.write('a.data', content)), (error) => {
        assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input');
        assert.match(error.message, problem);
        return true;
      });
    });
  }
  test('if it does not exist', async () => {
    await assert.rejects(detectFormat(scratch.path('none')), /Expected a data set at .*none, but it does not exist/);
  });
});
