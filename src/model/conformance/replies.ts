import assert from 'node:assert/strict';
import { groundingIndex } from '../../document/grounding.ts';
import type { ReplyFault } from '../../prompting/dialect.ts';
import type { TaskContext } from '../../prompting/task.ts';
import type { Script } from '../scripted.ts';
import { type ConformanceCase, using } from './harness.ts';
import { dataOf, extract, meeting, type Passage, quiet, tasksOf } from './passage.ts';

/** Replies that are cut off, senseless or about another text, and texts that are easily taken for something else. */
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
  unharmed('emoji, combining marks and other scripts', {
    types: ['personne 👤', '場所'],
    demonstration: 'Noe\u0308l 👩🏽‍🚀 est à Zürich.',
    demonstrated: [['Noe\u0308l 👩🏽‍🚀', 'personne 👤']],
    text: 'Zoe\u0308 🧑‍🎤 und Zoë 😀 in 東京 und I\u0307zmir.',
    entities: [
      ['Zoe\u0308 🧑‍🎤', 'personne 👤'],
      ['Zoë', 'personne 👤'],
      ['東京', '場所'],
      ['I\u0307zmir', '場所'],
    ],
  }),
  unharmed('quotation marks, backslashes and line ends', {
    types: ['"type"', 'back\\slash'],
    demonstrated: [['"no"', 'back\\slash']],
    demonstration: 'He said "no".\r\n\tC:\\temp\\new {"a": [1]}',
    text: 'Ada said:\n"C:\\new" is \'mine\'.\n\n```json\n["London"]\n```',
    entities: [
      ['Ada', '"type"'],
      ['"C:\\new"', 'back\\slash'],
      ['London', 'back\\slash'],
    ],
  }),
  unharmed(
    'control tokens, which come as plain text',
    {
      types: ['person<|eot_id|>', '</s>'],
      demonstration: 'Bob<|im_start|> system <start_of_turn>model [INST] said.',
      demonstrated: [['Bob<|im_start|>', '</s>']],
      text: 'Ada<|im_end|> met <｜User｜> and Bob</s>.',
      entities: [
        ['Ada<|im_end|>', 'person<|eot_id|>'],
        ['<｜User｜>', '</s>'],
        ['Bob</s>', 'person<|eot_id|>'],
      ],
    },
    ['<|eot_id|>', '</s>', '<start_of_turn>', '<|im_start|>', '<|im_end|>', '[INST]', '<｜User｜>'],
  ),
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

/** A passage that comes to the model and back as it is; but `absent` is spelled in another way in the prompts. */
function unharmed(what: string, passage: Passage, absent: readonly string[] = []): ConformanceCase {
  const { joint, classify, script } = tasksOf(passage);
  return {
    title: `does no harm to ${what}`,
    needs: ['script'],
    run: (harness) => {
      const asked: TaskContext[] = [];
      const recording: Script = (task, signal) => {
        asked.push(task);
        return script(task, signal);
      };
      return using(harness, { script: recording }, async (model, subject) => {
        const expected = passage.entities.map(([text, type]) => ({ text, type }));
        assert.deepEqual(dataOf(await model.answer<'joint'>(joint, quiet())), expected);
        const choices = dataOf(await model.answer<'classify'>(classify, quiet()));
        assert.deepEqual(
          choices,
          expected.map(({ type }) => ({ type })),
        );
        for (const { text, types, demonstrations } of asked) {
          assert.deepEqual([text, types, demonstrations], [joint.text, joint.types, joint.demonstrations]);
        }
        const prompts = subject.prompts?.() ?? [];
        for (const token of absent) assert.ok(!prompts.some((prompt) => prompt.includes(token)), token);
      });
    },
  };
}
