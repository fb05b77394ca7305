import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EntityType } from '../../document/entity-type.ts';
import type { LabelledSentence } from '../../document/labelled.ts';
import { goldScript, scriptedModel } from '../../model/scripted.ts';
import { retrievers } from '../../pool/demonstration.ts';
import { buildIndex } from '../../pool/index/build-index.ts';
import { type OpenIndex, openIndex } from '../../pool/index/open-index.ts';
import { ngramEmbedder as embedder } from '../../pool/ngram-embedder.ts';
import { createRecognizer } from '../recognizer.ts';
import { candidateSource } from './candidates.ts';

const { signal } = new AbortController();
const pool = [
  { text: 'Anna left on Monday.', person: 'Anna', date: 'Monday' },
  { text: 'Bert came on Tuesday with Monday papers.', person: 'Bert', date: 'Tuesday' },
  { text: 'Hanna read Monday papers.', person: 'Hanna', date: 'Monday' },
  { text: 'Monday was dull.', date: 'Monday' },
].map(({ text, ...mentions }, index): LabelledSentence => {
  const entities = Object.entries(mentions).map(([type, mention]) => {
    const start = text.indexOf(mention);
    return { start, end: start + mention.length, type };
  });
  return { id: `p${index}`, text, entities };
});
const text = 'Johanna slept through Monday.';
const types = [{ name: 'person' }];
const goldSource = (of: readonly EntityType[]) =>
  candidateSource({ ensemble: { members: [], quorum: 1 }, types: of, candidateSpans: 'gold' });

let scratch: string;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-candidates-'));
});
after(() => rm(scratch, { recursive: true }));

/** An index of the pool by its gold mentions of these types. */
async function indexOf(names: readonly string[]): Promise<OpenIndex> {
  const directory = await mkdtemp(join(scratch, 'index-'));
  const settings = { candidateSpans: 'gold' as const, models: [], types: [...names], embedder: embedder.id };
  const { find } = goldSource(names.map((name) => ({ name })));
  await buildIndex(pool, directory, { settings, embedder, candidates: find }, signal);
  return openIndex(directory);
}

test('of the labels only mentions of the types stand for a sentence', async () => {
  const { find } = goldSource(types);
  const spans = await Promise.all(pool.map(async (sentence) => (await find(sentence, signal)).spans.length));
  assert.deepEqual(spans, [1, 1, 1, 0]);
});

for (const retriever of ['span-similarity', 'sentence-similarity'] as const) {
  test(`${retriever}: an embedder that has become another one since an index was built fails the text, and says why`, async () => {
    using index = await indexOf(['person']);
    const models = [scriptedModel({ id: 'a', answer: goldScript({ [text]: [] }) })];
    const other = { ...embedder, embed: async (texts: readonly string[]) => texts.map(() => new Float32Array(9)) };
    await using recognizer = await createRecognizer({ types, models, embedder: other, retriever, querySpans: 'chunks', index });
    await assert.rejects(recognizer.recognize(text), /gives vectors of 9 dimensions, and the pool was prepared with 256/);
  });
}

const indexes = [
  { of: 'some of the types', indexed: ['person'] },
  { of: 'more types than are asked for', indexed: ['date', 'person'] },
];
for (const retriever of retrievers) {
  for (const { of, indexed } of indexes) {
    test(`${retriever}: an index for ${of} demonstrates what its pool does`, async () => {
      using index = await indexOf(indexed);
      const demonstrated = async (source: { pool: typeof pool } | { index: OpenIndex }) => {
        const models = [scriptedModel({ id: 'a', answer: goldScript({ [text]: [] }) })];
        await using recognizer = await createRecognizer({ types, models, embedder, retriever, k: 2, querySpans: 'chunks', ...source });
        const { trace } = await recognizer.recognize(text);
        return trace[0]?.document.retrieval.demonstrations;
      };
      assert.deepEqual(await demonstrated({ index }), await demonstrated({ pool }));
    });
  }
}
