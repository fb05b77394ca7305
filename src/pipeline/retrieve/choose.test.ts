import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defineModel } from '../../model/define.ts';
import { type Script, type ScriptedModelOptions, scriptedModel } from '../../model/scripted.ts';
import { type DemonstrationSelection, retrievers } from '../../pool/demonstration.ts';
import { ngramEmbedder } from '../../pool/ngram-embedder.ts';
import type { RecognizerOptions } from '../options.ts';
import { createRecognizer } from '../recognizer.ts';

/** Finds words that begin with a capital letter, and says of all that they are nothing. */
const script: Script = (task) => {
  if (task.kind === 'extract') return task.text.match(/\p{Lu}\S+/gu) ?? [];
  return task.kind === 'classify' ? task.mentions.map(() => ({ type: 'none' })) : [];
};
const model = (options: Omit<ScriptedModelOptions, 'answer'> = {}) => scriptedModel({ ...options, answer: script });

const query = 'Anna went to Rome with Paul.';
/** By all retrievers but chance the earlier are more like the query. */
const pool = [
  ['Anna went to Rome with Paul.', 'person'],
  ['Anna went to Rome with Paul!', 'person'],
  ['Anna came to Rome with Paula.', 'person'],
  ['Anna stayed at home.', 'person'],
  ['Rome is far from Oslo.', 'place'],
  ['A fever came to them.', 'disease'],
  ['Snow fell.', 'weather'],
].map(([text = '', type = ''], index) => ({ id: `p${index}`, text, entities: [{ start: 0, end: 4, type }] }));

async function retrieved(options: Partial<RecognizerOptions> = {}, text = query) {
  const settings = {
    types: ['person', 'place', 'disease'],
    models: [model()],
    pool,
    k: 3,
    candidateSpans: 'gold',
    embedder: ngramEmbedder,
  } as const;
  await using recognizer = await createRecognizer({ ...settings, ...options });
  const { trace, degraded } = await recognizer.recognize(text);
  const retrieval = trace[0]?.document.retrieval ?? assert.fail();
  return {
    ...retrieval,
    degraded,
    ids: retrieval.demonstrations.map(({ sentence }) => sentence.id),
    types: new Set(retrieval.demonstrations.flatMap(({ sentence }) => sentence.entities.map(({ type }) => type))),
  };
}

describe('with each retriever', () => {
  for (const retriever of retrievers) {
    const select = async (selection: DemonstrationSelection, k = 3) => retrieved({ retriever, selection, k });

    test(`${retriever}: the text itself is demonstrated only where it is allowed`, async () => {
      const { ids, leftOut } = await select({}, 9);
      assert.deepEqual(ids.toSorted(), ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
      assert.deepEqual(
        leftOut.map(({ sentence, reason }) => [sentence.id, reason]),
        [['p0', 'is the text itself']],
      );
      assert.ok((await select({ allowQuery: true }, 9)).ids.includes('p0'));
    });

    test(`${retriever}: near-duplicates of the text are left out`, async () => {
      const { ids } = await select({ nearDuplicates: 0.5 }, 9);
      assert.deepEqual(ids.toSorted(), ['p3', 'p4', 'p5', 'p6']);
    });

    test(`${retriever}: types are covered, as far as they are asked for`, async () => {
      const { types, ids } = await select({ coverTypes: true });
      assert.deepEqual([...types].sort(), ['disease', 'person', 'place']);
      assert.equal(ids.length, 3);
    });

    test(`${retriever}: where nothing counts but diversity, no two are alike`, async () => {
      const { ids } = await select({ diversity: 1 });
      assert.ok(['p1', 'p2', 'p3'].filter((id) => ids.includes(id)).length <= 1, ids.join());
    });
  }
});

test('what is chosen before better ranked sentences, and what is left out, says why', async () => {
  const { demonstrations, leftOut } = await retrieved({ retriever: 'sentence-similarity', selection: { coverTypes: true } });
  const taken = demonstrations.map(({ sentence, rank, reason }) => [sentence.id, rank, reason]);
  assert.deepEqual(taken.slice(0, 1), [['p1', 2, undefined]]);
  assert.deepEqual(
    new Map(taken.slice(1).map(([id, , reason]) => [id, reason])),
    new Map([
      ['p4', 'shows place'],
      ['p5', 'shows disease'],
    ]),
  );
  assert.deepEqual(
    leftOut.map(({ sentence, rank, reason }) => [sentence.id, rank, reason]),
    [
      ['p0', 1, 'is the text itself'],
      ['p2', 3, 'gives way to what shows place, disease'],
    ],
  );
});

test('spans are covered together: the second demonstration shows what the first does not', async () => {
  const two = ['Hannah and Johanna', 'Johanna', 'Paul'].map((text, index) => ({ id: `s${index}`, text, entities: [] }));
  const found = (selection: DemonstrationSelection) =>
    retrieved({ pool: two, candidateSpans: 'models', selection, k: 2 }, 'Hannah Johanna Susanna Paul').then(({ ids }) => ids);
  assert.deepEqual(await found({}), ['s0', 's1']);
  assert.deepEqual(await found({ coverSpans: true }), ['s0', 's2']);
});

test('a text without spans is served by sentences, whatever spans there were to cover', async () => {
  const { demonstrations } = await retrieved({ selection: { coverSpans: true } }, 'they went home.');
  assert.deepEqual(new Set(demonstrations.map(({ by }) => by)), new Set(['sentence-similarity']));
});

test('however many copies come first, as many as there are of others are found', async () => {
  const copies = Array.from({ length: 60 }, (_, index) => ({ id: `c${index}`, text: 'Anna went to Rome with Paula.', entities: [] }));
  const { ids } = await retrieved({ pool: [...copies, ...pool.slice(4)], retriever: 'bm25', selection: { nearDuplicates: 1 } });
  assert.deepEqual(ids.length, 3);
  assert.equal(ids[0], 'c0');
});

test('selections that make no sense are refused', async () => {
  const refused = (options: Partial<RecognizerOptions>, message: RegExp) =>
    assert.rejects(retrieved(options), (error: Error) => message.test(error.message));
  await refused({ selection: { diversity: 1.5 } }, /selection\.diversity is 1\.5; expected a number from 0 to 1/);
  await refused({ selection: { nearDuplicates: 0 } }, /selection\.nearDuplicates is 0; expected a number above 0, at most 1/);
  await refused({ selection: { coverSpans: true }, retriever: 'bm25' }, /needs a retriever that compares them\. Choose "span-similarity"/);
  await refused({ demonstrationTokens: -1 }, /demonstrationTokens is -1; expected a whole number at least 0/);
});

describe('room for demonstrations', () => {
  const long = Array.from({ length: 8 }, (_, index) => ({ id: `l${index}`, text: `Anna ${index}${' and more'.repeat(20)}`, entities: [] }));
  /** Measured by a scripted model, a demonstration takes about 55 tokens, and the rest of the prompt about 50. */
  const roomy = { pool: long, k: 8, retriever: 'sentence-similarity' } as const;

  test('all models see what fits the smallest context, the best ones, and the trace says how many were cut', async () => {
    const models = [model({ id: 'wide' }), model({ id: 'narrow', contextTokens: 300 })];
    const free = await retrieved(roomy);
    const { ids, cut, degraded } = await retrieved({ ...roomy, models });
    assert.ok(ids.length >= 2 && ids.length <= 5, String(ids.length));
    assert.deepEqual(ids, free.ids.slice(0, ids.length));
    assert.deepEqual(cut, { count: 8 - ids.length, reason: 'More do not fit the context of narrow, 300 tokens.' });
    assert.deepEqual([free.ids.length, free.cut, degraded], [8, undefined, []]);
    for (const { tasks } of models)
      for (const { demonstrations } of tasks) assert.deepEqual(demonstrations.map(({ text }) => text).sort().length, ids.length);
  });

  test('who verifies limits it, too', async () => {
    const verifier = model({ id: 'verifier', contextTokens: 300 });
    assert.match((await retrieved({ ...roomy, verifier })).cut?.reason ?? '', /verifier/);
  });

  test('a budget cuts, and types stay covered', async () => {
    const { ids, cut, types } = await retrieved({ selection: { coverTypes: true }, demonstrationTokens: 60, retriever: 'bm25', k: 7 });
    assert.ok(ids.length >= 2 && ids.length < 6, String(ids.length));
    assert.match(cut?.reason ?? '', /^More would take \d+ tokens of scripted; 60 are allowed\.$/);
    assert.ok(types.size >= 2);
    assert.deepEqual((await retrieved({ demonstrationTokens: 0 })).ids, []);
  });

  test('a model that says nothing of its context, or that cannot be measured, is no limit', async () => {
    const silent = defineModel({ id: 'silent', extract: () => [] });
    const broken = {
      ...model({ id: 'broken' }),
      measure() {
        throw new Error('It is closed.');
      },
    };
    assert.equal((await retrieved({ ...roomy, models: [silent, broken], demonstrationTokens: 10 })).ids.length, 8);
  });
});
