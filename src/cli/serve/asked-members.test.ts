import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openCalibrationFile } from '../../experiment/calibration-file.ts';
import { hashOf } from '../../experiment/manifest.ts';
import { goldScript, scriptedModel } from '../../model/scripted.ts';
import { ProblemError } from '../../server/problem.ts';
import type { Asked } from '../../server/service.ts';
import { noPool, type OpenedPool } from '../pool.ts';
import { membersFor } from './asked-members.ts';
import type { NamedPool } from './pools.ts';

const types = [{ name: 'person' }, { name: 'city' }];
const ensemble = ['a', 'b'].map((id) => scriptedModel({ id, answer: goldScript({}) }));
const withTagger = [...ensemble, 'pool:tagger'];
const sentences = 'sentences-1.db';
let directory: string;
let calibrated: NamedPool;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'el4ner-calibrated-'));
  const members = ensemble.map(({ id, dialect }) => ({ id, dialect }));
  const identity = { format: 'el4ner-calibration' as const, version: 1 as const, sentences, members, types: ['person', 'city'] };
  const file = await openCalibrationFile(directory, { ...identity, inventory: hashOf(types), k: 5 });
  const span = { proposals: [], votes: [], verdicts: [], gold: ['person'] };
  await file.append({ id: '1', spans: Array.from({ length: 20 }, () => span), gold: ['person'] });
  await file.complete();
  const told = { name: 'letters', sentences: 1, revision: 'a', types: [], isWritable: false, isCalibrated: true };
  const labels = () => types.map(({ name }) => ({ type: name, sentences: 1, mentions: 1 }));
  const index = { manifest: { files: { sentences: { name: sentences } } }, size: 20, labels };
  calibrated = { path: directory, told, labels: ['person', 'city'], index: index as unknown as NonNullable<OpenedPool['index']> }; // what is looked at of it
});
after(() => rm(directory, { recursive: true }));

/** Sentences, enough of them for a tagger to join unasked. */
const labelled = (...labels: readonly string[]): OpenedPool => {
  const entities = labels.map((type) => ({ start: 0, end: 3, type }));
  return { pool: Array.from({ length: 20 }, (_, at) => ({ id: `${at}`, text: 'Ada', entities })), labels };
};
const named = (...labels: readonly string[]): NamedPool => ({ ...calibrated, labels });

async function problemOf(asked: Asked, source: OpenedPool, models = withTagger) {
  try {
    await membersFor(asked, { types, source }, models);
  } catch (error) {
    assert(error instanceof ProblemError, String(error));
    const { code, detail, errors } = error.problem;
    assert.equal(code, 'usage');
    assert.ok(!detail.includes('--') && !detail.includes(directory), detail);
    return { detail, pointer: errors?.[0]?.pointer };
  }
  assert.fail('It was not refused.');
}

test('models are those that are named, in their order, or those of the server', async () => {
  const modelsOf = async (asked: Asked, source: OpenedPool) => {
    const { models = [] } = await membersFor(asked, { types, source }, withTagger);
    return models.map((model) => (typeof model === 'string' ? model : model.id));
  };
  assert.deepEqual(await modelsOf({}, labelled('city')), ['a', 'b', 'pool:tagger']);
  assert.deepEqual(await modelsOf({ models: ['pool:tagger', 'a'] }, labelled('city')), ['pool:tagger', 'a']);
  assert.deepEqual(await modelsOf({ models: ['pool:tagger'] }, labelled('city')), ['pool:tagger']);
  assert.deepEqual(await modelsOf({}, noPool), ['a', 'b']);
  assert.deepEqual(await modelsOf({ options: { preset: 'paper' } }, labelled('city')), ['a', 'b']);
  assert.deepEqual(await modelsOf({}, labelled('drug')), ['a', 'b']);
  assert.deepEqual(await modelsOf({ models: ['pool:tagger', 'b'] }, labelled('drug')), ['b']);
});

test('models that are not there, or named twice, are pointed to', async () => {
  assert.deepEqual(await problemOf({ models: ['a', 'c'] }, noPool), {
    detail: 'The server has no model c; expected some of a, b, pool:tagger.',
    pointer: '/models',
  });
  assert.deepEqual(await problemOf({ models: ['a', 'b', 'a'] }, noPool), {
    detail: 'The model a is named twice; expected each once.',
    pointer: '/models/2',
  });
  assert.equal((await problemOf({ options: { verifier: 'c' } }, noPool)).pointer, '/options/verifier');
});

test('a tagger alone is refused where it has nothing to learn from, and it is told what lacks', async () => {
  const lacking: readonly (readonly [OpenedPool, RegExp])[] = [
    [noPool, /, and no pool came\./],
    [labelled(), /, and a list of sentences has none\./],
    [named('drug'), /mentions of person or city in a pool, and the pool letters has those of drug\./],
  ];
  for (const [source, told] of lacking) {
    const { detail, pointer } = await problemOf({ models: ['pool:tagger'] }, source);
    assert.match(detail, told);
    assert.equal(pointer, '/models');
    assert.equal((await problemOf({ options: { verifier: 'pool:tagger' } }, source)).pointer, '/options/verifier');
    assert.equal((await problemOf({}, source, ['pool:tagger'])).pointer, '/pool');
  }
});

test('a calibration decides where it is of what is asked, also where a text may be its own demonstration', async () => {
  for (const options of [{}, { decision: 'calibrated' }, { selection: { allowQuery: true } }] as const) {
    const { calibration, k, models } = await membersFor({ options }, { types, source: calibrated }, withTagger);
    assert.deepEqual([calibration?.members, k, models], [['a', 'b'], 5, ensemble]);
  }
  for (const options of [{ decision: 'votes' }, { voting: 'hard' }, { selection: { coverTypes: true } }, { k: 3 }] as const) {
    const { calibration, models } = await membersFor({ options }, { types, source: calibrated }, withTagger);
    assert.deepEqual([calibration, models], [undefined, withTagger]);
  }
});

test('a calibration that is asked for and cannot be had is told in the words of requests', async () => {
  const decision = 'calibrated';
  const unmet: readonly (readonly [Asked, OpenedPool, RegExp])[] = [
    [{ options: { decision } }, noPool, /cannot be met: no pool came\./],
    [{ options: { decision } }, labelled('person'), /cannot be met: a list of sentences has no calibration\./],
    [{ options: { decision } }, { ...calibrated, path: tmpdir() } as OpenedPool, /cannot be met: the pool letters has no calibration\./],
    [{ options: { decision, k: 3 } }, calibrated, /cannot be met: it is of options\.k 5\./],
    [{ options: { decision, voting: 'hard' } }, calibrated, /options\.voting asks for votes/],
    [{ options: { decision, selection: { coverTypes: true } } }, calibrated, /with options\.selection\.coverTypes the members see other/],
    [{ options: { decision }, models: ['b', 'a'] }, calibrated, /it is of the models a,b\./],
  ];
  for (const [asked, source, told] of unmet) {
    const { detail, pointer } = await problemOf(asked, source);
    assert.match(detail, told);
    assert.equal(pointer, '/options/decision');
  }
  const { detail, pointer } = await problemOf({ options: { decision } }, calibrated, ensemble.slice(1));
  assert.match(detail, /is of a, b, and the server has b\./);
  assert.equal(pointer, '/options/decision');
});
