import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { NerError } from '../error.ts';
import type { Call } from '../pipeline/ensemble.ts';
import type { FailedRecognition } from '../pipeline/recognition.ts';
import { readPrices } from './prices.ts';
import { createStats, openStats, type StatsOptions } from './stats.ts';

const call = (modelId: string, changes: Partial<Call> = {}): Call => ({
  stage: 'extract',
  modelId,
  dialect: 'd@1',
  outcome: 'answered',
  exchanges: [],
  usage: { promptTokens: 1_000_000, cachedTokens: 400_000, replyTokens: 10_000 },
  durationMs: 1500,
  cutOff: false,
  droppedDemonstrations: 0,
  ...changes,
});
const document = (...attempts: readonly Call[]): FailedRecognition => ({
  status: 'failed',
  id: '1',
  text: '',
  error: new NerError('down', { code: 'internal' }),
  attempts,
});
const prices = new Map([
  ['a', { input: 2, cachedInput: 0.5, output: 10 }],
  ['b', { input: 2, output: 10 }],
]);
const linesOf = (options: StatsOptions, ...calls: readonly Call[]): readonly string[] => {
  const stats = createStats(options);
  stats.add(document(...calls));
  return stats.lines({ attempts: [] });
};

describe('the account of a run', () => {
  test('sums calls by stage and model', () => {
    assert.deepEqual(linesOf({}, call('a'), call('a'), call('a', { stage: 'verify' })), [
      'stage    model                 calls   prompted  evaluated  replied  seconds',
      'extract  a                         2  2,000,000  1,200,000   20,000      3.0',
      'verify   a                         1  1,000,000    600,000   10,000      1.5',
      'all      3.0 calls a document      3  3,000,000  1,800,000   30,000      4.5',
      "Tokens: prompted, of these evaluated (the others stood in a model's memory), and replied.",
      'Seconds: the sum over calls, also failed ones; waiting for a turn at a model counts.',
    ]);
  });

  test('counts what came from the cache apart: neither as tokens nor as time nor as cost', () => {
    const lines = linesOf({ cache: true, prices }, call('a'), call('a', { replayed: true }), call('b', { replayed: true }));
    assert.deepEqual(lines.slice(0, 4), [
      'stage    model                 calls   prompted  evaluated  replied  seconds  cached      saved    cost',
      'extract  a                         2  1,000,000    600,000   10,000      1.5       1  1,010,000  1.5000',
      'extract  b                         1          0          0        0      0.0       1  1,010,000  0.0000',
      'all      3.0 calls a document      3  1,000,000    600,000   10,000      1.5       2  2,020,000  1.5000',
    ]);
    assert.match(lines.join('\n'), /cached took no time and no tokens; saved are/);
  });

  test('has no cost for a model without a price, and says so; a tagger is free', () => {
    const lines = linesOf({ prices }, call('a'), call('b'), call('c'), call('pool:tagger', { kind: 'tagger' }));
    const costs = lines.slice(0, 6).map((line) => line.split(/ +/).at(-1));
    assert.deepEqual(costs, ['cost', '1.5000', '2.1000', '-', '0.0000', '3.6000']);
    assert.equal(lines.at(-1), 'Cost: in the currency of the prices. The total leaves out c, for which there is no price.');
  });

  test('has no cost for calls that told no tokens, such as failed ones, and says so', () => {
    const usage = { promptTokens: 0, cachedTokens: 0, replyTokens: 0 };
    const failed = call('b', { outcome: 'failed', usage, durationMs: 120_000 });
    const lines = linesOf({ prices }, call('a', { usage }), call('a', { usage }), call('b'), failed);
    assert.deepEqual(
      lines.slice(1, 4).map((line) => line.split(/ +/).slice(-2)),
      [
        ['3.0', '-'],
        ['121.5', '2.1000'],
        ['124.5', '2.1000'],
      ],
    );
    assert.match(lines.at(-1) ?? '', / The total leaves out 2 calls of a, 1 call of b, of which no tokens are known\.$/);
  });

  test('names prices of models that nobody asked', () =>
    assert.match(linesOf({ prices }, call('a')).at(-1) ?? '', /prices\. There are prices of b, which no model asked is called\.$/));

  test('has the calls that prepared the pool in rows of their own, which are not of documents', () => {
    const stats = createStats({ prices });
    stats.add(document(call('a')));
    const attempts = ['a', 'a', 'b'].map((modelId) => call(modelId, { stage: 'pre-extract' }));
    const lines = stats.lines({ attempts });
    assert.deepEqual(
      lines.slice(1, 5).map((line) =>
        line
          .split(/ {2,}/)
          .slice(0, 3)
          .concat(line.split(/ +/).at(-1) ?? ''),
      ),
      [
        ['prepare', 'a', '2', '3.0000'],
        ['prepare', 'b', '1', '2.1000'],
        ['extract', 'a', '1', '1.5000'],
        ['all', '1.0 calls a document', '4', '6.6000'],
      ],
    );
    assert.equal(lines.at(-1), 'The calls that prepared the pool are not among the calls a document.');
  });
});

describe('prices', () => {
  let path: string;
  let scratch: string;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'el4ner-prices-'));
    path = join(scratch, 'prices.json');
  });
  after(() => rm(scratch, { recursive: true }));

  test('are by model, and ask for an account by themselves', async () => {
    await writeFile(path, '{"a": {"input": 1, "cachedInput": 0, "output": 2}, "of nobody": {"input": 1, "output": 2}}');
    assert.deepEqual((await readPrices(path)).get('a'), { input: 1, cachedInput: 0, output: 2 });
    assert.match((await openStats({ stats: false, prices: path }))?.lines({ attempts: [] }).join('\n') ?? '', /cost/);
    assert.equal(await openStats({ stats: false }), undefined);
  });

  const cases = {
    'no JSON': ['{', /prices\.json has no prices: it is no JSON\. Write JSON such as/],
    'a list': ['[]', /: it is \[\]; expected an object\./],
    'another word': ['{"a": {"input": 1, "cached": 1, "output": 2}}', /: a has "cached"; expected input, cachedInput and output\./],
    'a price as a string': ['{"a": {"input": "1", "output": 2}}', /: a → input is "1"; expected a number\./],
    'a price below 0': ['{"a": {"input": 1, "output": -2}}', /: a → output is -2; expected a number of at least 0\./],
    'a missing price': ['{"a": {"input": 1}}', /: a → output is missing; expected a number\./],
  } as const;
  for (const [name, [content, message]] of Object.entries(cases)) {
    test(`${name} is told`, async () => {
      await writeFile(path, content);
      await assert.rejects(
        readPrices(path),
        (error) => error instanceof NerError && error.detail.code === 'unreadable-input' && message.test(error.message),
      );
    });
  }

  test('a file that is not there is told', () =>
    assert.rejects(readPrices(join(scratch, 'none')), /Expected JSON such as .* does not exist/));
});
