import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledUris } from '../model/bundled.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import { createRecognizer } from './recognizer.ts';
import { usualModels } from './usual-models.ts';

const bundled = await bundledUris();
const withTagger = [...bundled, taggerId];
const types = [{ name: 'person' }];
const poolOf = (size: number, type = 'person') =>
  Array.from({ length: size }, (_, at) => ({ text: `Ada ${at} left.`, entities: [{ start: 0, end: 3, type }] }));

test('the tagger joins where the pool has enough sentences and mentions of a type', async () => {
  assert.deepEqual(await usualModels({}, { types, pool: poolOf(15) }), withTagger);
  assert.deepEqual(await usualModels({}, { types, pool: poolOf(14) }), bundled);
  assert.deepEqual(await usualModels({}, { types, pool: poolOf(15, 'ship') }), bundled);
  assert.deepEqual(await usualModels({}, { types }), bundled);
});

test('it does not where the paper’s ensemble is asked for, or weights for the bundled models alone', async () => {
  const pool = poolOf(15);
  assert.deepEqual(await usualModels({ preset: 'paper' }, { types, pool }), bundled);
  assert.deepEqual(await usualModels({ weights: [1, 1, 1] }, { types, pool }), bundled);
  assert.deepEqual(await usualModels({ weights: [1, 1, 1, 1] }, { types, pool }), withTagger);
});

test('a recognizer for which no models are named has it, and counts no call for it', async () => {
  await using recognizer = await createRecognizer({ types, pool: poolOf(15), preset: 'fast' });
  assert.deepEqual(recognizer.models, withTagger);
  const { calls, trace } = await recognizer.recognize('Ada 3 left.');
  assert.equal(calls, bundled.length);
  assert(trace.some(({ document }) => document.calls.some(({ modelId }) => modelId === taggerId)));
});
