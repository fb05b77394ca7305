import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { modelConformance } from '../model/conformance.ts';
import { type ScriptedReply, scriptedModel } from '../model/scripted.ts';
import type { ClassifyTask } from '../prompting/task.ts';
import { type AnswerCache, openAnswerCache } from './answer-cache.ts';
import { cachedModel } from './cached-model.ts';

const { signal } = new AbortController();
const text = 'Ada met Bob.';
const task: ClassifyTask = {
  kind: 'classify',
  types: [{ name: 'person' }],
  demonstrations: [],
  text,
  mentions: [
    { start: 0, end: 3 },
    { start: 8, end: 11 },
  ],
};
const choices = [undefined, { type: 'person', probability: 1 / 3, probabilities: { person: 1 / 3, none: 2 / 3 } }];

let scratch: string;
let cache: AnswerCache;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'el4ner-cached-'));
});
after(() => rm(scratch, { recursive: true }));
let count = 0;
beforeEach(() => {
  cache = openAnswerCache(join(scratch, `${++count}.sqlite`));
});

const scripted = (reply: ScriptedReply = choices) => scriptedModel({ answer: () => reply });

modelConformance('a cached model', {
  can: ['script'],
  async open({ script }) {
    const model = cachedModel(scriptedModel({ answer: script }), { cache, identity: 1 });
    return { model, async [Symbol.asyncDispose]() {} };
  },
});

describe('a cached model', () => {
  test('gives an answer again to the last digit, says so, and is not asked', async () => {
    const model = scripted();
    const first = await cachedModel(model, { cache, identity: 1 }).answer(task, signal);
    const again = await cachedModel(model, { cache, identity: 1 }).answer(task, signal);
    assert.deepEqual(again, { ...first, replayed: true });
    assert.equal(model.tasks.length, 1);
  });

  const changes = {
    'another file': { identity: 2 },
    'another dialect': { dialect: 'other@2' },
    'another text': { task: { ...task, text: 'Ada saw Bob.' } },
    'another demonstration': { task: { ...task, demonstrations: [{ text: 'Eve left.', entities: [] }] } },
    'another definition': { task: { ...task, types: [{ name: 'person', definition: 'somebody' }] } },
  };
  for (const [name, change] of Object.entries(changes)) {
    test(`is asked anew for ${name}`, async () => {
      const model = scripted();
      await cachedModel(model, { cache, identity: 1 }).answer(task, signal);
      const changed = { identity: 1, dialect: model.dialect, task, ...change };
      await cachedModel({ ...model, dialect: changed.dialect }, { cache, identity: changed.identity }).answer<'classify'>(
        changed.task,
        signal,
      );
      assert.equal(model.tasks.length, 2);
    });
  }

  test('is asked anew where its reply made no sense', async () => {
    const model = scripted({ fault: 'malformed' });
    for (let round = 0; round < 2; round++) assert.equal((await cachedModel(model, { cache, identity: 1 }).answer(task, signal)).ok, false);
    assert.equal(model.tasks.length, 2);
  });

  test('is asked anew where what is kept cannot be read', async () => {
    const model = scripted();
    const damaged: AnswerCache = { ...cache, get: () => new Uint8Array([1, 2, 3]) };
    assert.equal((await cachedModel(model, { cache: damaged, identity: 1 }).answer(task, signal)).ok, true);
  });
});
