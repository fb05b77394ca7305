import assert from 'node:assert/strict';
import type { TypedSpan } from '../../document/labelled.ts';
import type { VerifyTask } from '../../prompting/task.ts';
import type { Script } from '../scripted.ts';
import { type ConformanceCase, using } from './harness.ts';
import { crowd, dataOf, extract, meeting, quiet } from './passage.ts';

/** What may come between a task and its answer: an abort, the time limit, a busy server. */
export const interruptions: readonly ConformanceCase[] = [
  {
    title: 'takes no task once it is aborted, and goes on after that',
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        const reason = new Error('not any more');
        await assert.rejects(extract(model, AbortSignal.abort(reason)), (error) => error === reason);
        await extract(model);
      }),
  },
  {
    title: 'gives up a task as soon as it is aborted, and goes on after that',
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        const reason = { because: 'any value may be a reason' };
        const controller = new AbortController();
        const answering = extract(model, controller.signal);
        controller.abort(reason);
        await assert.rejects(answering, (error) => error === reason);
        await extract(model);
      }),
  },
  {
    title: 'gives up a task that is aborted while the model thinks',
    needs: ['script'],
    run: (harness) => {
      const reason = new Error('took too long');
      const controller = new AbortController();
      let abortedMs = Number.NaN;
      const thinking: Script = (task) => {
        if (controller.signal.aborted) return meeting.script(task, controller.signal);
        abortedMs = performance.now();
        controller.abort(reason);
        return Promise.withResolvers<never>().promise;
      };
      return using(harness, { script: thinking }, async (model) => {
        await assert.rejects(extract(model, controller.signal), (error) => error === reason);
        assert.ok(performance.now() - abortedMs < 1_000, 'an abort takes effect within a second');
        await extract(model);
      });
    },
  },
  {
    title: 'gives up a task that is aborted in the middle, and answers as before after that',
    run: (harness) =>
      using(harness, { script: slowInCrowds }, async (model) => {
        const { exchanges } = await extract(model);
        const reason = new Error('took too long');
        const controller = new AbortController();
        const answering = [1, 2].map(() => model.answer<'verify'>(longTask, controller.signal));
        let abortedMs = Number.NaN;
        setTimeout(() => {
          abortedMs = performance.now();
          controller.abort(reason);
        }, 20);
        // What is done before that needs no abort.
        const inTime = () => assert.ok(Number.isNaN(abortedMs), 'it went on after the abort');
        await Promise.all(answering.map((answer) => answer.then(inTime, (error) => assert.equal(error, reason))));
        assert.ok(!(performance.now() - abortedMs >= 1_000), 'an abort takes effect within a second');
        assert.deepEqual((await extract(model)).exchanges, exchanges);
      }),
  },
  {
    title: 'fails with a timeout if there is no reply in time',
    needs: ['timeout'],
    run: (harness) =>
      using(harness, { script: slowInCrowds, timeoutMs: 1 }, async (model) => {
        await assert.rejects(model.answer<'joint'>(crowd.joint, quiet()), { detail: { code: 'timeout', modelId: model.id, timeoutMs: 1 } });
      }),
  },
  ...[429, 500, 503].map(
    (status): ConformanceCase => ({
      title: `asks again after a ${status}, and not before retry-after is over`,
      needs: ['script', 'status'],
      run: (harness) =>
        using(harness, { script: meeting.script }, async (model, subject) => {
          const retryAfterSeconds = status === 429 ? 1 : 0;
          subject.stageStatus?.(status, retryAfterSeconds);
          assert.deepEqual(dataOf(await extract(model)), ['Ada Lovelace', 'Charles Babbage', 'London']);
          const [first = 0, second = 0, ...more] = subject.requestTimesMs?.() ?? [];
          const waitedMs = second - first;
          assert.ok(waitedMs >= retryAfterSeconds * 1_000 && waitedMs < retryAfterSeconds * 1_000 + 1_900, `waited for ${waitedMs} ms`);
          assert.deepEqual(more, []);
        }),
    }),
  ),
];

/** So many claims that no model is done with them at once: all spans from word to word at the beginning of a text. */
const longTask: VerifyTask = { ...crowd.verify, claims: claimsOf([...crowd.verify.text.matchAll(/\S+/g)].slice(0, 14)) };

function claimsOf(words: readonly RegExpExecArray[]): TypedSpan[] {
  const spans = words.map((word) => ({ start: word.index, end: word.index + word[0].length }));
  return spans.flatMap(({ start }, index) => spans.slice(index).map(({ end }) => ({ start, end, type: 'person' })));
}

/** Never answers about the crowd. */
function slowInCrowds(...[task, signal]: Parameters<Script>): ReturnType<Script> {
  return task.text === crowd.extract.text ? Promise.withResolvers<never>().promise : meeting.script(task, signal);
}
