import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { NerError } from '../../error.ts';
import { type Gold, goldScript, type ScriptedModel, scriptedModel } from '../../model/scripted.ts';
import { type BuildOptions, buildIndex } from '../../pool/index/build-index.ts';
import { openIndex } from '../../pool/index/open-index.ts';
import { ngramEmbedder } from '../../pool/ngram-embedder.ts';
import { nounChunkerId } from '../../pool/noun-chunks.ts';
import type { RecognizerOptions } from '../options.ts';
import { createRecognizer } from '../recognizer.ts';
import { candidateSource } from './candidates.ts';

const gold: Gold = {
  'Anna flew to Berlin.': [
    ['Anna', 'person'],
    ['Berlin', 'place'],
  ],
  'The fever fell.': [['fever', 'disease']],
  'Malaria fever returned.': [['Malaria fever', 'disease']],
  'Nothing happened.': [],
  'Yellow fever spread in Berlin.': [
    ['Yellow fever', 'disease'],
    ['Berlin', 'place'],
  ],
};
const pool = Object.entries(gold)
  .slice(0, 4)
  .map(([text, entities], index) => ({
    id: `p${index}`,
    text,
    entities: entities.map(([mention, type]) => ({ start: text.indexOf(mention), end: text.indexOf(mention) + mention.length, type })),
  }));
/** By spelling alone, so that it is plain which spans are alike. */
const embedder = ngramEmbedder;
const types = ['person', 'place', 'disease'];
const query = 'Yellow fever spread in Berlin.';

async function retrieved(options: Partial<RecognizerOptions> = {}, text = query) {
  const model = scriptedModel({ id: 'a', answer: goldScript(gold) });
  await using recognizer = await createRecognizer({ types, models: [model], pool, embedder, k: 2, ...options });
  const { trace } = await recognizer.recognize(text);
  const retrieval = trace[0]?.document.retrieval;
  return { model, retrieval, ids: retrieval?.demonstrations.map(({ sentence }) => sentence.id) };
}

test('the sentences whose spans are most like those of the text are demonstrated, and the trace says by which pairs', async () => {
  const { retrieval, ids } = await retrieved();
  assert.deepEqual(ids, ['p0', 'p2']);
  const second = retrieval?.demonstrations[1];
  assert.equal(second?.by, 'span-similarity');
  const pairs = second?.matches.map(({ query: { start, end }, candidate }) => [
    query.slice(start, end),
    second.sentence.text.slice(candidate.start, candidate.end),
  ]);
  assert.deepEqual(pairs, [
    ['Yellow fever', 'Malaria fever'],
    ['Berlin', 'Malaria fever'],
  ]);
  assert.ok(second.matches.every(({ weight, cosine }) => weight > 0 && cosine <= 1));
});

test('extraction, classification and verification see the best demonstration last, right before the text', async () => {
  const { model } = await retrieved();
  const last = model.tasks.filter(({ demonstrations }) => demonstrations.length > 0);
  assert.deepEqual(
    last.map(({ kind }) => kind),
    ['extract', 'classify', 'verify'],
  );
  for (const task of last)
    assert.deepEqual(
      task.demonstrations.map(({ text }) => text),
      ['Malaria fever returned.', 'Anna flew to Berlin.'],
    );
});

test('pre-extraction sees no demonstrations, for the text and for the pool', async () => {
  const { model } = await retrieved({ candidateSpans: 'models' });
  const zeroShot = model.tasks.filter(({ kind, demonstrations }) => kind === 'extract' && demonstrations.length === 0);
  assert.deepEqual(
    zeroShot.map(({ text }) => text),
    [...pool.map(({ text }) => text), query],
  );
});

test('gold spans stand for the pool, which needs no call', async () => {
  const { model, ids } = await retrieved();
  assert.deepEqual(ids, ['p0', 'p2']);
  assert.ok(!model.tasks.some(({ text }) => text === 'Nothing happened.'));
});

/** Texts that the model was asked about without demonstrations, before its work on the query proper. */
function preExtracted(model: ScriptedModel): readonly string[] {
  return model.tasks.filter(({ kind, demonstrations }) => kind === 'extract' && demonstrations.length === 0).map(({ text }) => text);
}

test('noun chunks can stand for the pool, and then stand for the text, too: no model is asked before extraction', async () => {
  const { model, retrieval, ids } = await retrieved({ candidateSpans: 'chunks' });
  assert.deepEqual(preExtracted(model), []);
  assert.equal(retrieval?.querySpanSource, 'chunks');
  assert.deepEqual(
    retrieval.querySpans.map(({ start, end }) => query.slice(start, end)),
    ['Yellow fever spread', 'Berlin'], // the tagger takes "spread" for a noun
  );
  assert.deepEqual(ids, ['p0', 'p2']);
});

const sources = [
  { options: {}, asked: [query], source: 'models' },
  { options: { candidateSpans: 'models' }, asked: [...pool.map(({ text }) => text), query], source: 'models' },
  { options: { candidateSpans: 'chunks', querySpans: 'models' }, asked: [query], source: 'models' },
  { options: { querySpans: 'chunks' }, asked: [], source: 'chunks' },
  { options: { candidateSpans: 'models', querySpans: 'chunks' }, asked: pool.map(({ text }) => text), source: 'chunks' },
  { options: { retriever: 'bm25', candidateSpans: 'chunks' }, asked: [], source: 'none' },
] as const;
for (const { options, asked, source } of sources) {
  test(`with ${JSON.stringify(options)} ${asked.length} texts are pre-extracted, and the trace says ${source}`, async () => {
    const { model, retrieval } = await retrieved(options);
    assert.deepEqual(preExtracted(model), asked);
    assert.equal(retrieval?.querySpanSource, source);
    assert.equal(retrieval.querySpans.length > 0, source !== 'none');
  });
}

test('a text is read as an index was, unless it is told otherwise, and not by other rules for noun chunks', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'el4ner-chunks-'));
  const build: BuildOptions = {
    settings: { candidateSpans: 'chunks', chunker: nounChunkerId, models: [], types, embedder: embedder.id },
    embedder,
    candidates: candidateSource({ ensemble: { members: [], quorum: 0 }, types: [], candidateSpans: 'chunks' }).find,
  };
  await buildIndex(pool, directory, build, new AbortController().signal);
  {
    using index = await openIndex(directory);
    const model = scriptedModel({ id: 'a', answer: goldScript(gold) });
    for (const [options, source] of [
      [{}, 'chunks'],
      [{ querySpans: 'models' }, 'models'],
    ] as const) {
      await using recognizer = await createRecognizer({ types, models: [model], index, embedder, k: 2, ...options });
      const { trace } = await recognizer.recognize(query);
      assert.equal(trace[0]?.document.retrieval.querySpanSource, source);
    }
    assert.deepEqual(preExtracted(model), [query]);

    const { chunker: _, ...unversioned } = index;
    for (const other of [{ ...index, chunker: 'noun-chunks@0' }, unversioned]) {
      await assert.rejects(createRecognizer({ types, models: [model], index: other, embedder }), (error) => {
        assert.ok(error instanceof NerError && error.detail.code === 'usage', String(error));
        assert.match(error.message, /by the noun chunks of (noun-chunks@0|an unknown chunker), .*Build the index anew/);
        return true;
      });
    }
  }
  await rm(directory, { recursive: true });
});

const weights = [
  { weigher: 'part-of-speech', expected: [2, 4] },
  { weigher: { noun: 3 }, expected: [3, 4] },
  { weigher: 'equal', expected: [1, 1] },
  // "fever" is in two of the four sentences and "Yellow" in none.
  { weigher: 'idf', expected: [Math.log(6), Math.log(1 + 5 / 2)] },
] as const;
for (const { weigher, expected } of weights) {
  test(`spans are weighed by ${JSON.stringify(weigher)}`, async () => {
    const { retrieval } = await retrieved({ weigher, querySpans: 'chunks' });
    assert.deepEqual(
      retrieval?.demonstrations[0]?.matches.map(({ weight }) => weight),
      expected,
    );
  });
}

test('a text whose spans have no weight falls back to the similarity of whole sentences', async () => {
  const { retrieval } = await retrieved({ weigher: { properNoun: 0, noun: 0 }, querySpans: 'chunks' });
  assert.equal(retrieval?.demonstrations[0]?.by, 'sentence-similarity');
  assert.equal(retrieval.querySpans.length, 2);
});

test('a text without spans falls back to the similarity of whole sentences', async () => {
  const silent = { 'Nothing much happened today.': [] };
  const model = scriptedModel({ id: 'a', answer: goldScript({ ...gold, ...silent }) });
  const { retrieval, ids } = await retrieved({ models: [model] }, 'Nothing much happened today.');
  assert.equal(ids?.[0], 'p3');
  assert.equal(retrieval?.demonstrations[0]?.by, 'sentence-similarity');
});

test('a pool sentence that is the text itself is never demonstrated', async () => {
  const { ids } = await retrieved({ k: 9 }, 'The fever fell.');
  assert.ok(ids !== undefined && ids.length === 3 && !ids.includes('p1'));
});

for (const retriever of ['span-similarity', 'sentence-similarity'] as const) {
  test(`${retriever}: no score and no cosine is above 1, though rounding makes vectors longer`, async () => {
    const alike = { ...embedder, embed: async (texts: readonly string[]) => texts.map(() => Float32Array.of(0.999_992_25, 0.003_936_98)) };
    const { retrieval } = await retrieved({ retriever, embedder: alike, querySpans: 'chunks' });
    const [first = assert.fail()] = retrieval?.demonstrations ?? [];
    assert.equal(first.score, 1);
    assert.ok(first.matches.every(({ cosine }) => cosine === 1));
    assert.equal(first.matches.length > 0, retriever === 'span-similarity');
  });
}

test('demonstrations show only types of the inventory', async () => {
  const { retrieval } = await retrieved({ types: ['disease'], k: 9 });
  const types = new Set(retrieval?.demonstrations.flatMap(({ sentence }) => sentence.entities.map(({ type }) => type)));
  assert.deepEqual([...types], ['disease']);
});

for (const options of [{ k: 0 }, { pool: [] }]) {
  test(`with ${JSON.stringify(options)} it works zero-shot and asks no pre-extraction`, async () => {
    const { model, ids } = await retrieved(options);
    assert.deepEqual(ids, []);
    assert.deepEqual(
      model.tasks.map(({ kind }) => kind),
      ['extract', 'classify', 'verify'],
    );
  });
}

test('progress over the pool is told', async () => {
  const told: string[] = [];
  await retrieved({ onProgress: (done, total) => told.push(`${done}/${total}`) });
  assert.deepEqual(told, ['1/4', '2/4', '3/4', '4/4']);
});

test('sentence similarity and chance ask no model before extraction', async () => {
  for (const retriever of ['sentence-similarity', 'bm25', 'label-statistics', 'random'] as const) {
    const { model, retrieval } = await retrieved({ retriever, k: 3 });
    assert.deepEqual(
      model.tasks.map(({ kind }) => kind),
      ['extract', 'classify', 'verify'],
    );
    assert.deepEqual(
      retrieval?.demonstrations.map(({ by }) => by),
      [retriever, retriever, retriever],
    );
  }
});

test('sentences that share words come first by words', async () => {
  for (const retriever of ['bm25', 'label-statistics'] as const) {
    const { ids } = await retrieved({ retriever, k: 4 });
    assert.equal(ids?.at(-1), 'p3', retriever); // it shares none
  }
});

test('chance is decided by the seed and the text', async () => {
  const orders = await Promise.all(
    [1, 1, 2, 3, 4, 5].map(async (seed) => (await retrieved({ retriever: 'random', seed, k: 4 })).ids?.join(' ')),
  );
  assert.equal(orders[0], orders[1]);
  assert.ok(new Set(orders).size > 2);
});

test('a pool sentence that the models cannot read is represented by its gold mentions, and told', async () => {
  const answer = goldScript(gold);
  const model = scriptedModel({
    id: 'a',
    answer: (task) => {
      if (task.text === 'Malaria fever returned.') throw new NerError('a is busy', { code: 'model-failed', modelId: 'a' });
      return answer(task);
    },
  });
  await using recognizer = await createRecognizer({ types, models: [model], pool, embedder, k: 2, candidateSpans: 'models' });
  assert.deepEqual(
    recognizer.preparation.unread.map(({ id }) => id),
    ['p2'],
  );
  assert.equal(recognizer.preparation.calls, 3);
  const outcomes = recognizer.preparation.attempts.map(({ outcome }) => outcome);
  assert.deepEqual(outcomes.toSorted(), ['answered', 'answered', 'answered', 'failed']);
  const { trace } = await recognizer.recognize(query);
  assert.deepEqual(
    trace[0]?.document.retrieval.demonstrations.map(({ sentence }) => sentence.id),
    ['p0', 'p2'],
  );
});

test('models that fail from the start fail the preparation', async () => {
  const model = scriptedModel({
    id: 'a',
    answer: () => {
      throw new NerError('a is down', { code: 'model-unavailable', modelId: 'a' });
    },
  });
  await assert.rejects(createRecognizer({ types: ['person'], models: [model], pool, candidateSpans: 'models' }), /a is down/);
});
