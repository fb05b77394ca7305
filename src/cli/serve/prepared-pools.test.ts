import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabelledSentence } from '../../document/labelled.ts';
import type { Embedder } from '../../model/embedder.ts';
import { createRecognizer } from '../../pipeline/recognizer.ts';
import { taggerId } from '../../pool/tagger/tagger-member.ts';
import { wordEmbedder } from '../../pool/word-embedder.ts';
import { labelsOf } from '../pool.ts';
import type { NamedPool } from './pools.ts';
import { preparedPools } from './prepared-pools.ts';

const embedder = await wordEmbedder();
const { signal } = new AbortController();
const sentences = ['Ada', 'Bob', 'Cleo'].map((name, at): LabelledSentence => {
  const text = `${name} flew to Oslo.`;
  return { id: String(at), text, entities: [span(text, name, 'person'), span(text, 'Oslo', 'city')] };
});

function span(text: string, mention: string, type: string) {
  const start = text.indexOf(mention);
  return { start, end: start + mention.length, type };
}

function named(pool: readonly LabelledSentence[], revision: string): NamedPool {
  const told = { name: 'letters', sentences: pool.length, revision, types: [], isWritable: true, isCalibrated: false };
  return { pool, labels: labelsOf(pool), told, path: 'letters.jsonl' };
}

test('a pool is prepared and its tagger trained once for all lists of types, and again once it has changed', async () => {
  const prepared = preparedPools(async () => embedder, signal);
  const index = await prepared(named(sentences, 'a'));
  assert.equal(await prepared(named(sentences, 'a')), index);
  const taggers = await Promise.all([index.trainedTagger?.(), index.trainedTagger?.()]);
  assert(taggers[0] !== undefined && taggers[0] === taggers[1]);
  assert.deepEqual(taggers[0].types, ['person', 'city']);
  const grown = await prepared(named([...sentences, { id: '3', text: 'Dan slept.', entities: [] }], 'b'));
  assert.deepEqual([index.size, grown.size], [3, 4]);
  assert.notEqual(await grown.trainedTagger?.(), taggers[0]);
});

test('some of its types alone are recognized by what was prepared for all', async () => {
  const index = await preparedPools(async () => embedder, signal)(named(sentences, 'a'));
  await using recognizer = await createRecognizer({ types: ['city'], models: [taggerId], index, embedder });
  const { entities } = await recognizer.recognize('Ada flew to Oslo.');
  assert.deepEqual(
    entities.map(({ text, type }) => [text, type]),
    [['Oslo', 'city']],
  );
});

test('what failed once is tried again', async () => {
  let attempts = 0;
  async function sometimes(): Promise<Embedder> {
    if (++attempts === 1) throw new Error('not now');
    return embedder;
  }
  const prepared = preparedPools(sometimes, signal);
  await assert.rejects(prepared(named(sentences, 'a')), /not now/);
  assert.equal((await prepared(named(sentences, 'a'))).size, 3);
});
