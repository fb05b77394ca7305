import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { scratchDirectory } from './format.fixture.ts';
import { jsonTexts } from './json-texts.ts';

const scratch = scratchDirectory('json-texts');

async function texts(content: string | Uint8Array) {
  return Array.fromAsync(jsonTexts(await scratch.write('a.json', content)));
}

describe('values', () => {
  const cases: Record<string, readonly [content: string, expected: readonly (readonly [line: number, text: string])[]]> = {
    'one a line': [
      '{"a":1}\n\n{"b":[2]}',
      [
        [1, '{"a":1}'],
        [3, '{"b":[2]}'],
      ],
    ],
    'of an array on one line': [
      '[{"a":1},{"b":[2,{}]},3,"x"]',
      [
        [1, '{"a":1}'],
        [1, '{"b":[2,{}]}'],
        [1, '3'],
        [1, '"x"'],
      ],
    ],
    'of an array over lines, after a byte order mark': [
      '\ufeff [\n {"a":\n1} ,\n{}\n]\n',
      [
        [2, '{"a":\n1} '],
        [4, '{}\n'],
      ],
    ],
    'with brackets, commas and quotes in strings': [
      '["]","\\"],[", {"}":"\\\\"}]',
      [
        [1, '"]"'],
        [1, '"\\"],["'],
        [1, '{"}":"\\\\"}'],
      ],
    ],
    'objects over lines, after a byte order mark, one or several': [
      '\ufeff{\r\n "a": {"}": "{"}\n}\n\n{"b":1} {\n"c":2}',
      [
        [1, '{\r\n "a": {"}": "{"}\n}'],
        [5, '{"b":1}'],
        [5, '{\n"c":2}'],
      ],
    ],
    'of an object over lines that the file breaks off': ['{\n"a": [1', [[1, '{\n"a": [1']]],
    'with something between objects, which goes to the next': [
      '{\n}\n,{}',
      [
        [1, '{\n}'],
        [3, ',{}'],
      ],
    ],
    'of an empty array': ['[ ]', []],
    'of an array that the file breaks off': [
      '[{"a":1},\n{"b":',
      [
        [1, '{"a":1}'],
        [2, '{"b":'],
      ],
    ],
  };
  for (const [name, [content, expected]] of Object.entries(cases)) {
    test(name, async () =>
      assert.deepEqual(
        (await texts(content)).map(({ line, text }) => [line, text]),
        expected,
      ),
    );
  }
});

test('what is not UTF-8 is an element without a text', async () => {
  const content = Buffer.concat([Buffer.from('["a",\n"'), Uint8Array.from([0xff]), Buffer.from('","c"]')]);
  assert.deepEqual(await texts(content), [
    { line: 1, text: '"a"' },
    { line: 2, text: undefined },
    { line: 2, text: '"c"' },
  ]);
});

test('a file that goes on after its array is told', async () => {
  await assert.rejects(texts('["a"]\n["b"]'), /a\.json:2 goes on after its array ends/);
});

test('an array that ends after a comma, or not at all, ends in a value that is none', async () => {
  assert.equal((await texts('[1,')).at(-1)?.text, '');
  assert.equal((await texts('[')).at(-1)?.text, '');
});

test('any array gives its elements, however blocks cut it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom(0, 1, 2), async (values, indent) => {
      // Longer than a block of the file.
      const padded = [...values, 'ö"]'.repeat(30_000), ...values];
      const found = await texts(JSON.stringify(padded, null, indent));
      assert.deepEqual(
        found.map(({ text = '' }) => JSON.parse(text)),
        JSON.parse(JSON.stringify(padded)),
      );
    }),
    { numRuns: 20 },
  );
});

test('an object over lines is one value, however blocks cut it', async () => {
  const value = { text: `${'ö"}{'.repeat(30_000)}`, rows: [{ a: '\\' }] };
  const found = await texts(JSON.stringify(value, null, 4));
  assert.deepEqual(
    found.map(({ text = '' }) => JSON.parse(text)),
    [value],
  );
});
