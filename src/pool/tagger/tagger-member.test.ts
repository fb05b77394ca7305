import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelConformance } from '../../model/conformance.ts';
import type { LanguageModel } from '../../model/language-model.ts';
import { ngramEmbedder } from '../ngram-embedder.ts';
import { openTagger } from './tagger.ts';
import { taggerMember } from './tagger-member.ts';
import { trainTagger } from './train-tagger.ts';

const { signal } = new AbortController();
const names = ['Ada', 'Boris', 'Chiara', 'Dmitri', 'Emil'];
const pool = names.flatMap((name) =>
  ['flew', 'went', 'wrote'].map((verb) => ({
    text: `${name} ${verb} to Rome.`,
    entities: [
      { start: 0, end: name.length, type: 'person' },
      { start: name.length + verb.length + 5, end: name.length + verb.length + 9, type: 'place' },
    ],
  })),
);
const types = ['person', 'place'];

async function member(): Promise<LanguageModel> {
  return taggerMember(await openTagger(await trainTagger(pool, { types, embedder: ngramEmbedder }, signal), ngramEmbedder));
}

modelConformance('pool:tagger', {
  can: [],
  open: async () => ({ model: await member(), async [Symbol.asyncDispose]() {} }),
});

describe('pool:tagger', () => {
  const text = 'Hedda went to Rome.';
  const context = { types: types.map((name) => ({ name })), demonstrations: [], text };

  test('gives places and probabilities where others write strings', async () => {
    const answer = await (await member()).answer<'extract'>({ kind: 'extract', ...context }, signal);
    assert(answer.ok);
    const [person] = answer.data;
    assert(typeof person === 'object' && person.probability > 0.5);
    assert.equal(text.slice(person.start, person.end), 'Hedda');
    assert.deepEqual(answer.exchanges, []);
  });

  test('says how likely every type is, and none', async () => {
    const answer = await (await member()).answer<'classify'>({ kind: 'classify', mentions: [{ start: 14, end: 18 }], ...context }, signal);
    assert(answer.ok);
    const [choice] = answer.data;
    assert.equal(choice?.type, 'place');
    const all = Object.values(choice.probabilities ?? {});
    assert.equal(all.length, 3);
    assert(Math.abs(all.reduce((sum, one) => sum + one, 0) - 1) < 1e-9);
  });

  test('abstains on types that it has not learnt', async () => {
    const asked = await member();
    const strange = { ...context, types: [{ name: 'ship' }] };
    const verified = await asked.answer<'verify'>({ kind: 'verify', claims: [{ start: 0, end: 5, type: 'ship' }], ...strange }, signal);
    const typed = await asked.answer<'classify'>({ kind: 'classify', mentions: [{ start: 0, end: 5 }], ...strange }, signal);
    const found = await asked.answer<'extract'>({ kind: 'extract', ...strange }, signal);
    assert(verified.ok && typed.ok && found.ok);
    assert.deepEqual([verified.data, typed.data, found.data], [[undefined], [undefined], []]);
  });

  test('answers again after an abort', async () => {
    const asked = await member();
    await assert.rejects(asked.answer({ kind: 'extract', ...context }, AbortSignal.abort(new Error('no'))), /no/);
    const answer = await asked.answer<'extract'>({ kind: 'extract', ...context }, signal);
    assert(answer.ok && answer.data.length > 0);
  });
});
