import { none } from '../document/entity-type.ts';
import type { Span } from '../document/span.ts';
import { readPairs, readSpans, showPlain, writePairs, writeSpans } from './bracket-format.ts';
import { matchAnswers, readType, readTypeChoice, readYesNo, unlessUnanswered } from './closed-answer.ts';
import type { ChatMessage, ChatPrompt, ChatReply, Completion, Dialect, Parsed } from './dialect.ts';
import { nameOccurrence } from './occurrence.ts';
import { faultOf } from './prose-reply.ts';
import { boundOfChoices, boundOfMentions } from './reply-bound.ts';
import type { ClassifyTask, Demonstration, JointTask, Task, TaskContext, TaskData, TaskKind } from './task.ts';

/**
 * Separate prompts for each task in the formats of a public re-implementation of EL4NER, for reproduction. From there are
 * `[CLS]span[SEP]span[SEP]` for extraction, `[CLS]span[SEP]type[CLS]span[SEP]type` for classification, and for verification one
 * question a claim, is "span" a "type", to be answered strictly by true or false. The paper's own prompts are not known. All wording
 * and the following are this package's:
 * - `joint` has the format of classification.
 * - Demonstrations are shown in the format of the task. For verification their entities make questions about their own type (true)
 *   and, by turns, about the inventory's next type (false), unless it has only one.
 * - Deviation: mentions are occurrences. A claim about a string that the text has more than once shows its context. The format of
 *   classification knows strings only: occurrences of one string are listed one by one and take their answers in order, or
 *   all of them the only answer given (see `matchAnswers`).
 * - Control tokens inside texts and names, `[CLS]` and `[SEP]` among them, are shown as `[\CLS]` and restored in replies; white
 *   space, line breaks included, is shown as single spaces. Claims stand in quotation marks, those inside them behind a backslash.
 *
 * A task that asks about nothing has no prompt. Short prose that says that there are no entities is taken at its word.
 */
export function chatPaper(): Dialect<ChatPrompt> {
  return {
    id: 'chat-paper@2',
    render: (task) =>
      questions(task).map((question) => ({
        messages: renderMessages(task, question),
        reply: question.reply,
        maxReplyTokens: question.maxReplyTokens,
      })),
    parse<K extends TaskKind>(task: Extract<Task, { kind: K }>, completions: readonly Completion[]): Parsed<K> {
      const data = readData(task, completions) as TaskData[K] | undefined; // `readData` switches on the task's kind, which K is
      return data === undefined ? { ok: false, fault: faultOf(completions[0]?.text ?? '') } : { ok: true, data };
    },
  };
}

/** The prompt of one task but for the inventory and the text. */
interface Question {
  readonly instruction: string;
  /** What stands below the text of a demonstration; one with nothing below it is left out. */
  solve(demonstration: Demonstration, index: number): readonly string[];
  /** What stands below the text. */
  readonly question: readonly string[];
  readonly reply: ChatReply;
  readonly maxReplyTokens: number;
}

const copying =
  'Copy each mention exactly from the text, no longer than it is and each different mention once, and take none from the solved texts.';
const nothingElse = 'Reply with that line and nothing else.';

const verdicts = ['true', 'false'] as const;

function questions(task: Task): Question[] {
  switch (task.kind) {
    case 'extract':
      return [
        {
          instruction: `Find every mention in the last text that is an entity of one of the types. ${copying} Write [CLS]mention[SEP]mention[SEP], or [CLS] alone if there is none. ${nothingElse}`,
          solve: (solved) => [`Mentions: ${writeSpans([...new Set(stringsOf(solved))])}`],
          question: ['Mentions:'],
          reply: { kind: 'text' },
          maxReplyTokens: boundOfMentions(task.text, 1),
        },
      ];
    case 'joint':
      return [
        {
          instruction: `Find every mention in the last text that is an entity of one of the types, and its type. ${copying} Write [CLS]mention[SEP]type[CLS]mention[SEP]type, or [CLS] alone if there is none. ${nothingElse}`,
          solve: (solved) => [`Types: ${writePairs(distinctPairs(solved))}`],
          question: ['Types:'],
          reply: { kind: 'text' },
          maxReplyTokens: boundOfMentions(task.text, 2),
        },
      ];
    case 'classify':
      return task.mentions.length === 0 ? [] : [classifyQuestion(task)];
    case 'verify':
      return task.claims.map((claim) => ({
        instruction: `Say whether a mention is of a type: strictly "true" or "false". It is true only if the mention is an entity, begins and ends at the right place and, as it is meant in the text, is of exactly that type.`,
        solve: (solved, index) => solveClaims(solved, index, typeNames(task)),
        question: [renderClaim(nameOccurrence(task.text, claim, showQuoted), claim.type)],
        reply: { kind: 'choice', choices: verdicts },
        maxReplyTokens: 16,
      }));
    default:
      return task satisfies never;
  }
}

function classifyQuestion(task: ClassifyTask): Question {
  const mentions = task.mentions.map((span) => stringOf(task.text, span));
  return {
    instruction: `Give each mention of the last text its type, as it is meant there: one of the types, or ${none} if it is of none of them. Keep the order of the mentions. Write [CLS]mention[SEP]type[CLS]mention[SEP]type. ${nothingElse}`,
    solve: (solved) =>
      solved.entities.length === 0 ? [] : [`Mentions: ${writeSpans(stringsOf(solved))}`, `Types: ${writePairs(pairsOf(solved))}`],
    question: [`Mentions: ${writeSpans(mentions)}`, 'Types:'],
    reply: { kind: 'text' },
    maxReplyTokens: boundOfChoices(mentions.length, [...typeNames(task), none]) + Buffer.byteLength(mentions.join('')),
  };
}

function renderMessages(task: Task, { instruction, solve, question }: Question): ChatMessage[] {
  const types = task.types.map(
    ({ name, definition }) => `- ${showPlain(name)}${definition === undefined ? '' : `: ${showPlain(definition)}`}`,
  );
  const demonstrations = task.demonstrations.flatMap((demonstration, index) => {
    const solution = solve(demonstration, index);
    return solution.length === 0 ? [] : ['', `Text: ${showPlain(demonstration.text)}`, ...solution];
  });
  const lines = ['Entity types:', ...types, ...demonstrations, '', `Text: ${showPlain(task.text)}`, ...question];
  return [
    { role: 'system', content: instruction },
    { role: 'user', content: lines.join('\n') },
  ];
}

/** Questions by turns with the answer true and, by the next type of the inventory, false, unless the mention is of that type as well. */
function solveClaims({ text, entities }: Demonstration, turn: number, types: readonly string[]): string[] {
  return entities.map((entity, index) => {
    const mention = stringOf(text, entity);
    const nextType = types[(types.indexOf(entity.type) + 1) % types.length] ?? entity.type;
    const asked = (turn + index) % 2 === 0 ? entity.type : nextType;
    const isRight = entities.some((other) => other.type === asked && stringOf(text, other) === mention);
    return `${renderClaim(showQuoted(mention), asked)} ${isRight}`;
  });
}

function renderClaim(mention: string, type: string): string {
  return `Is ${mention} a ${showQuoted(type)} in this text?`;
}

function readData(task: Task, completions: readonly Completion[]): TaskData[TaskKind] | undefined {
  const [completion] = completions;
  switch (task.kind) {
    case 'extract':
      return completion && readSpans(completion);
    case 'joint':
      return completion && readEntities(completion, task);
    case 'classify':
      return unlessUnanswered(readTypes(completion, task));
    case 'verify':
      return unlessUnanswered(task.claims.map((_, index) => completions[index] && readYesNo(completions[index], verdicts)));
    default:
      return task satisfies never;
  }
}

function readEntities(completion: Completion, task: JointTask): TaskData['joint'] | undefined {
  const pairs = readPairs(completion);
  const entities = pairs?.flatMap(([text, answer]) => {
    const type = readType(answer, task.types);
    return type === undefined ? [] : [{ text, type }];
  });
  return entities?.length === 0 && pairs?.length !== 0 ? undefined : entities;
}

function readTypes(completion: Completion | undefined, task: ClassifyTask): TaskData['classify'] {
  const mentions = task.mentions.map((span) => stringOf(task.text, span));
  return matchAnswers(mentions, (completion && readPairs(completion)) ?? []).map((answer) =>
    answer === undefined ? undefined : readTypeChoice(answer, task.types),
  );
}

function typeNames(task: TaskContext): string[] {
  return task.types.map(({ name }) => name);
}

function stringOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

function stringsOf({ text, entities }: Demonstration): string[] {
  return entities.map((entity) => stringOf(text, entity));
}

function pairsOf({ text, entities }: Demonstration): [mention: string, type: string][] {
  return entities.map((entity) => [stringOf(text, entity), entity.type]);
}

function distinctPairs(demonstration: Demonstration): [mention: string, type: string][] {
  const pairs = pairsOf(demonstration);
  return pairs.filter(([mention, type], index) => pairs.findIndex((pair) => pair[0] === mention && pair[1] === type) === index);
}

/** In quotation marks, which the text cannot close. */
function showQuoted(text: string): string {
  return `"${showPlain(text).replace(/["\\]/g, '\\$&')}"`;
}
