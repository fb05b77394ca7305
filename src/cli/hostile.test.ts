import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileName, hostileText, hugeTexts } from '../document/hostile-text.fixture.ts';
import { NerError } from '../error.ts';
import { languageModel } from '../model/dialogue.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { type Script, scriptedModel } from '../model/scripted.ts';
import { createRecognizer } from '../pipeline/recognizer.ts';
import { chatJson } from '../prompting/chat-json.ts';
import { chatPaper } from '../prompting/chat-paper.ts';
import type { ChatPrompt, Dialect } from '../prompting/dialect.ts';
import { hostileReply } from '../prompting/hostile-reply.fixture.ts';
import { assertSound } from './sound-result.fixture.ts';

/** Cases of each property; a longer test has more. */
const cases = Number(process.env['EL4NER_HOSTILE_CASES'] ?? 10_000);
const seed = Number(process.env['EL4NER_HOSTILE_SEED'] ?? 1);
/** No document of some hundred characters may take longer, in milliseconds, even on a busy machine. */
const patience = 5_000;

/** A chat model whose replies come from a list, over and over. */
function replying(id: string, dialect: Dialect<ChatPrompt>, replies: readonly string[]): LanguageModel {
  let next = 0;
  const usage = { promptTokens: 1, cachedTokens: 0, replyTokens: 1 };
  return languageModel<ChatPrompt, { text: string; finishReason: 'stop' | 'length'; usage: typeof usage }>(
    {
      modelId: id,
      describe: ({ messages }) => messages.map(({ content }) => content).join('\n'),
      complete: async () => ({
        text: replies[next++ % replies.length] ?? '',
        finishReason: next % 5 === 0 ? 'length' : 'stop',
        usage,
      }),
      [Symbol.asyncDispose]: async () => undefined,
    },
    dialect,
    { textLimit: 1000, origin: { provider: 'test', model: id } },
  );
}

const inventories = [
  ['person', 'place'],
  ['__proto__', 'constructor', 'toString'],
  ['<|im_end|>', '[SEP]', '"'],
];

describe('hostile documents', () => {
  /** Finds every word with a capital and every third other one, and types them by turns. */
  const answer: Script = (task) => {
    const words = task.text.split(/\s+/).filter((word, at) => /\p{Lu}/u.test(word) || at % 3 === 0);
    const type = (at: number): string => task.types[at % task.types.length]?.name ?? '';
    if (task.kind === 'extract') return words;
    if (task.kind === 'joint') return words.map((text, at) => ({ text, type: type(at) }));
    return task.kind === 'classify' ? task.mentions.map((_, at) => ({ type: type(at) })) : task.claims.map(() => ({ yes: true }));
  };

  const pools = [
    ['without a pool', cases, []],
    ['with one', Math.ceil(cases / 20), [{ text: 'Ada met Bob.', entities: [{ start: 0, end: 3, type: 'person' }] }]],
  ] as const;
  for (const [how, numRuns, pool] of pools)
    it(`are recognized like others ${how}, ${numRuns} of them`, { timeout: 600_000 }, async () => {
      await using recognizer = await createRecognizer({
        types: ['person', 'place'],
        pool,
        models: [scriptedModel({ id: 'a', answer, textLimit: 200 })],
        overlaps: 'nested',
      });
      const property = fc.asyncProperty(hostileText, async (text) => {
        const started = performance.now();
        await assertSound(await recognizer.recognize(text), text, ['person', 'place']);
        assert.ok(performance.now() - started < patience, 'too slow');
      });
      await fc.assert(property, { numRuns, seed });
    });

  for (const [what, text] of hugeTexts) {
    it(`of a megabyte in one line: ${what}`, { timeout: 120_000 }, async () => {
      await using recognizer = await createRecognizer({
        types: ['person'],
        models: [
          scriptedModel({ answer: (task) => (task.kind === 'extract' ? [] : answer(task, new AbortController().signal)), textLimit: 4000 }),
        ],
      });
      await assertSound(await recognizer.recognize(text), text, ['person']);
    });
  }
});

describe('hostile replies', () => {
  const dialects: readonly (readonly [name: string, dialect: () => Dialect<ChatPrompt>])[] = [
    ['chat-json', () => chatJson()],
    ['chat-json with single claims', () => chatJson({ verify: 'each' })],
    ['chat-paper', chatPaper],
  ];
  for (const [name, dialect] of dialects) {
    it(`to ${name} do no harm, ${cases} of them`, { timeout: 600_000 }, async () => {
      const situation = fc
        .record({ text: hostileText, types: fc.constantFrom(...inventories), passes: fc.constantFrom('stages', 'stages', 'joint') })
        .chain((asked) => fc.record({ asked: fc.constant(asked), replies: fc.array(hostileReply(asked), { minLength: 1, maxLength: 8 }) }));
      const property = fc.asyncProperty(situation, async ({ asked: { text, types, passes }, replies }) => {
        const models = [replying('a', dialect(), replies), replying('b', dialect(), replies.toReversed())];
        await using recognizer = await createRecognizer({ types, models, passes, overlaps: 'nested' });
        const started = performance.now();
        for await (const result of recognizer.recognizeAll([text])) await assertSound(result, text, types);
        assert.ok(performance.now() - started < patience, 'too slow');
      });
      // Some replies are needed for each document.
      await fc.assert(property, { numRuns: Math.ceil(cases / 4), seed });
    });
  }
});

describe('hostile names', () => {
  it('of types are answered by themselves', async () => {
    const property = fc.asyncProperty(hostileName, hostileText, async (name, text) => {
      const answer: Script = (task) => {
        if (task.kind === 'extract') return task.text.split(/\s+/);
        if (task.kind === 'classify') return task.mentions.map(() => ({ type: name }));
        return task.kind === 'verify' ? task.claims.map(() => ({ yes: true })) : [];
      };
      await using recognizer = await createRecognizer({ types: [name, `${name}2`], models: [scriptedModel({ answer })] }).catch((error) => {
        assert.ok(error instanceof NerError && error.detail.code === 'usage', String(error));
        throw error;
      });
      await assertSound(await recognizer.recognize(text), text, [name]);
    });
    await fc.assert(property, { numRuns: Math.ceil(cases / 10), seed });
  });
});
