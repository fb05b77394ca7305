import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LabelledSentence } from '../document/labelled.ts';
import { NerError } from '../error.ts';
import { type ScriptedModel, scriptedModel } from '../model/scripted.ts';
import { fitDecider } from '../pipeline/decide/decider.ts';
import type { ObservedSentence } from '../pipeline/observation.ts';
import { preparePool } from '../pipeline/retrieve/candidates.ts';
import { ngramEmbedder } from '../pool/ngram-embedder.ts';
import { taggerId } from '../pool/tagger/tagger-member.ts';
import { calibrate } from './calibrate.ts';
import { type CalibrationIdentity, openCalibrationFile, readCalibrations } from './calibration-file.ts';
import { calibrationReport } from './calibration-report.ts';

const { signal } = new AbortController();
const types = [{ name: 'person' }, { name: 'town' }];
const names = ['Ada', 'Boris', 'Chiara', 'Dmitri', 'Emil', 'Gunnar'];
const towns = ['Aachen', 'Bergen', 'Cork', 'Dover'];
const pool: readonly LabelledSentence[] = names.flatMap((name) =>
  towns.map((town) => ({
    id: `${name} ${town}`,
    text: `${name} flew to ${town}.`,
    entities: [
      { start: 0, end: name.length, type: 'person' },
      { start: name.length + 9, end: name.length + 9 + town.length, type: 'town' },
    ],
  })),
);

/** Proposes the first word, and calls everything a person. */
function model(): ScriptedModel {
  return scriptedModel({
    id: 'm',
    answer: (task) => {
      switch (task.kind) {
        case 'extract':
          return [task.text.split(' ')[0] ?? ''];
        case 'classify':
          return task.mentions.map(() => ({ type: 'person' }));
        case 'verify':
          return task.claims.map(({ type }) => ({ yes: type === 'person' }));
        default:
          return [];
      }
    },
  });
}

async function observed(members: Parameters<typeof calibrate>[1]['members'], sentences = pool) {
  const { pool: index } = await preparePool(
    pool,
    { candidates: async ({ entities }) => ({ spans: entities }), embedder: ngramEmbedder },
    signal,
  );
  const found = await Array.fromAsync(
    calibrate(sentences, { types, index, embedder: ngramEmbedder, members, k: 3, progress: () => {} }, signal),
  );
  return found.map((sentence) => ('error' in sentence ? assert.fail(sentence.error) : sentence));
}

describe('calibration', () => {
  test('asks about each sentence with demonstrations of others, and rejects nothing', async () => {
    const asked = model();
    const sentences = await observed([asked]);
    assert.deepEqual(
      sentences.map(({ id }) => id),
      pool.map(({ id }) => id),
    );
    for (const task of asked.tasks) assert(!task.demonstrations.some(({ text }) => text === task.text), task.text);
    assert(asked.tasks.some(({ demonstrations }) => demonstrations.length === 3));
    for (const { spans, gold } of sentences) {
      assert.deepEqual(gold, ['person', 'town']);
      assert.deepEqual(spans, [
        {
          proposals: [{ modelId: 'm' }],
          votes: [{ modelId: 'm', choice: 'person' }],
          verdicts: [{ modelId: 'm', type: 'person', accepted: true }],
          gold: ['person'],
        },
      ]);
    }
  });

  test('asks taggers that have not seen the sentence', async () => {
    // A tagger that has seen this oddity would know it.
    const odd: LabelledSentence = { id: 'odd', text: 'Xq zz wv', entities: [{ start: 3, end: 5, type: 'town' }] };
    const { pool: index } = await preparePool(
      [...pool, odd],
      { candidates: async ({ entities }) => ({ spans: entities }), embedder: ngramEmbedder },
      signal,
    );
    const options = { types, index, embedder: ngramEmbedder, members: [taggerId] as const, progress: () => {} };
    const [sentence] = await Array.fromAsync(calibrate([odd], options, signal));
    assert(sentence !== undefined && 'spans' in sentence);
    const best = Math.max(
      0,
      ...sentence.spans
        .filter(({ gold }) => gold.length > 0)
        .flatMap(({ proposals }) => proposals.map(({ probability = 0 }) => probability)),
    );
    assert(best < 0.5, `known with ${best}`);
  });

  test('takes no silence for an answer', async () => {
    const dead = scriptedModel({
      id: 'dead',
      answer: () => {
        throw new NerError('dead is down', { code: 'model-unavailable', modelId: 'dead' });
      },
    });
    const { pool: index } = await preparePool(
      pool,
      { candidates: async ({ entities }) => ({ spans: entities }), embedder: ngramEmbedder },
      signal,
    );
    const options = { types, index, embedder: ngramEmbedder, members: [model(), dead], progress: () => {} };
    const found = await Array.fromAsync(calibrate(pool.slice(0, 2), options, signal));
    assert.deepEqual(
      found.map((one) => 'error' in one && one.error.message),
      ['dead is down', 'dead is down'],
    );
  });

  test('goes without a tagger where the rest of the pool has nothing to learn', async () => {
    const plain = ['Ho.', 'He.', 'Ha.', 'Hm.'].map((text) => ({ id: text, text, entities: [] }));
    const odd: LabelledSentence = { id: 'odd', text: 'Zoe', entities: [{ start: 0, end: 3, type: 'person' }] };
    const { pool: index } = await preparePool(
      [...plain, odd],
      { candidates: async ({ entities }) => ({ spans: entities }), embedder: ngramEmbedder },
      signal,
    );
    const options = { types, index, embedder: ngramEmbedder, members: [model(), taggerId] as const, progress: () => {} };
    const [sentence] = await Array.fromAsync(calibrate([odd], options, signal));
    assert(sentence !== undefined && 'spans' in sentence);
    assert.deepEqual(
      sentence.spans.map(({ votes }) => votes),
      [[{ modelId: 'm', choice: 'person' }]],
    );
  });

  test('shows what each member is worth, and what all together', async () => {
    const sentences = await observed([model(), taggerId]);
    const calibration = { members: ['m', taggerId], types: ['person', 'town'], sentences };
    const { members, ensemble } = calibrationReport(calibration);
    const [ofModel, ofTagger] = members;
    assert.deepEqual(ofModel?.counts, { truePositives: 24, falsePositives: 0, falseNegatives: 24 });
    assert.deepEqual(ofModel?.perType['town'], { truePositives: 0, falsePositives: 0, falseNegatives: 24 });
    assert.deepEqual(ofModel?.confusion['town'], { person: 24, town: 0, none: 0 });
    assert((ofTagger?.counts.truePositives ?? 0) > 40);
    assert((ofTagger?.voteWeight ?? 0) > (ofModel?.voteWeight ?? 0));
    const { counts, reliability } = ensemble;
    assert(counts.truePositives > 40 && counts.truePositives + counts.falsePositives < 54, JSON.stringify(counts));
    assert.equal(reliability.length, 10);
  });
});

describe('the file of a calibration', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'el4ner-calibration-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const identity: CalibrationIdentity = {
    format: 'el4ner-calibration',
    version: 1,
    sentences: 's.sqlite',
    members: [{ id: 'm', dialect: 'd@1' }],
    types: ['person'],
    inventory: 'h',
    k: 5,
  };
  const sentence = (id: string): ObservedSentence => ({
    id,
    spans: [{ proposals: [{ modelId: 'm', probability: 0.5 }], votes: [], verdicts: [], gold: ['person'] }],
    gold: ['person'],
  });
  const only = async () => {
    const [stored, ...others] = await readCalibrations(directory);
    assert.deepEqual(others, []);
    return stored ?? assert.fail('none');
  };
  const path = async () => join(directory, (await readdir(directory))[0] ?? assert.fail('no file'));

  test('is none where there is none', async () => assert.deepEqual(await readCalibrations(directory), []));

  test('keeps what is appended, goes on with it, and knows when it went through', async () => {
    await (await openCalibrationFile(directory, identity)).append(sentence('1'));
    const again = await openCalibrationFile(directory, identity);
    assert.deepEqual([...again.observed.values()], [sentence('1')]);
    await again.append(sentence('2'));
    const calibration = { members: ['m'], types: ['person'], sentences: [sentence('1'), sentence('2')] };
    assert.deepEqual(await only(), { identity, calibration, isComplete: false });
    await again.complete();
    assert.deepEqual(await only(), { identity, calibration, isComplete: true });
  });

  test('loses only a line that was cut off', async () => {
    await (await openCalibrationFile(directory, identity)).append(sentence('1'));
    await appendFile(await path(), '{"id":"2","spa');
    const again = await openCalibrationFile(directory, identity);
    assert.deepEqual([...again.observed.keys()], ['1']);
    await again.append(sentence('2'));
    assert.equal((await only()).calibration.sentences.length, 2);
  });

  test('counts a sentence once that two processes asked about at once', async () => {
    const [first, second] = [await openCalibrationFile(directory, identity), await openCalibrationFile(directory, identity)];
    await Promise.all([first.append(sentence('1')), second.append(sentence('1'))]);
    assert.equal((await only()).calibration.sentences.length, 1);
  });

  test('is another for another ensemble, and none is lost', async () => {
    await (await openCalibrationFile(directory, identity)).append(sentence('1'));
    const other = await openCalibrationFile(directory, { ...identity, k: 3 });
    assert.equal(other.observed.size, 0);
    assert.equal((await openCalibrationFile(directory, identity)).observed.size, 1);
    assert.deepEqual((await readCalibrations(directory)).map((stored) => stored.identity.k).sort(), [3, 5]);
  });

  test('keeps types that are called as what every object has', async () => {
    const probabilities = JSON.parse('{"__proto__":0.25,"constructor":0.75}') as Record<string, number>;
    const vote = { modelId: 'm', choice: 'constructor', probabilities };
    const odd: ObservedSentence = {
      id: '1',
      spans: [{ proposals: [], votes: [vote], verdicts: [], gold: ['__proto__'] }],
      gold: ['__proto__'],
    };
    await (await openCalibrationFile(directory, identity)).append(odd);
    const { calibration } = await only();
    assert.equal(JSON.stringify(calibration.sentences), JSON.stringify([odd]));
    const { choose, probability } = fitDecider({ ...calibration, types: ['__proto__', 'constructor', 'toString'] });
    assert.equal(choose([vote]), 'constructor');
    assert.equal(choose([{ modelId: 'm', choice: 'constructor' }]), 'constructor');
    assert(probability({ proposals: [], votes: [vote], verdicts: [] }, 'toString') <= 1);
  });

  test('is refused if it is damaged, with the line and what to do', async () => {
    await (await openCalibrationFile(directory, identity)).append(sentence('1'));
    await writeFile(await path(), (await readFile(await path(), 'utf8')).replace('"spans"', '"spins"'));
    await assert.rejects(readCalibrations(directory), (error) => {
      assert(error instanceof NerError);
      assert.match(error.message, /calibration-\w+\.ndjson:2 cannot be used .*Delete the file and run `el4ner calibrate` again/);
      return true;
    });
  });
});
