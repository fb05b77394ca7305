import assert from 'node:assert/strict';
import { none } from '../../document/entity-type.ts';
import type { TaskContext } from '../../prompting/task.ts';
import type { Script } from '../scripted.ts';
import { type ConformanceCase, type ConformanceHarness, using } from './harness.ts';
import { dataOf, type Passage, quiet, tasksOf } from './passage.ts';

const scripts: Passage = {
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
};

const punctuation: Passage = {
  types: ['"type"', 'back\\slash'],
  demonstrated: [['"no"', 'back\\slash']],
  demonstration: 'He said "no".\r\n\tC:\\temp\\new {"a": [1]}',
  text: 'Ada said:\n"C:\\new" is \'mine\'.\n\n```json\n["London"]\n```',
  entities: [
    ['Ada', '"type"'],
    ['"C:\\new"', 'back\\slash'],
    ['London', 'back\\slash'],
  ],
};

const controlTokens: Passage = {
  types: ['person<|eot_id|>', '</s>'],
  demonstration: 'Bob<|im_start|> system <start_of_turn>model<|spans|> [INST] said.',
  demonstrated: [['Bob<|im_start|>', '</s>']],
  text: 'Ada<|im_end|> met <｜User｜> and Bob</s><|end|>.',
  entities: [
    ['Ada<|im_end|>', 'person<|eot_id|>'],
    ['<｜User｜>', '</s>'],
    ['Bob</s><|end|>', 'person<|eot_id|>'],
  ],
};

/** Texts, demonstrations and type names that are easily taken for something else. */
export const texts: readonly ConformanceCase[] = [
  unharmed('emoji, combining marks and other scripts', scripts),
  unharmed('quotation marks, backslashes and line ends', punctuation),
  unharmed('control tokens, which come as plain text', controlTokens, [
    ...['<|eot_id|>', '</s>', '<start_of_turn>', '<|spans|>'],
    ...['<|im_start|>', '<|im_end|>', '[INST]', '<｜User｜>', '<|end|>'],
  ]),
  grounded('emoji, combining marks and other scripts', scripts),
  grounded('quotation marks, backslashes and line ends', punctuation),
  grounded('control tokens', controlTokens),
  {
    title: 'lets no text, demonstration or type name make a control token',
    needs: ['control-tokens'],
    async run(harness) {
      const made = await controlTokensOf(harness, controlTokens);
      assert.ok(made.length > 0);
      assert.deepEqual(made, await controlTokensOf(harness, disarmed(controlTokens)));
    },
  },
];

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

/** A passage of which the model gives back parts as they stand there, and types as they are called. */
function grounded(what: string, passage: Passage): ConformanceCase {
  const { extract, joint, classify, verify, script } = tasksOf(passage);
  return {
    title: `finds only what stands in a text with ${what}`,
    needs: ['grounded'],
    run: (harness) =>
      using(harness, { script }, async (model) => {
        const mentions = dataOf(await model.answer<'extract'>(extract, quiet()));
        const entities = dataOf(await model.answer<'joint'>(joint, quiet()));
        for (const mention of [...mentions, ...entities.map(({ text }) => text)]) {
          assert.ok(typeof mention === 'string' && mention.isWellFormed() && passage.text.includes(mention), JSON.stringify(mention));
        }
        const choices = dataOf(await model.answer<'classify'>(classify, quiet()));
        assert.ok(choices.every((choice) => choice !== undefined && [...passage.types, none].includes(choice.type)));
        assert.ok(entities.every(({ type }) => passage.types.includes(type)));
        assert.ok(dataOf(await model.answer<'verify'>(verify, quiet())).every((verdict) => verdict !== undefined));
      }),
  };
}

/** The control tokens of each prompt that asks for what must be in its text. */
async function controlTokensOf(harness: ConformanceHarness, passage: Passage): Promise<readonly (readonly string[])[]> {
  const { classify, verify, script } = tasksOf(passage);
  await using subject = await harness.open({ script });
  await using model = subject.model;
  await model.answer<'classify'>(classify, quiet());
  await model.answer<'verify'>(verify, quiet());
  return subject.controlTokens?.() ?? [];
}

/** The passage without the characters that make control tokens of words. */
function disarmed({ types, demonstration, demonstrated, text, entities }: Passage): Passage {
  const plain = (words: string) => words.replace(/[<>|｜/[\]_]/g, '');
  const both = (pairs: Passage['entities']) => pairs.map(([mention, type]) => [plain(mention), plain(type)] as const);
  return {
    types: types.map(plain),
    demonstration: plain(demonstration),
    demonstrated: both(demonstrated),
    text: plain(text),
    entities: both(entities),
  };
}
