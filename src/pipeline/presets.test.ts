import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { goldScript, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from './options.ts';
import { withPreset } from './presets.ts';
import { createRecognizer } from './recognizer.ts';

const text = 'Ada met Bob in Paris.';
const answer = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Paris', 'place'],
  ],
  'Eve saw Rome.': [
    ['Eve', 'person'],
    ['Rome', 'place'],
  ],
});
const types = ['person', 'place'];
const pool = [
  {
    text: 'Eve saw Rome.',
    entities: [
      { start: 0, end: 3, type: 'person' },
      { start: 8, end: 12, type: 'place' },
    ],
  },
];
const models = () => ['a', 'b', 'c'].map((id) => scriptedModel({ id, answer }));

/** Calls about the text, stage by stage. */
async function callsOf(options: Partial<RecognizerOptions>): Promise<Readonly<Record<string, number>>> {
  await using recognizer = await createRecognizer({ types, pool, models: models(), ...options });
  const { trace, entities } = await recognizer.recognize(text);
  assert.deepEqual(
    entities.map((entity) => entity.text),
    ['Ada', 'Paris'],
  );
  const stages = trace.flatMap(({ document }) => document.calls).map(({ stage }) => stage);
  return Object.fromEntries(
    Array.from(
      Map.groupBy(stages, (stage) => stage),
      ([stage, all]) => [stage, all.length],
    ),
  );
}

describe('a preset', () => {
  test('paper asks as the paper does: pre-extraction, extraction and types by all, verification by the first', async () => {
    assert.deepEqual(await callsOf({ preset: 'paper' }), { 'pre-extract': 3, extract: 3, classify: 3, verify: 1 });
    const options = await withPreset({ types, models: models(), preset: 'paper' });
    assert.deepEqual([options.voting, options.weights, options.verifier, options.candidateSpans], ['hard', [1, 1, 1], 'a', 'models']);
  });

  test('paper is of the bundled models where none are named', async () => {
    const { weights = [], verifier } = await withPreset({ types, preset: 'paper' });
    assert.equal(verifier, 'nano:social');
    assert.deepEqual(new Set(weights), new Set([1]));
  });

  test('fast makes one call a member', async () => assert.deepEqual(await callsOf({ preset: 'fast' }), { joint: 3 }));

  test('balanced asks no more members than can change anything', async () =>
    assert.deepEqual(await callsOf({ preset: 'balanced' }), { 'pre-extract': 3, extract: 3, classify: 2, verify: 2 }));

  test('gives way to what is said besides', async () => {
    assert.deepEqual(await callsOf({ preset: 'fast', passes: 'stages' }), { extract: 3, classify: 3 });
    assert.deepEqual(await callsOf({ preset: 'paper', verifier: 'all', querySpans: 'chunks' }), { extract: 3, classify: 3, verify: 3 });
  });

  test('is not overruled by what is undefined', async () => {
    const unsaid: object = { verifier: undefined, passes: undefined, querySpans: undefined }; // as in plain JavaScript
    assert.deepEqual(await callsOf({ preset: 'fast', ...unsaid }), { joint: 3 });
  });

  test('that is none is refused', async () => {
    const preset = 'best' as RecognizerOptions['preset'];
    await assert.rejects(
      createRecognizer({ types, models: models(), ...(preset === undefined ? {} : { preset }) }),
      /preset is "best"; expected "paper" or/,
    );
  });
});
