import { none } from '../document/entity-type.ts';
import { NerError } from '../error.ts';
import type { Parsed, ReplyFault } from '../prompting/dialect.ts';
import type { Task, TaskData, TaskKind } from '../prompting/task.ts';
import { abortable } from './abortable.ts';
import type { Answer, LanguageModel } from './language-model.ts';
import type { PromptSize } from './prompt-size.ts';

/**
 * What a scripted model answers to one task: the task's data; or data with more to it; or a reply that makes no sense. `reply` is
 * the raw reply in the trace, by default the data as JSON.
 */
export type ScriptedReply =
  | TaskData[TaskKind]
  | { readonly data: TaskData[TaskKind]; readonly cutOff?: boolean; readonly reply?: string }
  | { readonly fault: ReplyFault; readonly reply?: string };

/** Answers one task, at once or later. What it throws, the model throws: a `NerError` of the model's failure, for example. */
export type Script = (task: Task, signal: AbortSignal) => ScriptedReply | Promise<ScriptedReply>;

export interface ScriptedModelOptions {
  /** Unique in an ensemble; default `scripted`. */
  readonly id?: string;
  readonly answer: Script;
  /** Default: no limit. */
  readonly textLimit?: number;
  /** Prompts are measured against it, and answered whether they fit or not. Default: no limit. */
  readonly contextTokens?: number;
}

/** A scripted model, and what it has been asked. */
export interface ScriptedModel extends LanguageModel {
  /** All tasks so far, in the order in which they came. */
  readonly tasks: readonly Task[];
}

/**
 * A model for tests that answers by a script. Token counts are lengths in UTF-16 code units divided by four.
 * @example
 * ```ts
 * const gold = goldScript({ 'Ada met Bob in Paris.': [['Ada', 'person'], ['Bob', 'person'], ['Paris', 'place']] });
 * const good = scriptedModel({ id: 'good', answer: gold });
 * const shy = scriptedModel({ id: 'shy', answer: (task) => (task.kind === 'extract' ? ['Ada'] : gold(task)) });
 * const dead = scriptedModel({ id: 'dead', answer: () => ({ fault: 'refusal', reply: 'I cannot help with that.' }) });
 * ```
 */
export function scriptedModel(options: ScriptedModelOptions): ScriptedModel {
  const { id = 'scripted', answer: script, textLimit = Number.POSITIVE_INFINITY, contextTokens = Number.POSITIVE_INFINITY } = options;
  const tasks: Task[] = [];
  return {
    id,
    dialect: 'scripted@1',
    textLimit,
    tasks,
    measure(task): PromptSize {
      const promptTokens = tokens(JSON.stringify(task));
      return { promptTokens, contextTokens, fits: promptTokens <= contextTokens };
    },
    async answer<K extends TaskKind>(task: Extract<Task, { kind: K }>, signal: AbortSignal): Promise<Answer<K>> {
      signal.throwIfAborted();
      const started = performance.now();
      tasks.push(task);
      const { parsed, reply, cutOff } = complete(await abortable((async () => script(task, signal))(), signal));
      const prompt = JSON.stringify(task);
      return {
        ...(parsed as Parsed<K>), // a script answers each task with data of its kind
        exchanges: [{ prompt, reply, finishReason: cutOff ? 'length' : 'stop' }],
        usage: { promptTokens: tokens(prompt), cachedTokens: 0, replyTokens: tokens(reply) },
        durationMs: performance.now() - started,
        cutOff,
        droppedDemonstrations: 0,
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A reply with all that the script left out. */
function complete(scripted: ScriptedReply): { parsed: Parsed; reply: string; cutOff: boolean } {
  if ('fault' in scripted) return { parsed: { ok: false, fault: scripted.fault }, reply: scripted.reply ?? '', cutOff: false };
  const { data, cutOff = false, reply = JSON.stringify(data) } = 'data' in scripted ? scripted : { data: scripted };
  return { parsed: { ok: true, data }, reply, cutOff };
}

function tokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** The entities of each text, in order of reading, as pairs of mention and type. */
export type Gold = Readonly<Record<string, readonly (readonly [mention: string, type: string])[]>>;

/**
 * Answers every task about the texts of `gold` without a mistake. A string that stands in a text's list several times has its
 * types by occurrence in the text; further occurrences have the last of them.
 * @throws {NerError} `usage` (from the script) when it is asked about a text that `gold` does not have.
 */
export function goldScript(gold: Gold): (task: Task) => TaskData[TaskKind] {
  return (task) => {
    const entities = gold[task.text];
    if (entities === undefined) throw new NerError(`The gold data have no text ${JSON.stringify(task.text)}.`, { code: 'usage' });
    const typeOf = ({ start, end }: { readonly start: number; readonly end: number }): string => {
      const mention = task.text.slice(start, end);
      const types = entities.filter(([text]) => text === mention).map(([, type]) => type);
      const occurrence = task.text.slice(0, start).split(mention).length - 1;
      return types[Math.min(occurrence, types.length - 1)] ?? none;
    };
    switch (task.kind) {
      case 'extract':
        return [...new Set(entities.map(([text]) => text))];
      case 'classify':
        return task.mentions.map((mention) => ({ type: typeOf(mention) }));
      case 'verify':
        return task.claims.map((claim) => ({ yes: typeOf(claim) === claim.type }));
      case 'joint':
        return entities.map(([text, type]) => ({ text, type }));
      default:
        return task satisfies never;
    }
  };
}
