import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Document } from '@langchain/core/documents';
import { RunnableLambda, RunnableSequence } from '@langchain/core/runnables';
import { goldScript, scriptedModel } from '../model/scripted.ts';
import { entityTransformer } from './langchain.ts';

const answer = goldScript({
  'Ada met Bob.': [
    ['Ada', 'person'],
    ['Bob', 'person'],
  ],
  'It rained.': [],
});
const options = { types: ['person'], models: [scriptedModel({ answer })], verifier: 'nobody' } as const;
const load = RunnableLambda.from((texts: readonly string[]) =>
  texts.map((pageContent, page) => new Document({ id: `d${page}`, pageContent, metadata: { page } })),
);

test('documents get their entities as metadata, and keep what they had', async () => {
  await using transformer = entityTransformer(options, { workers: 2 });
  const documents = await load.invoke(['Ada met Bob.', 'It rained.']);
  const found = await transformer.transformDocuments(documents);
  assert.deepEqual(
    found.map(({ id, pageContent, metadata: { page, entities } }) => [
      id,
      pageContent,
      page,
      entities.map(({ text, type }) => `${text} ${type}`),
    ]),
    [
      ['d0', 'Ada met Bob.', 0, ['Ada person', 'Bob person']],
      ['d1', 'It rained.', 1, []],
    ],
  );
  assert.ok(!('entities' in (documents[0]?.metadata ?? {})), 'what came is left as it was');
});

test('it is a step of a chain: by pipe, in a sequence, in batches and in streams', async () => {
  await using entities = entityTransformer(options);
  const count = (documents: Awaited<ReturnType<typeof entities.transformDocuments>>) =>
    documents.map(({ metadata }) => metadata.entities.length);
  const piped = load.pipe(entities).pipe(count);
  assert.deepEqual(await piped.invoke(['Ada met Bob.', 'It rained.']), [2, 0]);
  assert.deepEqual(await piped.batch([['It rained.'], ['Ada met Bob.']]), [[0], [2]]);
  assert.deepEqual((await Array.fromAsync(await piped.stream(['Ada met Bob.']))).flat(), [2]);
  const sequence = RunnableSequence.from([load, entities, count]);
  assert.deepEqual(await sequence.invoke(['Ada met Bob.']), [2]);
});

test('a document that fails fails the step, and an abort ends it', async () => {
  await using entities = entityTransformer(options);
  await assert.rejects(load.pipe(entities).invoke(['Unknown.']), { name: 'NerError' });
  const signal = AbortSignal.abort(new Error('gone'));
  await assert.rejects(load.pipe(entities).invoke(['Ada met Bob.'], { signal }), /gone|abort/i);
});
