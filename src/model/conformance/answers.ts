import assert from 'node:assert/strict';
import { none } from '../../document/entity-type.ts';
import type { ExtractTask, Task, TypeChoice, YesNo } from '../../prompting/task.ts';
import { type Gold, goldScript } from '../scripted.ts';
import { type ConformanceCase, using } from './harness.ts';
import { bothScript, crowd, dataOf, extract, meeting, quiet, type Reading } from './passage.ts';

const typeNames = meeting.extract.types.map(({ name }) => name);

/** Each task is answered, in its form and order, with what is to be known of the answer. */
export const answers: readonly ConformanceCase[] = [
  {
    title: 'answers each kind of task in its form, if it can be read',
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        const read = <T>(answer: Reading<T>): T | undefined => (harness.can.includes('script') || answer.ok ? dataOf(answer) : undefined);
        const found = read(await extract(model)) ?? [];
        assert.ok(found.every((mention) => typeof mention === 'string' || mention.start < mention.end));
        const joint = read(await model.answer<'joint'>(meeting.joint, quiet())) ?? [];
        assert.ok(joint.every(({ text, type }) => typeof text === 'string' && typeNames.includes(type)));
        const types = read(await model.answer<'classify'>(meeting.classify, quiet()));
        assert.ok(types === undefined || types.length === meeting.classify.mentions.length);
        assert.ok(types?.every((choice) => choice === undefined || [...typeNames, none].includes(choice.type)) ?? true);
        const verdicts = read(await model.answer<'verify'>(meeting.verify, quiet()));
        assert.ok(verdicts === undefined || verdicts.length === meeting.verify.claims.length);
        for (const answer of [...(types ?? []), ...(verdicts ?? [])]) {
          const { probability = 0 } = answer ?? {};
          assert.ok(probability >= 0 && probability <= 1, `${probability} is no probability`);
        }
      }),
  },
  {
    title: 'answers in the order of the mentions and claims that it is asked about',
    needs: ['script'],
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        const mentions = meeting.classify.mentions.toReversed();
        const types = dataOf(await model.answer<'classify'>({ ...meeting.classify, mentions }, quiet()));
        assert.deepEqual(types.map(typeOf), ['place', 'person', 'person']);
        const wrong = meeting.verify.claims.map((claim) => ({ ...claim, type: 'place' }));
        const claims = [...meeting.verify.claims, ...wrong];
        const verdicts = dataOf(await model.answer<'verify'>({ ...meeting.verify, claims }, quiet()));
        assert.deepEqual(verdicts.map(isYes), [true, true, true, false, false, true]);
      }),
  },
  {
    title: 'answers about no mentions and no claims with none',
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        assert.deepEqual(dataOf(await model.answer<'classify'>({ ...meeting.classify, mentions: [] }, quiet())), []);
        assert.deepEqual(dataOf(await model.answer<'verify'>({ ...meeting.verify, claims: [] }, quiet())), []);
      }),
  },
  {
    title: 'says of each answer what was exchanged, for how many tokens, in what time',
    run: (harness) =>
      using(harness, { script: meeting.script }, async (model) => {
        const { exchanges, usage, durationMs, droppedDemonstrations } = await extract(model);
        if (model.kind !== undefined) return assert.deepEqual(exchanges, [], 'it is no language model, and exchanges nothing');
        assert.ok(exchanges.length > 0 && exchanges.every(({ prompt }) => prompt.length > 0));
        assert.ok(usage.promptTokens > 0 && usage.replyTokens > 0, JSON.stringify(usage));
        assert.ok(usage.cachedTokens >= 0 && usage.cachedTokens <= usage.promptTokens, JSON.stringify(usage));
        assert.ok(durationMs > 0);
        assert.equal(droppedDemonstrations, 0);
      }),
  },
  {
    title: 'answers eight calls at once as it answers each of them alone, whatever came before',
    run: (harness) =>
      using(harness, { script: bothScript }, async (model) => {
        const tasks: readonly Task[] = [
          ...[meeting.extract, crowd.classify, meeting.verify, crowd.joint],
          ...[crowd.extract, meeting.classify, crowd.verify, meeting.joint],
        ];
        const ask = async (task: Task) => {
          const { usage: _usage, durationMs: _durationMs, replayed: _replayed, ...said } = await model.answer(task, quiet());
          return said;
        };
        const atOnce = await Promise.all(tasks.map(ask));
        for (const [index, task] of [...tasks.entries()].toReversed()) assert.deepEqual(await ask(task), atOnce[index]);
      }),
  },
  {
    title: 'answers eight calls at once, each with its own answer',
    needs: ['script'],
    run: (harness) => {
      const names = Array.from({ length: 8 }, (_, index) => `Person${index}`);
      const gold: Gold = Object.fromEntries(names.map((name) => [`Here comes ${name}.`, [[name, 'person']]]));
      return using(harness, { script: goldScript(gold) }, async (model) => {
        const tasks = Object.keys(gold).map((text): ExtractTask => ({ ...meeting.extract, text }));
        const answered = await Promise.all(tasks.map((task) => model.answer<'extract'>(task, quiet())));
        assert.deepEqual(answered.flatMap(dataOf), names);
      });
    },
  },
  {
    title: 'can be disposed of twice',
    async run(harness) {
      await using subject = await harness.open({ script: meeting.script });
      await subject.model[Symbol.asyncDispose]();
      await subject.model[Symbol.asyncDispose]();
    },
  },
];

function typeOf(choice: TypeChoice | undefined): string | undefined {
  return choice?.type;
}

function isYes(verdict: YesNo | undefined): boolean | undefined {
  return verdict?.yes;
}
