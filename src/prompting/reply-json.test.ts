import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ReplyValue, readReplyJson } from './reply-json.ts';

/** Maps as objects, for comparison. */
function plain(value: ReplyValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, entry]) => [key, plain(entry)]));
  return value;
}

function read(reply: string): unknown[] {
  return readReplyJson(reply).map(({ value }) => plain(value));
}

describe('readReplyJson', () => {
  it('reads all JSON objects and arrays as JSON.parse does', () => {
    const json = fc.json({ maxDepth: 4, stringUnit: 'binary' }).filter((text) => /^[[{]/.test(text));
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const readings = readReplyJson(JSON.stringify(value, null, indent));
        assert.deepEqual(
          readings.map((reading) => [JSON.stringify(plain(reading.value)), reading.cut]),
          [[JSON.stringify(value), false]],
        );
      }),
    );
  });

  const tolerated: readonly { name: string; reply: string; values: readonly unknown[] }[] = [
    { name: 'a fence', reply: '```json\n{"a": ["b"]}\n```', values: [{ a: ['b'] }] },
    { name: 'prose around it', reply: 'Here you are [as asked]: {"a": ["b"]}. I hope {this} helps!', values: [{ a: ['b'] }] },
    { name: 'several values', reply: '{"a": "b"}\n["c"]', values: [{ a: 'b' }, ['c']] },
    { name: 'trailing commas', reply: '{"a": ["b", "c",],}', values: [{ a: ['b', 'c'] }] },
    { name: 'a Python list', reply: `['a', "D'Arcy", 'O\\'Brien', "it's"]`, values: [['a', "D'Arcy", "O'Brien", "it's"]] },
    { name: 'an apostrophe in single quotes', reply: "['Jim's dog', 'a']", values: [["Jim's dog", 'a']] },
    { name: 'a Python dictionary', reply: '{1: True, 2: False, 3: None}', values: [{ 1: true, 2: false, 3: null }] },
    { name: 'keys and values without quotes', reply: '{1: person, b: two words}', values: [{ 1: 'person', b: 'two words' }] },
    { name: 'typographic quotes', reply: '[“Paris”, ‘Rome’]', values: [['Paris', 'Rome']] },
    { name: 'quotes that are not escaped', reply: '["the "Big Apple" itself", "b"]', values: [['the "Big Apple" itself', 'b']] },
    { name: 'line breaks in a string', reply: '["a\nb"]', values: [['a\nb']] },
    { name: 'escapes that JSON does not have', reply: String.raw`["a\'b\x"]`, values: [["a'bx"]] },
    { name: 'no JSON', reply: 'There are none [1].', values: [[1]] },
    { name: 'brackets around prose', reply: '[see above] {none}', values: [] },
    { name: 'nothing', reply: '', values: [] },
  ];
  for (const { name, reply, values } of tolerated) {
    it(`reads ${name}`, () => assert.deepEqual(read(reply), values));
  }

  const cut: readonly { reply: string; value: unknown }[] = [
    { reply: '{"mentions": ["Paris", "Rom', value: { mentions: ['Paris'] } },
    { reply: '{"mentions": ["Paris", "Rome"', value: { mentions: ['Paris', 'Rome'] } },
    { reply: '{"mentions": ["Paris",', value: { mentions: ['Paris'] } },
    { reply: '{"mentions": [', value: { mentions: [] } },
    { reply: '[{"text": "Paris", "type": "place"}, {"text": "Rome", "ty', value: [{ text: 'Paris', type: 'place' }, { text: 'Rome' }] },
    { reply: '{"1": "person", "2": "pl', value: { 1: 'person' } },
    { reply: '{"1": "person", "2": tr', value: { 1: 'person' } },
    { reply: '["a", 12', value: ['a'] },
    { reply: '["a\\', value: undefined },
    { reply: '{', value: undefined },
  ];
  for (const { reply, value } of cut) {
    it(`keeps what is complete of ${reply}`, () => {
      const [reading] = readReplyJson(reply);
      assert.deepEqual(reading && [plain(reading.value), reading.cut], value === undefined ? undefined : [value, true]);
    });
  }

  it('reads what is complete of JSON that ends anywhere', () => {
    const strings = fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(strings, fc.nat(), (values, seed) => {
        const whole = JSON.stringify(values);
        const [reading] = read(whole.slice(0, seed % whole.length));
        const items = (reading ?? []) as unknown[]; // the only value is an array
        assert.deepEqual(items, values.slice(0, items.length));
      }),
    );
  });

  it('takes keys of JavaScript as keys', () => {
    const [reading] = readReplyJson('{"__proto__": "a", "constructor": "b"}');
    assert.deepEqual(
      reading?.value,
      new Map([
        ['__proto__', 'a'],
        ['constructor', 'b'],
      ]),
    );
  });

  it('ends soon on long nonsense', () => {
    const started = performance.now();
    for (const part of ['[', '{"a":', '["a" [', "'[", '{a:b']) readReplyJson(part.repeat(100_000));
    assert.ok(performance.now() - started < 5_000);
  });
});
