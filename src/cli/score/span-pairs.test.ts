import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DatasetFormatName } from '../../dataset/format.ts';
import type { Sample } from '../../dataset/sample.ts';
import { NerError } from '../../error.ts';
import { type LabelledFile, type LabelledPair, labelledPairs } from './span-pairs.ts';

const sample = (id: string, text: string): Sample => ({ id, text, entities: [{ start: 0, end: 1, type: id }] });
const unnamed = (id: string, text: string): Sample => ({ ...sample(id, text), isUnnamed: true });

function file(path: string, samples: readonly Sample[], format: DatasetFormatName = 'jsonl'): LabelledFile {
  return { path, format, samples };
}

function pairs(gold: readonly Sample[], predicted: readonly Sample[]): readonly LabelledPair[] {
  return labelledPairs(file('in/gold.jsonl', gold), file('in/pred.jsonl', predicted));
}

/** The gold and the predicted type of each pair, which is the id of its document. */
const ids = (found: readonly LabelledPair[]) => found.map(({ gold, predicted }) => `${gold[0]?.type} ${predicted[0]?.type}`);

describe('documents are matched', () => {
  const cases: Record<string, readonly [gold: readonly Sample[], predicted: readonly Sample[], matches: readonly string[]]> = {
    'by id, in the order of the gold file': [
      [sample('x', 'one'), sample('y', 'two')],
      [sample('y', 'two'), sample('x', 'one')],
      ['x x', 'y y'],
    ],
    'in order where neither file has ids': [
      [unnamed('gold.jsonl:1', 'one'), unnamed('gold.jsonl:3', 'two')],
      [unnamed('pred.jsonl:1', 'one'), unnamed('pred.jsonl:2', 'two')],
      ['gold.jsonl:1 pred.jsonl:1', 'gold.jsonl:3 pred.jsonl:2'],
    ],
    'in order where one file has no ids': [[unnamed('gold.jsonl:1', 'one')], [sample('x', 'one')], ['gold.jsonl:1 x']],
    'by the place in the gold file where predictions are called by it': [
      [unnamed('gold.jsonl:1', 'one'), unnamed('gold.jsonl:2', 'one')],
      [sample('gold.jsonl:2', 'one'), sample('gold.jsonl:1', 'one')],
      ['gold.jsonl:1 gold.jsonl:1', 'gold.jsonl:2 gold.jsonl:2'],
    ],
    'by line where only some have ids': [
      [sample('x', 'one'), unnamed('gold.jsonl:2', 'two')],
      [unnamed('pred.jsonl:2', 'two'), sample('x', 'one')],
      ['x x', 'gold.jsonl:2 pred.jsonl:2'],
    ],
  };
  for (const [name, [gold, predicted, matches]] of Object.entries(cases)) {
    test(name, () => assert.deepEqual(ids(pairs(gold, predicted)), matches));
  }
});

describe('documents are an error', () => {
  const gold = ['1', '2', '3', '4', '5', '6', '7'].map((id) => sample(id, 'text'));
  const lines = (path: string, ...texts: readonly string[]) => texts.map((text, index) => unnamed(`${path}:${index + 1}`, text));
  const faults: Record<string, readonly [gold: readonly Sample[], predicted: readonly Sample[], message: RegExp]> = {
    'with one missing': [gold, gold.slice(1), /^in\/pred\.jsonl lacks the id "1" of in\/gold\.jsonl; expected the same ids/],
    'with many missing': [gold, gold.slice(6), /pred\.jsonl lacks the ids "1", "2", "3", "4", "5" and 1 more of /],
    'with one left over': [gold, [...gold, sample('9', 'new')], /pred\.jsonl has the id "9", which in\/gold\.jsonl lacks/],
    'with one told twice': [gold, [...gold, sample('7', 'text')], /pred\.jsonl has the id "7" more than once/],
    'with another text': [
      gold,
      [...gold.slice(1), sample('1', 'other')],
      /^in\/pred\.jsonl \(document "1"\) has another text than in\/gold\.jsonl \(document "1"\); .* Predict for the gold texts/,
    ],
    'with a text that differs in white space alone': [
      [sample('x', 'Ada slept .')],
      [sample('x', 'Ada slept.')],
      /differ in white space alone: .*--detokenize/,
    ],
    'without ids and with another text in some place': [
      lines('gold.jsonl', 'one', 'two', 'three'),
      lines('pred.jsonl', 'one', 'three'),
      /^in\/pred\.jsonl:2 has another text than in\/gold\.jsonl:2; .* matched in order\.$/,
    ],
    'without ids and with fewer texts': [
      lines('gold.jsonl', 'one', 'two'),
      lines('pred.jsonl', 'one'),
      /^in\/pred\.jsonl has 1 document and in\/gold\.jsonl has 2\. Since ids are missing/,
    ],
  };
  for (const [name, [golden, predicted, message]] of Object.entries(faults)) {
    test(name, () => assert.throws(() => pairs(golden, predicted), unreadable(message)));
  }

  test('that names the formats where they differ', () => {
    const columns = file('gold.conll', lines('gold.conll', 'Ada slept .'), 'conll');
    const rows = (...samples: readonly Sample[]) => file('pred.jsonl', samples);
    assert.throws(() => labelledPairs(columns, rows(sample('x', 'Bob slept.'))), unreadable(/in the formats jsonl and conll/));
    assert.throws(
      () => labelledPairs(columns, rows(sample('x', 'Ada slept .'), sample('y', 'more'))),
      unreadable(/pred\.jsonl \(jsonl\) has 2 documents and gold\.conll \(conll\) has 1\./),
    );
  });
});

function unreadable(message: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof NerError && error.detail.code === 'unreadable-input');
    assert.match(error.message, message);
    return true;
  };
}
