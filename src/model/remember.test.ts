import assert from 'node:assert/strict';
import { test } from 'node:test';
import { remembering } from './remember.ts';
import { scriptedModel } from './scripted.ts';

const { signal } = new AbortController();
const task = (text: string) => ({ kind: 'extract', types: [{ name: 'person' }], demonstrations: [], text }) as const;

test('a task that was answered before is not asked again; another one is', async () => {
  const model = scriptedModel({ answer: ({ text }) => [text] });
  const remembered = remembering(model);
  const answers = [await remembered.answer<'extract'>(task('a'), signal), await remembered.answer<'extract'>(task('a'), signal)];
  await remembered.answer<'extract'>(task('b'), signal);
  assert.deepEqual(answers[1], { ...answers[0], replayed: true });
  assert.deepEqual(
    model.tasks.map(({ text }) => text),
    ['a', 'b'],
  );
});

test('a failure is not remembered', async () => {
  let calls = 0;
  const remembered = remembering(
    scriptedModel({
      answer: () => {
        if (++calls === 1) throw new Error('not yet');
        return [];
      },
    }),
  );
  await assert.rejects(remembered.answer<'extract'>(task('a'), signal), /not yet/);
  assert.ok((await remembered.answer<'extract'>(task('a'), signal)).ok);
});

test('an abort of one asker is not the others’', async () => {
  const work = Promise.withResolvers<string[]>();
  const remembered = remembering(scriptedModel({ answer: () => work.promise }));
  const controller = new AbortController();
  const given = remembered.answer<'extract'>(task('a'), controller.signal);
  const waiting = remembered.answer<'extract'>(task('a'), signal);
  controller.abort(new Error('enough'));
  await assert.rejects(given, /enough/);
  work.resolve(['a']);
  assert.ok((await waiting).ok);
});

test('disposal ends work that nobody waits for any more', async () => {
  const started = Promise.withResolvers<AbortSignal>();
  const model = scriptedModel({ answer: () => [] });
  const remembered = remembering({
    ...model,
    answer: (_, given) => {
      started.resolve(given);
      return new Promise((_, reject) => given.addEventListener('abort', () => reject(given.reason)));
    },
  });
  const controller = new AbortController();
  const asked = remembered.answer<'extract'>(task('a'), controller.signal);
  const given = await started.promise;
  controller.abort(new Error('enough'));
  await assert.rejects(asked, /enough/);
  assert.ok(!given.aborted);
  await remembered[Symbol.asyncDispose]();
  assert.ok(given.aborted);
});
