import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonSchema } from '../../prompting/dialect.ts';
import { jsonGrammar } from './grammar.ts';

const strings: JsonSchema = { type: 'array', items: { type: 'string' } };
const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const rulesOf = (schema: JsonSchema, partsOf?: string) =>
  new Map(
    jsonGrammar(schema, partsOf)
      .trim()
      .split('\n')
      .map((rule) => rule.split(' ::= ') as [string, string]),
  );

test('objects, arrays and enums are spelled out', () => {
  const types: JsonSchema = { type: 'string', enum: ['person', 'a "quoted" type'] };
  assert.equal(
    rulesOf(object({ '1': types, all: { type: 'array', items: types } })).get('root'),
    String.raw`"{" gap "\"1\"" gap ":" gap ("\"person\"" | "\"a \\\"quoted\\\" type\"") "," gap "\"all\"" gap ":" gap ` +
      String.raw`"[" gap (("\"person\"" | "\"a \\\"quoted\\\" type\"") ("," gap ("\"person\"" | "\"a \\\"quoted\\\" type\""))*)? gap "]" gap "}"`,
  );
});

test('strings are free without a text', () => {
  assert.equal(rulesOf(strings).get('root'), '"[" gap (free ("," gap free)*)? gap "]"');
});

test('strings of a text are chains of its pieces that begin and end at words', () => {
  const rules = rulesOf(strings, 'He said "hi".');
  assert.equal(rules.get('part'), String.raw`"\"" (c0 | c2 | c4 | c5 | c6 | c7) "\""`);
  assert.deepEqual(
    [...rules].filter(([name]) => /^c\d/.test(name)),
    [
      ['c0', '"He" c1?'],
      ['c1', '" " c2'],
      ['c2', '"said" c3?'],
      ['c3', '" " c4'],
      ['c4', String.raw`"\\\"" c5?`],
      ['c5', '"hi" c6?'],
      ['c6', String.raw`"\\\"" c7?`],
      ['c7', '"."'],
    ],
  );
});

test('control tokens are broken, in enums and in pieces', () => {
  assert.match(rulesOf({ type: 'string', enum: ['</s>'] }).get('root') ?? '', /u003c\/s>/);
  const pieces = [...rulesOf(strings, 'Ada <|end|>')].flatMap(([name, rule]) => (/^c\d/.test(name) ? [rule] : [])).join('\n');
  assert.ok(pieces.includes('u003c') && !pieces.includes('"<'), pieces);
});

for (const text of ['', '   ', 'word '.repeat(2000)]) {
  test(`strings are free for ${text.trim() === '' ? `the text ${JSON.stringify(text)}` : 'a very long text'}`, () => {
    assert.equal(rulesOf(strings, text).has('part'), false);
  });
}
