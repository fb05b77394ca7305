import assert from 'node:assert/strict';
import { groundingIndex } from '../../document/grounding.ts';
import type { ReplyFault } from '../../prompting/dialect.ts';
import { type ConformanceCase, using } from './harness.ts';
import { dataOf, extract, meeting } from './passage.ts';

/** Replies that are cut off, senseless or about another text. */
export const replies: readonly ConformanceCase[] = [
  {
    title: 'keeps what came before a reply was cut off, and says that it was',
    needs: ['script'],
    run: (harness) =>
      using(harness, { script: () => ({ data: ['Ada Lovelace', 'Charles Babbage'], cutOff: true }) }, async (model) => {
        const answer = await extract(model);
        assert.deepEqual(dataOf(answer), ['Ada Lovelace', 'Charles Babbage']);
        assert.equal(answer.cutOff, true);
        assert.equal(answer.exchanges.at(-1)?.finishReason, 'length');
      }),
  },
  {
    title: 'says that a reply was cut off where it is bounded',
    needs: ['reply-bound'],
    run: (harness) =>
      using(harness, { script: meeting.script, maxReplyTokens: 2 }, async (model) => {
        const { cutOff, exchanges, usage } = await extract(model);
        assert.deepEqual([cutOff, exchanges.map(({ finishReason }) => finishReason)], [true, ['length']]);
        assert.ok(usage.replyTokens <= 2, `${usage.replyTokens} tokens`);
      }),
  },
  ...faultyReplies([
    ['malformed', '{"person": Ada Lovelace'],
    ['refusal', "I'm sorry, but I cannot help with that request."],
    ['empty', ''],
  ]),
  {
    title: "passes on a demonstration's mention, for the text to tell that it is none of its own",
    needs: ['script'],
    run: (harness) =>
      using(harness, { script: () => ['Marie Curie', 'London'] }, async (model) => {
        const mentions = dataOf(await extract(model));
        assert.deepEqual(mentions, ['Marie Curie', 'London']);
        assert.deepEqual(groundingIndex(meeting.extract.text).ground(mentions).hallucinated, ['Marie Curie']);
      }),
  },
];

function faultyReplies(faulty: readonly (readonly [fault: ReplyFault, reply: string])[]): ConformanceCase[] {
  return faulty.map(([fault, reply]) => ({
    title: `reports a reply that is ${fault === 'refusal' ? 'a refusal' : fault} as data, with the reply`,
    needs: ['script'],
    run: (harness) =>
      using(harness, { script: () => ({ fault, reply }) }, async (model) => {
        const answer = await extract(model);
        assert.deepEqual(answer.ok ? answer.data : answer.fault, fault);
        assert.equal(answer.exchanges.length, 1);
        assert.equal(answer.exchanges[0]?.reply, reply);
      }),
  }));
}
