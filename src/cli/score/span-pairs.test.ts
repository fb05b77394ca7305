import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../dataset/report.ts';
import { NerError } from '../../error.ts';
import { labelledPairs } from './span-pairs.ts';

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-spans-'));
});
after(() => rm(scratch, { recursive: true }));

const report: Report = { note: () => {}, count: () => {} };

interface Row {
  readonly id?: string;
  readonly text: string;
  readonly entities: readonly { readonly start: number; readonly end: number; readonly type: string }[];
  readonly offsetUnit?: string;
}

const row = (id: string, text: string): Row => ({ id, text, entities: [{ start: 0, end: 1, type: id }] });

async function pairs(gold: readonly Row[], predicted: readonly Row[]) {
  const write = async (name: string, rows: readonly Row[]) => {
    const path = join(scratch, name);
    await writeFile(path, rows.map((content) => `${JSON.stringify(content)}\n`).join(''));
    return path;
  };
  return labelledPairs(await write('gold.jsonl', gold), await write('pred.jsonl', predicted), { report });
}

describe('documents', () => {
  test('are matched by id, in the order of the gold file', async () => {
    const found = await pairs([row('x', 'one'), row('y', 'two')], [{ ...row('y', 'two'), entities: [] }, row('x', 'one')]);
    const mention = (type: string) => ({ start: 0, end: 1, type });
    assert.deepEqual(found, [
      { text: 'one', gold: [mention('x')], predicted: [mention('x')] },
      { text: 'two', gold: [mention('y')], predicted: [] },
    ]);
  });

  test('without ids are matched by line', async () => {
    const found = await pairs([{ text: 'one', entities: [] }], [{ text: 'one', entities: [{ start: 0, end: 3, type: 'x' }] }]);
    assert.deepEqual(
      found.map(({ predicted }) => predicted.length),
      [1],
    );
  });

  test('with offsets in other units are the same', async () => {
    const codepoints = { id: 'x', text: '🎉 Ada', offsetUnit: 'codepoint', entities: [{ start: 2, end: 5, type: 'person' }] };
    const [pair] = await pairs([codepoints], [{ id: 'x', text: '🎉 Ada', entities: [{ start: 3, end: 6, type: 'person' }] }]);
    assert.deepEqual(pair?.gold, pair?.predicted);
  });

  const gold = ['1', '2', '3', '4', '5', '6', '7'].map((id) => row(id, 'text'));
  const faults: Record<string, readonly [predicted: readonly Row[], message: RegExp]> = {
    'one missing': [gold.slice(1), /pred\.jsonl lacks the id "1" of .*gold\.jsonl; expected the same ids/],
    'many missing': [gold.slice(6), /pred\.jsonl lacks the ids "1", "2", "3", "4", "5" and 1 more of /],
    'one left over': [[...gold, row('9', 'new')], /pred\.jsonl has the id "9", which .*gold\.jsonl lacks/],
    'one told twice': [[...gold, row('7', 'text')], /pred\.jsonl has the id "7" more than once/],
    'another text': [[...gold.slice(1), row('1', 'other')], /pred\.jsonl has another text for the id "1" than .*gold\.jsonl/],
  };
  for (const [name, [predicted, message]] of Object.entries(faults)) {
    test(`are an error with ${name}`, () =>
      assert.rejects(pairs(gold, predicted), (error) => {
        assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input');
        assert.match(error.message, message);
        return true;
      }));
  }
});
