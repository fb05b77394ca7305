import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { NerError, type NerErrorDetail } from '../error.ts';
import { readJsonl } from './jsonl.ts';

let scratch: string;
let path: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-jsonl-'));
  path = join(scratch, 'pool.jsonl');
});
after(() => rm(scratch, { recursive: true }));

const ada = '{"id":"a","text":"Ada slept.","entities":[{"start":0,"end":3,"type":"person"}]}';
const adaSentence = { id: 'a', text: 'Ada slept.', entities: [{ start: 0, end: 3, type: 'person' }] };

async function read(content: string | Uint8Array) {
  await writeFile(path, content);
  return Array.fromAsync(readJsonl(path));
}

describe('rows', () => {
  const cases: Record<string, readonly [content: string, expected: readonly object[]]> = {
    'one, without a line feed at the end': [ada, [adaSentence]],
    'with a byte order mark and Windows line ends': [`\ufeff${ada}\r\n${ada}\r\n`, [adaSentence, adaSentence]],
    'with blank lines between them': [`\n${ada}\n  \n`, [adaSentence]],
    'with other keys': [ada.replace('{', '{"split":"test","meta":{},'), [adaSentence]],
    'with a line separator in the text': ['{"id":"b","text":"a\u2028b","entities":[]}', [{ id: 'b', text: 'a\u2028b', entities: [] }]],
    'with a number for an id': ['{"id":7,"text":"","entities":[]}', [{ id: '7', text: '', entities: [] }]],
    'without an id, called by file and line': [
      '\n{"text":"","entities":[]}',
      [{ id: 'pool.jsonl:2', isUnnamed: true, text: '', entities: [] }],
    ],
    'with offsets in code points': [
      '{"id":"c","text":"🎉 Ada","offsetUnit":"codepoint","entities":[{"start":2,"end":5,"type":"person"}]}',
      [{ id: 'c', text: '🎉 Ada', entities: [{ start: 3, end: 6, type: 'person' }] }],
    ],
    'with the texts of entities, or null for one': [
      '{"id":"f","text":"🎉 Ada","entities":[{"start":3,"end":6,"text":"Ada","type":"x"},{"start":3,"end":4,"text":null,"type":"y"}]}',
      [
        {
          id: 'f',
          text: '🎉 Ada',
          entities: [
            { start: 3, end: 6, type: 'x' },
            { start: 3, end: 4, type: 'y' },
          ],
        },
      ],
    ],
    'with the text of an entity and offsets in code points': [
      '{"id":"g","text":"🎉 Ada","offsetUnit":"codepoint","entities":[{"start":2,"end":5,"text":"Ada","type":"x"}]}',
      [{ id: 'g', text: '🎉 Ada', entities: [{ start: 3, end: 6, type: 'x' }] }],
    ],
    'with entities out of order': [
      '{"id":"d","text":"Ada Bob","entities":[{"start":4,"end":7,"type":"x"},{"start":0,"end":3,"type":"x"},{"start":0,"end":7,"type":"y"}]}',
      [
        {
          id: 'd',
          text: 'Ada Bob',
          entities: [
            { start: 0, end: 7, type: 'y' },
            { start: 0, end: 3, type: 'x' },
            { start: 4, end: 7, type: 'x' },
          ],
        },
      ],
    ],
  };
  for (const [name, [content, expected]] of Object.entries(cases)) {
    test(name, async () => assert.deepEqual(await read(content), expected));
  }
});

describe('a bad row', () => {
  const entity = (fields: string) => `{"text":"🎉 Ada","entities":[{${fields}}]}`;
  const cases: Record<string, readonly [row: string | Uint8Array, problem: RegExp]> = {
    'that is not JSON': ['{"text":', /pool\.jsonl:2 cannot be read\. .*JSON.* Expected \{"text"/],
    'that is no object': ['[]', /expected object, received array/],
    'without a text': ['{"entities":[]}', /text: expected string, received undefined/],
    'without entities': ['{"text":"Ada"}', /entities: expected array, received undefined/],
    'with an offset that is no number': [entity('"start":"0","end":3,"type":"x"'), /entities\.0\.start: expected/],
    'with half an offset': [entity('"start":0.5,"end":3,"type":"x"'), /entities\.0\.start: expected int/],
    'with a type without a name': [entity('"start":0,"end":2,"type":" "'), /entities\.0\.type: expected a name/],
    'with an unknown unit of offsets': ['{"text":"","entities":[],"offsetUnit":"byte"}', /offsetUnit: .*"utf16".*"codepoint"/],
    'with an end outside the text': [
      entity('"start":3,"end":7,"type":"x"'),
      /Offset 7 is outside the text; expected an integer from 0 to 6/,
    ],
    'with a start below 0': [entity('"start":-1,"end":3,"type":"x"'), /Offset -1 is outside the text/],
    'with an empty span': [entity('"start":3,"end":3,"type":"x"'), /starts at 3 and ends at 3; expected a start before the end/],
    'with a span that cuts a character': [entity('"start":1,"end":6,"type":"x"'), /Offset 1 lies inside a surrogate pair/],
    'with an entity of another text': [
      entity('"start":3,"end":5,"text":"Ada","type":"x"'),
      /The entity from 3 to 5 should be "Ada", but these offsets cut out "Ad"\. Expected \{/,
    ],
    'with an entity of another text, as of code points': [
      entity('"start":2,"end":5,"text":"Ada","type":"x"'),
      /should be "Ada", but these offsets cut out " Ad"\. They fit if they count code points, which "offsetUnit": "codepoint" in the row says/,
    ],
    'with an entity of another text, where an offset cuts a character': [
      entity('"start":1,"end":5,"text":" Ada","type":"x"'),
      /should be " Ada", .* They fit if they count code points/,
    ],
    'with an entity of another text, as of UTF-16 code units': [
      '{"text":"🎉 Ada","offsetUnit":"codepoint","entities":[{"start":3,"end":6,"text":"Ada","type":"x"}]}',
      /should be "Ada", but these offsets cut out "da"\. They fit if they count UTF-16 code units/,
    ],
    'that is not UTF-8': [Uint8Array.from([0x22, 0xff, 0x22]), /pool\.jsonl:2 is not UTF-8/],
  };
  for (const [name, [row, problem]] of Object.entries(cases)) {
    test(`${name} is named by file and line, after the rows before it`, async () => {
      await writeFile(path, Buffer.concat([Buffer.from(`${ada}\n`), Buffer.from(row)]));
      const rows = readJsonl(path);
      assert.deepEqual((await rows.next()).value, adaSentence);
      await assert.rejects(rows.next(), unreadable(problem, { code: 'unreadable-input', path, line: 2 }));
    });
  }
});

describe('a file', () => {
  test('that is empty', async () => {
    await assert.rejects(read('\n\n'), unreadable(/pool\.jsonl is empty; expected \{"text"/, { code: 'unreadable-input', path }));
  });
  test('that is missing', async () => {
    const missing = join(scratch, 'nothing.jsonl');
    await assert.rejects(
      readJsonl(missing).next(),
      unreadable(/nothing\.jsonl, but it does not exist/, { code: 'unreadable-input', path: missing }),
    );
  });
  test('that is a directory', async () => {
    await assert.rejects(readJsonl(scratch).next(), unreadable(/but it is a directory/, { code: 'unreadable-input', path: scratch }));
  });
  test('of many blocks, whose borders cut rows and characters', async () => {
    const row = { id: 'e', text: 'öäü🎉'.repeat(1000), entities: [] };
    const sentences = await read(`${JSON.stringify(row)}\n`.repeat(40));
    assert.equal(sentences.length, 40);
    for (const sentence of sentences) assert.deepEqual(sentence, row);
  });
});

test('a span in code points is the same characters as a span in UTF-16 code units', async () => {
  const character = fc.constantFrom('a', 'İ', '中', '🎉', '👩‍🚀', '\u0301');
  const marked = fc.tuple(fc.array(character), fc.array(character, { minLength: 1 }), fc.array(character));
  await fc.assert(
    fc.asyncProperty(marked, async (parts) => {
      const [head, mention, tail] = parts.map((part) => part.join('')) as [string, string, string]; // three parts
      const start = Array.from(head).length;
      const entities = [{ start, end: start + Array.from(mention).length, type: 'x' }];
      const [sentence] = await read(JSON.stringify({ text: head + mention + tail, entities, offsetUnit: 'codepoint' }));
      assert.deepEqual(sentence?.entities, [{ start: head.length, end: head.length + mention.length, type: 'x' }]);
    }),
    { numRuns: 50 },
  );
});

function unreadable(message: RegExp, detail: NerErrorDetail) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof NerError);
    assert.match(error.message, message);
    assert.deepEqual(error.detail, detail);
    return true;
  };
}
