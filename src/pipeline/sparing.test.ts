import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NerError } from '../error.ts';
import { goldScript, type Script, scriptedModel } from '../model/scripted.ts';
import type { RecognizerOptions } from './options.ts';
import { createRecognizer } from './recognizer.ts';
import { votings } from './vote.ts';

const text = 'Ada met Bob Lee in Paris.';
const types = ['person', 'place'];
const gold = goldScript({
  [text]: [
    ['Ada', 'person'],
    ['Bob Lee', 'person'],
    ['Paris', 'place'],
  ],
});

const member = (id: string, answer: Script = gold) => scriptedModel({ id, answer });

async function recognized(options: Partial<RecognizerOptions>) {
  await using recognizer = await createRecognizer({ types, ...options });
  const { entities, trace } = await recognizer.recognize(text);
  const stages = trace.flatMap(({ document }) => document.calls).map(({ stage, modelId }) => `${stage} ${modelId}`);
  return { entities: entities.map(({ start, end, type }) => ({ start, end, type })), stages };
}

describe('a sparing ensemble', () => {
  test('does not ask those who can change nothing', async () => {
    const models = ['a', 'b', 'c'].map((id) => member(id));
    const { stages } = await recognized({ models, sparing: true });
    assert.deepEqual(stages, ['extract a', 'extract b', 'extract c', 'classify a', 'classify b', 'verify a', 'verify b']);
  });

  test('asks the weightiest first, and it alone where it outweighs the others', async () => {
    const models = ['a', 'b', 'c'].map((id) => member(id));
    const { stages } = await recognized({ models, weights: [1, 4, 2], sparing: true });
    assert.deepEqual(stages.slice(3), ['classify b', 'verify b']);
  });

  test('asks on for a quorum, and where nobody has answered yet', async () => {
    const models = [
      member('a', (task) => {
        if (task.kind === 'classify') throw new NerError('a is down', { code: 'model-unavailable', modelId: 'a' });
        return gold(task);
      }),
      member('b'),
      member('c'),
    ];
    const one = await recognized({ models, weights: [4, 1, 1], sparing: true });
    assert.deepEqual(one.stages.slice(3), ['classify a', 'classify b', 'classify c', 'verify a']);
    const all = await recognized({ models: ['a', 'b', 'c'].map((id) => member(id)), quorum: 3, sparing: true });
    assert.equal(all.stages.length, 9);
  });

  test('asks everybody where scores decide', async () => {
    const models = ['a', 'b', 'c'].map((id) => member(id));
    assert.equal((await recognized({ models, sparing: true, minScore: 0.5 })).stages.length, 9);
    assert.equal((await recognized({ models, sparing: true, onReject: 'retype' })).stages.length, 9);
    const part = member('c', (task) => (task.kind === 'extract' ? ['Bob', 'Bob Lee', 'Ada'] : gold(task)));
    const { stages } = await recognized({ models: [...models.slice(0, 2), part], sparing: true });
    assert.equal(stages.filter((stage) => stage.startsWith('classify')).length, 3);
  });

  test('finds what it finds when it asks everybody, whatever members say', async () => {
    const choice = fc.constantFrom('person', 'place', 'none');
    const words = fc.record({
      extract: fc.subarray(['Ada', 'Bob', 'Bob Lee', 'Lee', 'Paris', 'Ada met']),
      types: fc.array(choice, { minLength: 6, maxLength: 6 }),
      sure: fc.option(fc.double({ min: 0.4, max: 1, noNaN: true }), { nil: undefined }),
      yes: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 }),
    });
    const options = fc.record({
      voting: fc.constantFrom(...votings),
      overlaps: fc.constantFrom('flat' as const, 'nested' as const),
      quorum: fc.integer({ min: 1, max: 3 }),
      verifyThreshold: fc.constantFrom(0.3, 0.5, 0.8),
      weights: fc.array(fc.constantFrom(1, 2, 4), { minLength: 3, maxLength: 3 }),
      noneVotes: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.tuple(words, words, words), options, async (said, options) => {
        const models = () =>
          said.map(({ extract, types, sure, yes }, at) =>
            member(`m${at}`, (task) => {
              if (task.kind === 'extract') return extract;
              if (task.kind === 'classify') {
                return task.mentions.map((_, index) => {
                  const type = types[index] ?? 'none';
                  return sure === undefined ? { type } : { type, probability: sure, probabilities: { [type]: sure } };
                });
              }
              return task.kind === 'verify'
                ? task.claims.map((_, index) => ({ yes: (yes[index] ?? 1) >= 0.5, probability: yes[index] ?? 1 }))
                : [];
            }),
          );
        const spared = await recognized({ models: models(), sparing: true, ...options });
        const full = await recognized({ models: models(), ...options });
        assert.deepEqual(spared.entities, full.entities);
        assert(spared.stages.length <= full.stages.length);
      }),
      { numRuns: 300 },
    );
  });
});
