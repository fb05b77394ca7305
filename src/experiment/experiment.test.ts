import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { LabelledSentence } from '../document/labelled.ts';
import { NerError } from '../error.ts';
import { type Gold, goldScript, scriptedModel } from '../model/scripted.ts';
import { runExperiment, sampleSentences } from './experiment.ts';
import { noJournal, openJournal } from './journal.ts';
import type { Identity } from './manifest.ts';
import type { Material, Outcome } from './run.ts';
import { ablation, fullSystem, type System } from './systems.ts';

const gold: Gold = {
  'Ada met Bob.': [
    ['Ada', 'person'],
    ['Bob', 'person'],
  ],
  'Paris was cold.': [['Paris', 'place']],
  'Nothing happened.': [],
};
const data = Object.entries(gold).map(([text, entities], index) => ({
  id: `d${index}`,
  text,
  entities: entities.map(([mention, type]) => ({ start: text.indexOf(mention), end: text.indexOf(mention) + mention.length, type })),
}));

/** A right model, one that finds nothing, and one that invents. */
function material(): Material & { readonly asked: () => number } {
  const right = scriptedModel({ id: 'right', answer: goldScript(gold) });
  const blind = scriptedModel({
    id: 'blind',
    answer: (task) => (task.kind === 'extract' || task.kind === 'joint' ? [] : goldScript(gold)(task)),
  });
  return {
    types: [{ name: 'person' }, { name: 'place' }],
    data,
    pool: {},
    models: new Map([right, blind].map((model) => [model.id, model])),
    options: { models: ['right', 'blind'], seed: 0 },
    asked: () => right.tasks.length,
  };
}

const identity: Identity = {
  version: '1',
  models: [],
  data: 'd',
  pool: 'p',
  index: null,
  embedder: 'e',
  types: [],
  inventory: 'i',
  limit: null,
  seed: 0,
  options: {},
};
const silent = { progress: () => undefined, prepared: () => undefined, outcome: () => undefined };
const quiet = { seed: 0, listener: silent, signal: new AbortController().signal };
const run = (of: Material, systems: readonly System[], journal = noJournal) =>
  Array.fromAsync(runExperiment(of, { ...quiet, systems, journal }));

test('rows count what each system found, and compare it with the full one', async () => {
  const rows = (await run(material(), ablation(['right', 'blind'], {}, false))).map(({ row }) => row);
  const by = (name: string) => rows.find((row) => row.name === name) ?? assert.fail(name);
  assert.deepEqual(by('full').counts, { truePositives: 3, falsePositives: 0, falseNegatives: 0 });
  assert.equal(by('full').comparison, undefined);
  assert.deepEqual(by('joint:right').micro, { precision: 1, recall: 1, f1: 1 });
  assert.deepEqual(by('single:blind').counts, { truePositives: 0, falsePositives: 0, falseNegatives: 3 });
  assert.deepEqual(by('single:blind').stages, { 'never-proposed': 3 });
  assert.equal(by('single:blind').comparison?.f1, -1);
  assert.deepEqual(by('intersection').stages, { 'voted-away': 3 });
  assert.deepEqual(by('no-verification').comparison, { f1: 0, p: 1 });
  assert.ok(by('full').calls > by('no-verification').calls);
});

test('the calls about a document that failed count, and its reason is kept', async () => {
  const sorry = scriptedModel({ id: 'sorry', answer: () => ({ fault: 'malformed', reply: 'I am sorry' }) });
  const of = { ...material(), models: new Map([['sorry', sorry]]), options: { models: ['sorry'], seed: 0 } };
  const told: (string | undefined)[] = [];
  const listener = { progress: () => undefined, prepared: () => undefined, outcome: ({ error }: Outcome) => told.push(error?.detail.code) };
  const [finished] = await Array.fromAsync(runExperiment(of, { ...quiet, listener, systems: [fullSystem], journal: noJournal }));
  const { row } = finished ?? assert.fail('no row');
  assert.deepEqual([row.failed, row.calls, row.malformed], [3, 3, 3]);
  assert.ok(row.tokens.prompt > 0 && row.tokens.reply > 0);
  assert.match(row.perDocument[0]?.failure ?? '', /The reply of sorry is of no use: malformed/);
  assert.deepEqual(told, ['no-quorum', 'no-quorum', 'no-quorum']);
});

test('progress names the system and its place among several', async () => {
  const lines: string[] = [];
  const listener = { progress: (line: string) => lines.push(line), prepared: () => undefined, outcome: () => undefined };
  const systems = ablation(['right', 'blind']).slice(0, 2);
  await Array.fromAsync(runExperiment(material(), { ...quiet, listener, systems, journal: noJournal }));
  await Array.fromAsync(runExperiment(material(), { ...quiet, listener, systems: [fullSystem], journal: noJournal }));
  assert.deepEqual([lines[0], lines[3], lines[6]], ['system 1 of 2, full: 1 of 3', 'system 2 of 2, joint:right: 1 of 3', 'full: 1 of 3']);
});

test('an ablation of a full system with reflection and rescue has joint passes without', async () => {
  const base = material();
  const options = { ...base.options, combination: 'rescue', reflection: true } as const;
  const pool = { pool: base.data };
  const joint = ablation(['right', 'blind']).filter(({ name }) => name.startsWith('joint:'));
  assert.equal((await run({ ...base, pool, options }, joint)).length, 2);
});

test('an ablation has the names that scripts rely on, each once', () => {
  const names = ablation(['a', 'b']).map(({ name }) => name);
  const expected = ['full', 'joint:a', 'single:b', 'no-verification', 'verifier:a', 'verifier:all', 'random-demonstrations'];
  for (const name of [...expected, 'sentence-similarity', 'intersection', 'majority', 'k=0', 'k=16']) assert.ok(names.includes(name), name);
  assert.equal(new Set(names).size, names.length);
  assert.equal(names[0], 'full');
});

test('an ablation of a selection keeps it for other retrievers, but for what they cannot do', () => {
  const variationOf = (name: string, systems: readonly System[]) => systems.find((system) => system.name === name)?.variation;
  const spans = ablation(['a'], { coverSpans: true, coverTypes: true });
  for (const name of ['random-demonstrations', 'sentence-similarity'])
    assert.deepEqual(variationOf(name, spans)?.selection, { coverTypes: true });
  assert.equal(variationOf('k=4', spans)?.selection, undefined);
  assert.deepEqual(variationOf('random-demonstrations', ablation(['a'], { diversity: 0.5 })), { retriever: 'random' });
});

describe('a journal', () => {
  let folder = '';
  const path = (name: string) => join(folder, name);
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'el4ner-'));
  });
  after(() => rm(folder, { recursive: true }));

  test('goes on where the experiment stopped, even in the middle of a line, and comes to the same', async () => {
    const whole = await run(material(), [fullSystem], await openJournal(path('whole'), identity));
    const lines = (await readFile(path('whole'), 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 1 + data.length);
    await writeFile(path('cut'), `${lines.slice(0, 2).join('\n')}\n${lines[2]?.slice(0, 20)}`);
    const rest = material();
    const resumed = await run(rest, [fullSystem], await openJournal(path('cut'), identity));
    assert.deepEqual({ ...resumed[0]?.row, seconds: 0 }, { ...whole[0]?.row, seconds: 0 });
    const again = material();
    await run(again, [fullSystem], await openJournal(path('cut'), identity));
    assert.ok(rest.asked() > 0);
    assert.equal(again.asked(), 0);
  });

  test('of another experiment is refused, and says what differs', async () => {
    await openJournal(path('other'), identity);
    await assert.rejects(openJournal(path('other'), { ...identity, seed: 1, data: 'e' }), /another experiment: data, seed differ/);
  });

  test('tries again what failed, and keeps the rest', async () => {
    let isBroken = true;
    const flaky = scriptedModel({
      id: 'right',
      answer: (task) => {
        if (isBroken && task.text === 'Paris was cold.') throw new NerError('not now', { code: 'model-failed', modelId: 'right' });
        return goldScript(gold)(task);
      },
    });
    const one = { ...material(), models: new Map([['right', flaky]]), options: { models: ['right'], seed: 0 } };
    const [failed] = await run(one, [fullSystem], await openJournal(path('flaky'), identity));
    assert.deepEqual([failed?.row.failed, failed?.row.counts.truePositives], [1, 2]);
    isBroken = false;
    const before = flaky.tasks.length;
    const [mended] = await run(one, [fullSystem], await openJournal(path('flaky'), identity));
    assert.deepEqual([mended?.row.failed, mended?.row.counts.truePositives], [0, 3]);
    assert.deepEqual([...new Set(flaky.tasks.slice(before).map(({ text }) => text))], ['Paris was cold.']);
    assert.deepEqual(
      mended?.results.map(({ id }) => id),
      data.map(({ id }) => id),
    );
  });

  test('tries again what a model failed on, which the others have decided', async () => {
    let isBroken = true;
    const late = scriptedModel({
      id: 'late',
      answer: (task) => {
        if (isBroken && task.text === 'Paris was cold.') throw new NerError('not now', { code: 'timeout', modelId: 'late', timeoutMs: 1 });
        return goldScript(gold)(task);
      },
    });
    const right = scriptedModel({ id: 'right', answer: goldScript(gold) });
    const models = new Map([right, late].map((model) => [model.id, model]));
    const two = { ...material(), models, options: { models: ['right', 'late'], seed: 0 } };
    const open = () => openJournal(path('late'), identity);
    const [poor] = await run(two, [fullSystem], await open());
    assert.deepEqual([poor?.row.degraded, poor?.row.failed, poor?.row.counts.truePositives], [1, 0, 3]);
    assert.deepEqual(
      poor?.row.perDocument.map(({ degraded }) => degraded),
      [undefined, [{ modelId: 'late', reason: 'not now' }], undefined],
    );
    assert.equal((await open()).kept(), 2);
    isBroken = false;
    const before = right.tasks.length;
    const [mended] = await run(two, [fullSystem], await open());
    assert.equal(mended?.row.degraded, 0);
    assert.deepEqual([...new Set(right.tasks.slice(before).map(({ text }) => text))], ['Paris was cold.']);
    assert.equal((await open()).kept(), 3);
  });

  const broken: Record<string, readonly [lines: readonly string[], message: RegExp]> = {
    'an identity that is none': [['{"identity":null}'], /:1 is no line of a journal \(identity: expected record, received null\)/],
    'a head that is no JSON': [['{"identity":{'], /:1 is no line of a journal \(it is no JSON\)/],
    'a result without mentions': [
      ['HEAD', '{"system":"full","result":{"id":"d0"}}'],
      /:2 is no line of a journal \(result\.mentions: expected array, received undefined\)/,
    ],
    'a result that is null': [['HEAD', '{"system":"full","result":null}'], /:2 .*\(result: expected object, received null\)/],
  };
  for (const [name, [lines, message]] of Object.entries(broken)) {
    test(`with ${name} is told`, async () => {
      const head = JSON.stringify({ identity });
      await writeFile(path('broken'), `${lines.map((line) => (line === 'HEAD' ? head : line)).join('\n')}\n`);
      await assert.rejects(
        openJournal(path('broken'), identity),
        (error) => error instanceof NerError && error.detail.code === 'unreadable-input' && message.test(error.message),
      );
    });
  }

  for (const content of ['my precious notes', 'two lines\nof notes\n', 'null\n']) {
    test(`never touches a file that is none: ${JSON.stringify(content)}`, async () => {
      await writeFile(path('notes'), content);
      await assert.rejects(openJournal(path('notes'), identity), /notes:1 is no line of a journal/);
      assert.equal(await readFile(path('notes'), 'utf8'), content);
    });
  }

  test('that cannot be written is told before the work', async () => {
    await assert.rejects(openJournal(path('no/such/folder'), identity), /cannot be written/);
  });

  test('that is none is refused', async () => {
    await writeFile(path('none'), 'hello\n');
    await assert.rejects(
      openJournal(path('none'), identity),
      (error) => error instanceof NerError && error.detail.code === 'unreadable-input',
    );
  });
});

describe('a sample', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({
    id: `s${index}`,
    text: `${index}`,
    entities: [] as LabelledSentence['entities'],
  }));

  test('is chosen by the seed and keeps the order', () => {
    const once = sampleSentences(many, 10, 1);
    assert.deepEqual(sampleSentences(many, 10, 1), once);
    assert.notDeepEqual(sampleSentences(many, 10, 2), once);
    assert.equal(once.length, 10);
    const places = once.map((sentence) => many.indexOf(sentence));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  test('of more than there are is all of them', () => assert.equal(sampleSentences(many, 1000, 1), many));

  test('needs ids that tell sentences apart', () => {
    assert.throws(() => sampleSentences([...many, ...many.slice(0, 1)], 5, 1), /called s0/);
  });
});
