import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';

const main = join(dirname(import.meta.dirname), 'src', 'cli', 'main.ts');

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-score-'));
});
after(() => rm(scratch, { recursive: true }));

/** Writes a file and returns its path. */
async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

function score(...words: readonly string[]) {
  return scorePiped('', ...words);
}

/** @param input - is the standard input. */
async function scorePiped(input: string, ...words: readonly string[]) {
  const child = spawn(process.execPath, [main, 'score', ...words], { env: { ...process.env, NO_COLOR: '1', EL4NER_DEBUG: '' } });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const tokens = ['Barack', 'Obama', 'visited', '#', 'Berlin', '', 'The', 'United', 'Nations', 'met', 'on', 'a', 'Monday'];
const goldTags = ['B-PER', 'I-PER', 'O', 'O', 'B-LOC', '', 'O', 'B-ORG', 'I-ORG', 'O', 'O', 'O', 'O'];
const predictedTags = ['B-PER', 'I-PER', 'O', 'B-LOC', 'B-LOC', '', 'O', 'B-ORG', 'O', 'O', 'O', 'O', 'O'];
const columns = (...tags: readonly (readonly string[])[]) =>
  tokens.map((token, index) => (token === '' ? '' : [token, ...tags.map((column) => column[index])].join(' ')));
const report = `processed 12 tokens with 3 phrases; found: 4 phrases; correct: 2.
accuracy:  83.33%; precision:  50.00%; recall:  66.67%; FB1:  57.14
              LOC: precision:  50.00%; recall: 100.00%; FB1:  66.67  2
              ORG: precision:   0.00%; recall:   0.00%; FB1:   0.00  1
              PER: precision: 100.00%; recall: 100.00%; FB1: 100.00  1
`;

describe('columns', { concurrency: 2 }, () => {
  test('of one file get the report of conlleval', async () => {
    const gold = await file('both.conll', columns(goldTags, predictedTags));
    assert.deepEqual(await score('--gold', gold), { code: 0, stdout: report, stderr: '' });
  });

  test('of two files get the same', async () => {
    const gold = await file('gold.conll', columns(goldTags));
    const pred = await file('pred.conll', columns(predictedTags));
    assert.deepEqual(await score('--gold', gold, '--pred', pred), { code: 0, stdout: report, stderr: '' });
  });

  test('are read strictly in IOB2, which leaves out what does not begin', async () => {
    const gold = await file('strict.conll', ['a x B-A B-A', 'b x I-A I-A', '', 'c x B-B I-B']);
    const { stdout } = await score('--gold', gold, '--scheme', 'iob2', '--json');
    const { counts, accuracy, perType } = JSON.parse(stdout);
    assert.deepEqual(counts, {
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 1,
      gold: 2,
      predicted: 1,
      documents: 2,
      tokens: 3,
      correctTags: 2,
    });
    assert.equal(accuracy, 2 / 3);
    assert.deepEqual(perType.B, { precision: 0, recall: 0, f1: 0, counts: { truePositives: 0, falsePositives: 0, falseNegatives: 1 } });
  });

  test('in IOBES are read as conlleval reads them, with a warning', async () => {
    const gold = await file('iobes.conll', ['a S-A S-A', 'b S-A O']);
    const { code, stdout, stderr } = await score('--gold', gold);
    assert.equal(code, 0);
    assert.ok(stdout.startsWith('processed 2 tokens with 1 phrases; found: 1 phrases; correct: 0.\n'), stdout);
    assert.match(stderr, /--scheme iobes knows S/);
  });

  test('of two are said to be taken for tags', async () => {
    const gold = await file('two.conll', columns(goldTags));
    const { code, stdout, stderr } = await score('--gold', gold);
    assert.deepEqual([code, stdout.split('\n')[0]], [0, 'processed 12 tokens with 0 phrases; found: 3 phrases; correct: 0.']);
    assert.match(stderr, /^el4ner: \S+two\.conll has two columns .* --pred\.\n$/);
  });

  test('of which there are none get the first line of the report', async () => {
    const gold = await file('blank.conll', ['', ' ']);
    const stdout = 'processed 0 tokens with 0 phrases; found: 0 phrases; correct: 0.\n';
    assert.deepEqual(await score('--gold', gold), { code: 0, stdout, stderr: '' });
  });

  test('of parts of speech are said to be no gold tags', async () => {
    const gold = await file('parts-of-speech.conll', ['Ada NNP B-PER', 'slept VBD O']);
    const { code, stdout, stderr } = await score('--gold', gold);
    assert.deepEqual([code, stdout.split('\n')[0]], [0, 'processed 2 tokens with 0 phrases; found: 1 phrases; correct: 0.']);
    assert.match(stderr, /has no tag in column 2 of 3, .* name the predictions with --pred\.\n$/);
  });

  test('in another scheme than they are read in are said to be, and scored all the same', async () => {
    const gold = await file('both-iob2.conll', columns(goldTags, predictedTags));
    const { code, stdout, stderr } = await score('--gold', gold, '--scheme', 'iobes', '--json');
    assert.deepEqual([code, JSON.parse(stdout).counts.gold], [0, 0]);
    assert.match(stderr, /^el4ner: the gold tags of \S+ and the predicted tags of \S+ look like iob2, .* --scheme iob2 is for them\.\n$/);
  });
});

const row = (id: string, text: string, ...entities: readonly (readonly [start: number, end: number, type: string])[]) =>
  JSON.stringify({ id, text, entities: entities.map(([start, end, type]) => ({ start, end, type })) });
const goldRows = [
  row('1', 'Bank of England', [0, 15, 'org'], [8, 15, 'place']),
  row('2', 'Rome or Rome', [0, 4, 'place'], [8, 12, 'place']),
  row('3', 'nobody'),
];
const predictedRows = [
  row('3', 'nobody', [0, 6, 'person']),
  row('1', 'Bank of England', [0, 15, 'org'], [8, 15, 'org']),
  row('2', 'Rome or Rome', [0, 4, 'place']),
];

describe('spans', { concurrency: 2 }, () => {
  test('are matched by id, may nest, and give counts and unrounded ratios', async () => {
    const [gold, pred] = await Promise.all([file('gold.jsonl', goldRows), file('pred.jsonl', predictedRows)]);
    const { code, stdout, stderr } = await score('--gold', gold, '--pred', pred, '--json');
    assert.deepEqual([code, stderr], [0, '']);
    const { intervals, nervaluate, ...score1 } = JSON.parse(stdout);
    const counts = (truePositives: number, falsePositives: number, falseNegatives: number) => ({
      truePositives,
      falsePositives,
      falseNegatives,
    });
    assert.deepEqual(score1, {
      scheme: 'spans',
      counts: { ...counts(2, 2, 2), gold: 4, predicted: 4, documents: 3 },
      micro: { precision: 0.5, recall: 0.5, f1: 0.5 },
      macro: { precision: 0.5, recall: 4 / 9, f1: (2 / 3 + 0.5) / 3 },
      boundary: { precision: 0.75, recall: 0.75, f1: 0.75, counts: counts(3, 1, 1) },
      perType: {
        org: { precision: 0.5, recall: 1, f1: 2 / 3, counts: counts(1, 1, 0) },
        person: { precision: 0, recall: 0, f1: 0, counts: counts(0, 1, 0) },
        place: { precision: 1, recall: 1 / 3, f1: 0.5, counts: counts(1, 0, 2) },
      },
    });
    assert.deepEqual(Object.keys(intervals), ['resamples', 'level', 'seed', 'precision', 'recall', 'f1']);
    assert.deepEqual(nervaluate.exact, {
      correct: 3,
      incorrect: 0,
      partial: 0,
      missed: 1,
      spurious: 1,
      possible: 4,
      actual: 4,
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
    });
  });

  test('of two systems are compared, with the same result each time', async () => {
    const [gold, pred] = await Promise.all([file('gold-two.jsonl', goldRows), file('pred-two.jsonl', predictedRows)]);
    const words = ['--gold', gold, '--pred', pred, '--compare', gold, '--shuffles', '100'];
    const [table, json, again] = await Promise.all([score(...words), score(...words, '--json'), score(...words, '--json')]);
    assert.deepEqual(json, again);
    assert.match(table.stdout, /\nsecond − first +\+50\.00 +\+50\.00 +\+50\.00\n/);
    const { comparison } = JSON.parse(json.stdout);
    assert.equal(comparison.difference.f1, 0.5);
    assert.ok(comparison.p.f1 > 1 / 101 && comparison.p.f1 <= 1);
  });

  test('are compared where gold labels are columns and predictions are not', async () => {
    const gold = await file('gold-columns.conll', ['Ada B-person', 'met O', 'Bob B-person', '', 'Rome B-place']);
    const pred = await file('pred-rows.jsonl', [
      row('x', 'Ada met Bob', [0, 3, 'person'], [8, 11, 'place']),
      row('y', 'Rome', [0, 4, 'place']),
    ]);
    for (const paths of [
      [gold, pred],
      [pred, gold],
    ] as const) {
      const { code, stdout, stderr } = await score('--gold', paths[0], '--pred', paths[1], '--json');
      const { scheme, counts } = JSON.parse(stdout);
      assert.deepEqual([code, scheme, counts.truePositives, counts.gold, counts.predicted], [0, 'spans', 2, 3, 3]);
      assert.match(stderr, /is in the format conll.*compared are spans of characters/);
    }
  });

  test('that do not fit are an error that says why, and leave the standard output empty', async () => {
    const [gold, pred] = await Promise.all([file('gold-three.jsonl', goldRows), file('pred-one.jsonl', predictedRows.slice(1, 2))]);
    const { code, stdout, stderr } = await score('--gold', gold, '--pred', pred);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /pred-one\.jsonl lacks the ids "2", "3" of /);
  });
});

describe('the standard input', { concurrency: 2 }, () => {
  test('can have the predictions, in any format', async () => {
    const [gold, pred] = await Promise.all([file('gold-piped.jsonl', goldRows), file('pred-piped.jsonl', predictedRows)]);
    const piped = await scorePiped(predictedRows.join('\n'), '--gold', gold, '--pred', '-', '--json');
    assert.deepEqual(piped, await score('--gold', gold, '--pred', pred, '--json'));
    const columnsOfGold = await file('gold-piped.conll', columns(goldTags));
    const result = await scorePiped(columns(predictedTags).join('\n'), '--gold', columnsOfGold, '--pred', '-');
    assert.deepEqual(result, { code: 0, stdout: report, stderr: '' });
  });

  test('can have the gold labels, or what predictions are compared with, which is called as it was given', async () => {
    const pred = await file('pred-compared.jsonl', predictedRows);
    const asGold = await scorePiped(goldRows.join('\n'), '--gold', '-', '--pred', pred, '--json');
    assert.deepEqual([asGold.code, JSON.parse(asGold.stdout).counts.truePositives], [0, 2]);
    const compared = await scorePiped(goldRows.join('\n'), '--gold', pred, '--pred', pred, '--compare', '-', '--shuffles', '9', '--json');
    const { systems } = JSON.parse(compared.stdout).comparison;
    assert.deepEqual(
      systems.map(({ path }: { readonly path: string }) => path),
      [pred, '-'],
    );
  });

  test('is called so in errors and notes', async () => {
    const gold = await file('gold-errors.jsonl', goldRows);
    const lacking = await scorePiped(predictedRows.slice(1).join('\n'), '--gold', gold, '--pred', '-');
    assert.deepEqual([lacking.code, lacking.stdout], [2, '']);
    assert.match(lacking.stderr, /^el4ner: standard input lacks the id "3" of /);
    const two = await scorePiped(columns(goldTags).join('\n'), '--gold', '-');
    assert.match(two.stderr, /^el4ner: standard input has two columns and no --pred was given/);
  });

  test('is one file', async () => {
    const { code, stdout, stderr } = await scorePiped('', '--gold', '-', '--pred', '-');
    assert.deepEqual([code, stdout], [2, '']);
    assert.equal(stderr, 'el4ner: --gold and --pred are both "-"; the standard input is one file. Give a path for the other.\n');
  });
});
