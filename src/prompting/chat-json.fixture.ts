import { nameOccurrence } from './occurrence.ts';
import { quote } from './quoting.ts';
import type { Demonstration, Task, TaskContext, TaskData, TaskKind } from './task.ts';

/** A JSON string literal on one line. */
const literal = String.raw`"(?:[^"\\]|\\.)*"`;

/**
 * The task that `chatJson` rendered as these messages, for servers in tests that must know what they are asked. Of a task in
 * several prompts it is the prompt's part. The spans of demonstrations are the first occurrences of their strings, once a type,
 * since a prompt does not show where they stand.
 * @throws {Error} if the messages are no prompt of `chat-json`.
 */
export function taskOfChatJson(messages: readonly { readonly role: string; readonly content: string }[]): Task {
  const lines = (messages.find(({ role }) => role === 'user')?.content ?? '').split('\n');
  const textLine = lines.findIndex((line) => line.startsWith('Text: '));
  const context: TaskContext = {
    types: lines.flatMap((line, index) => (index < textLine ? typeOf(line) : [])),
    demonstrations: demonstrationsOf(lines.slice(0, textLine)),
    text: parsed(lines[textLine]?.slice('Text: '.length)),
  };
  const [task, ...rest] = lines.slice(textLine + 2);
  if (task?.startsWith('Task: extract. ')) return { ...context, kind: 'extract' };
  if (task?.startsWith('Task: extract and classify. ')) return { ...context, kind: 'joint' };
  const subjects = rest.slice(0, -1);
  if (task?.startsWith('Task: classify. '))
    return { ...context, kind: 'classify', mentions: subjects.map((line) => mentionOf(line, context.text)) };
  if (task?.startsWith('Task: verify. '))
    return { ...context, kind: 'verify', claims: subjects.map((line) => claimOf(line, context.text)) };
  throw new Error(`Expected a prompt of chat-json, got ${JSON.stringify(messages)}`);
}

/** A well-formed reply with this data, in which answers that are `undefined` are left out. `each`: to a prompt with a single claim. */
export function chatJsonReply<K extends TaskKind>(
  task: Extract<Task, { kind: K }>,
  data: TaskData[K],
  verify: 'batched' | 'each' = 'batched',
): string {
  const reply = { kind: task.kind, data } as { [Kind in TaskKind]: { kind: Kind; data: TaskData[Kind] } }[TaskKind]; // K ties the two
  switch (reply.kind) {
    case 'extract':
      return JSON.stringify({ mentions: reply.data });
    case 'joint':
      return JSON.stringify({ entities: reply.data });
    case 'classify':
      return numbered(reply.data.map((choice) => choice?.type));
    case 'verify': {
      const words = reply.data.map((answer) => answer && (answer.yes ? 'yes' : 'no'));
      return verify === 'each' ? (words[0] ?? '') : numbered(words);
    }
    default:
      return reply satisfies never;
  }
}

function numbered(answers: readonly (string | undefined)[]): string {
  return JSON.stringify(Object.fromEntries(answers.map((answer, index) => [String(index + 1), answer])));
}

function typeOf(line: string): TaskContext['types'] {
  const [, name, definition] = new RegExp(`^- (${literal})(?:: (${literal}))?$`).exec(line) ?? [];
  if (name === undefined) return [];
  return [definition === undefined ? { name: parsed(name) } : { name: parsed(name), definition: parsed(definition) }];
}

function demonstrationsOf(lines: readonly string[]): Demonstration[] {
  return lines.flatMap((line, index) => {
    if (!line.startsWith('Example text: ')) return [];
    const text = parsed(line.slice('Example text: '.length));
    const entities: { text: string; type: string }[] = JSON.parse(lines[index + 1]?.slice('Example entities: '.length) ?? '');
    return [{ text, entities: entities.map((entity) => ({ ...first(text, entity.text), type: entity.type })) }];
  });
}

function first(text: string, mention: string): { start: number; end: number } {
  const start = text.indexOf(mention);
  return { start, end: start + mention.length };
}

/** The span whose name, as a prompt has it, stands in this line. */
function mentionOf(line: string, text: string): { start: number; end: number } {
  const name = line.replace(/^\d+\. /, '');
  const mention = parsed(new RegExp(`^${literal}`).exec(name)?.[0]);
  for (let start = text.indexOf(mention); start !== -1; start = text.indexOf(mention, start + 1)) {
    const span = { start, end: start + mention.length };
    if (nameOccurrence(text, span, quote) === name) return span;
  }
  throw new Error(`Expected the name of a mention, got ${line}`);
}

function claimOf(line: string, text: string): { start: number; end: number; type: string } {
  const [, name = '', type] = new RegExp(`^(.*) is of type (${literal})$`).exec(line) ?? [];
  return { ...mentionOf(name, text), type: parsed(type) };
}

function parsed(quoted: string | undefined): string {
  const value: unknown = JSON.parse(quoted ?? '');
  if (typeof value !== 'string') throw new Error(`Expected a JSON string, got ${quoted}`);
  return value;
}
