import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileName, hostileText, templateTokens } from '../document/hostile-text.fixture.ts';
import { taskOfChatJson } from './chat-json.fixture.ts';
import { chatJson } from './chat-json.ts';
import { chatPaper } from './chat-paper.ts';
import type { ChatPrompt, Dialect } from './dialect.ts';
import { controlTokens, nano } from './nano.ts';
import type { Task, TaskContext } from './task.ts';

/** Tasks of all kinds about hostile texts, demonstrations, names and definitions of types. */
const hostileTasks: fc.Arbitrary<readonly Task[]> = fc
  .record({
    names: fc.uniqueArray(hostileName, {
      minLength: 1,
      maxLength: 3,
      selector: (name) =>
        name
          .replace(/[\s_-]+/g, ' ')
          .trim()
          .toLowerCase(),
    }),
    definition: hostileText,
    shown: fc.array(
      hostileText.filter((text) => text !== ''),
      { maxLength: 2 },
    ),
    text: hostileText.filter((text) => text !== ''),
    cut: fc.tuple(fc.nat(), fc.nat()),
  })
  .map(({ names, definition, shown, text, cut: [from, length] }) => {
    const [type = ''] = names;
    const start = from % text.length;
    const end = start + 1 + (length % (text.length - start));
    const context: TaskContext = {
      types: names.map((name, at) => (at === 0 ? { name, definition } : { name })),
      demonstrations: shown.map((words) => ({ text: words, entities: [{ start: 0, end: words.length, type }] })),
      text,
    };
    return [
      { kind: 'extract', ...context },
      { kind: 'joint', ...context },
      { kind: 'classify', ...context, mentions: [{ start, end }] },
      { kind: 'verify', ...context, claims: [{ start, end, type }] },
    ];
  });

/** The same tasks with other words in the same places. */
function harmless(task: Task): Task {
  const letters = (words: string) => words.replace(/[\s\S]/g, 'x');
  const types = task.types.map(({ definition }, at) => ({ name: `t${at}`, ...(definition === undefined ? {} : { definition: 'x' }) }));
  const demonstrations = task.demonstrations.map(({ text, entities }) => ({
    text: letters(text),
    entities: entities.map((entity) => ({ ...entity, type: 't0' })),
  }));
  const changed = { types, demonstrations, text: letters(task.text) };
  return task.kind === 'verify'
    ? { ...task, ...changed, claims: task.claims.map((claim) => ({ ...claim, type: 't0' })) }
    : { ...task, ...changed };
}

const contents = (prompts: readonly ChatPrompt[]) => prompts.map(({ messages }) => messages.map(({ content }) => content).join('\n'));
const countOf = (part: string, whole: string) => whole.split(part).length - 1;

const dialects: readonly (readonly [name: string, dialect: Dialect<ChatPrompt>])[] = [
  ['chat-json', chatJson()],
  ['chat-json with single claims', chatJson({ verify: 'each' })],
  ['chat-paper', chatPaper()],
];

describe('no text', () => {
  for (const [name, dialect] of dialects) {
    it(`makes a control token or a line of a prompt of ${name}`, () => {
      const property = fc.property(hostileTasks, (tasks) => {
        for (const task of tasks) {
          const [made, plain] = [contents(dialect.render(task)), contents(dialect.render(harmless(task)))];
          assert.equal(made.length, plain.length);
          for (const [at, content] of made.entries()) {
            const other = plain[at] ?? '';
            assert.equal(content.split(/[\n\r\u0085\u2028\u2029]/).length, other.split('\n').length);
            for (const token of templateTokens) assert.equal(countOf(token.trim(), content), countOf(token.trim(), other), token);
          }
        }
      });
      fc.assert(property, { numRuns: 2000 });
    });
  }

  it('closes its quotation in a prompt of chat-json: all that was put in can be read out again', () => {
    const property = fc.property(hostileTasks, (tasks) => {
      for (const task of tasks) {
        for (const { messages } of chatJson().render(task)) {
          const { types, text, ...read } = taskOfChatJson(messages);
          assert.deepEqual([read.kind, types, text], [task.kind, task.types, task.text]);
          assert.deepEqual(
            read.demonstrations.map((demonstration) => demonstration.text),
            task.demonstrations.map((demonstration) => demonstration.text),
          );
        }
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('closes its quotation in a claim of chat-paper', () => {
    const property = fc.property(hostileTasks, (tasks) => {
      for (const task of tasks) {
        if (task.kind !== 'verify') continue;
        for (const content of contents(chatPaper().render(task))) {
          const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
          assert.match(
            content.split('\n').at(-1) ?? '',
            new RegExp(`^Is ${quoted}(?: \\((?:in ${quoted}|occurrence \\d+ in the text)\\))? a ${quoted} in this text\\?$`),
          );
        }
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('is more than a text in a prompt of nano, whose control tokens are no texts', () => {
    const property = fc.property(hostileTasks, (tasks) => {
      for (const task of tasks) {
        for (const [at, { prefix, suffix }] of nano.render(task).entries()) {
          const form = (segments: typeof prefix) => segments.map((segment) => ('control' in segment ? segment.control : 'a text'));
          const other = nano.render(harmless(task))[at];
          assert.deepEqual(form([...prefix, ...suffix]), form([...(other?.prefix ?? []), ...(other?.suffix ?? [])]));
          for (const segment of prefix) assert.ok('text' in segment || controlTokens.includes(segment.control));
        }
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
