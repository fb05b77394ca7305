import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { NerError } from '../error.ts';
import { goldScript, scriptedModel } from '../model/scripted.ts';
import type { CandidateFinder } from '../pool/embed-sentences.ts';
import { buildIndex } from '../pool/index/build-index.ts';
import { openIndex } from '../pool/index/open-index.ts';
import { ngramEmbedder } from '../pool/ngram-embedder.ts';
import { createRecognizer } from './recognizer.ts';

const names = ['Ada', 'Boris', 'Chiara', 'Dmitri', 'Emil', 'Gunnar', 'Hedda', 'Ivo'];
const towns = ['Aachen', 'Bergen', 'Cork', 'Dover'];
const pool = names.flatMap((name, at) =>
  towns.map((town, place) => ({
    id: `${name} ${town}`,
    text: `${name} flew to ${town}.`,
    entities: [
      { start: 0, end: name.length, type: 'person' },
      { start: name.length + 9, end: name.length + 9 + town.length, type: 'town' },
    ].slice(0, (at + place) % 5 === 0 ? 1 : 2),
  })),
);
const types = ['person', 'town'];
const text = 'Zoe flew to Bergen.';

async function found(options: Omit<Parameters<typeof createRecognizer>[0], 'types'>, asked = types): Promise<readonly string[]> {
  await using recognizer = await createRecognizer({ types: asked, models: ['pool:tagger'], embedder: ngramEmbedder, ...options });
  const { entities, calls } = await recognizer.recognize(text);
  assert.equal(calls, 0, 'no language model is asked');
  return entities.map((entity) => `${entity.type} ${entity.text} ${entity.score.toFixed(6)}`);
}

describe('pool:tagger alone', () => {
  test('finds and types mentions as its pool has them', async () => {
    assert.match((await found({ pool })).join('\n'), /^person Zoe .*\ntown Bergen /);
  });

  test('does so in one pass, too', async () => {
    assert.match((await found({ pool, passes: 'joint', verifier: 'nobody' })).join('\n'), /^person Zoe .*\ntown Bergen /);
  });

  test('abstains on types that its pool has not', async () => {
    assert.match((await found({ pool }, ['ship', ...types])).join('\n'), /^person Zoe .*\ntown Bergen /);
  });

  test('finds only what is asked for', async () => {
    assert.match((await found({ pool }, ['town'])).join('\n'), /^town Bergen [\d.]+$/);
  });

  for (const [what, options] of Object.entries({
    'without a pool': {},
    'with a pool that has no such mention': { pool: [{ text: 'Ho.', entities: [] }] },
  })) {
    test(`is refused ${what}`, async () => {
      await assert.rejects(found(options), /pool:tagger learns from labelled sentences, and .*leave pool:tagger out/);
    });
  }
});

describe('beside language models, pool:tagger', () => {
  const ship = 'Zoe saw the Titanic.';

  test('does not vote down what is of a type that it cannot know', async () => {
    const seer = scriptedModel({ id: 'seer', answer: goldScript({ [ship]: [['Titanic', 'ship']] }) });
    const options = { types: ['ship', ...types], pool, embedder: ngramEmbedder, models: [seer, 'pool:tagger'] };
    await using recognizer = await createRecognizer(options);
    const { entities } = await recognizer.recognize(ship);
    assert(
      entities.some((entity) => entity.type === 'ship' && entity.text === 'Titanic'),
      JSON.stringify(entities),
    );
  });

  test('does not hide that all of them have failed', async () => {
    const dead = scriptedModel({
      id: 'dead',
      answer: () => {
        throw new NerError('dead is down', { code: 'model-unavailable', modelId: 'dead' });
      },
    });
    await using recognizer = await createRecognizer({ types, pool, embedder: ngramEmbedder, models: [dead, 'pool:tagger'] });
    await assert.rejects(recognizer.recognize(text), /dead is down/);
  });
});

describe('with an index', () => {
  test('the tagger is the one that was trained when it was built, and finds what one trained here finds', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'el4ner-tagger-'));
    const settings = { candidateSpans: 'gold' as const, models: [], types, embedder: ngramEmbedder.id };
    const { signal } = new AbortController();
    const candidates: CandidateFinder = async ({ entities }) => ({ spans: entities });
    try {
      await buildIndex(pool, directory, { settings, embedder: ngramEmbedder, candidates }, signal);
      using index = await openIndex(directory);
      const steps: number[] = [];
      const onProgress = (done: number) => steps.push(done);
      assert.deepEqual(await found({ index, onProgress }), await found({ pool }));
      assert.deepEqual(steps, [], 'nothing is trained');
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
