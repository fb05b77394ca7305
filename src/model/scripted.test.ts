import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NerError } from '../error.ts';
import type { Task, TaskContext } from '../prompting/task.ts';
import { modelConformance } from './conformance.ts';
import type { LanguageModel } from './language-model.ts';
import { goldScript, type ScriptedReply, scriptedModel } from './scripted.ts';

modelConformance('a scripted model', {
  can: ['script'],
  open: async ({ script }) => ({ model: scriptedModel({ answer: script }), async [Symbol.asyncDispose]() {} }),
});

const text = 'Paris met Helen. Paris is far.';
const context: TaskContext = { types: [{ name: 'person' }, { name: 'place' }], demonstrations: [], text };
const [first, second] = [
  { start: 0, end: 5 },
  { start: 17, end: 22 },
];
const signal = new AbortController().signal;

describe('scriptedModel', () => {
  it('measures tasks by their length, against the context that it is given', () => {
    const task: Task = { ...context, kind: 'extract' };
    const promptTokens = Math.ceil(JSON.stringify(task).length / 4);
    for (const contextTokens of [promptTokens, promptTokens - 1]) {
      const model: LanguageModel = scriptedModel({ answer: () => [], contextTokens });
      assert.deepEqual(model.measure?.(task), { promptTokens, contextTokens, fits: contextTokens === promptTokens });
    }
  });

  it('keeps the tasks that it was asked, in their order', async () => {
    const model = scriptedModel({ answer: () => [] });
    const tasks: Task[] = [
      { ...context, kind: 'extract' },
      { ...context, kind: 'classify', mentions: [] },
    ];
    for (const task of tasks) await model.answer(task, signal);
    assert.deepEqual(model.tasks, tasks);
  });

  it('throws what its script throws, at once or later', async () => {
    const error = new NerError('It crashed.', { code: 'model-failed', modelId: 'scripted' });
    const scripts = [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ];
    for (const answer of scripts) {
      await assert.rejects(scriptedModel({ answer }).answer({ ...context, kind: 'extract' }, signal), (thrown) => thrown === error);
    }
  });

  const replies: readonly (readonly [title: string, scripted: ScriptedReply, reply: string])[] = [
    ['data', ['Paris'], '["Paris"]'],
    ['data with a reply', { data: ['Paris'], reply: 'Paris!' }, 'Paris!'],
    ['a fault', { fault: 'empty' }, ''],
    ['a fault with a reply', { fault: 'malformed', reply: '[' }, '['],
  ];
  for (const [title, scripted, reply] of replies) {
    it(`has a raw reply for ${title}`, async () => {
      const answer = await scriptedModel({ answer: () => scripted }).answer({ ...context, kind: 'extract' }, signal);
      assert.deepEqual(
        answer.exchanges.map((exchange) => exchange.reply),
        [reply],
      );
    });
  }
});

describe('goldScript', () => {
  const script = goldScript({
    [text]: [
      ['Paris', 'person'],
      ['Helen', 'person'],
      ['Paris', 'place'],
    ],
  });

  it('types each occurrence of a string for itself', () => {
    assert.deepEqual(script({ ...context, kind: 'classify', mentions: [second, first, { start: 6, end: 9 }] }), [
      { type: 'place' },
      { type: 'person' },
      { type: 'none' },
    ]);
  });

  it('says no to any other type than that of the occurrence', () => {
    const claims = [
      { ...first, type: 'place' },
      { ...second, type: 'place' },
    ];
    assert.deepEqual(script({ ...context, kind: 'verify', claims }), [{ yes: false }, { yes: true }]);
  });

  it('extracts each string once', () => {
    assert.deepEqual(script({ ...context, kind: 'extract' }), ['Paris', 'Helen']);
  });

  it('knows nothing of a text that it was not given', () => {
    assert.throws(
      () => script({ ...context, kind: 'extract', text: 'Troy.' }),
      ({ detail }: NerError) => detail.code === 'usage',
    );
  });
});
