import { none } from '../document/entity-type.ts';
import type { Span } from '../document/span.ts';
import type { Completion, Dialect, Parsed } from './dialect.ts';
import type { Task, TaskContext, TaskData, TaskKind, TypeChoice, YesNo } from './task.ts';

/** The control tokens of the nano vocabulary. They are tokens, never text: no document can produce one. */
export const controlTokens = ['extract', 'classify', 'verify', 'types', 'text', 'spans', 'sep', 'type', 'ask', 'end'] as const;
export type ControlToken = (typeof controlTokens)[number];

/** A piece of a nano prompt: a control token, or text that is tokenised as plain text on its own. */
export type Segment = { readonly control: ControlToken } | { readonly text: string };

/** What a nano reply can be; the transport holds the model to it token by token, so that no reply is malformed. */
export type NanoReply =
  /**
   * Strings of `of`, from word boundary to word boundary; with `choices`, each followed by its type. The reply ends only where the end has
   * at least the probability `leastEnd`, in [0, 1], and goes on with the next likeliest string otherwise; default 0.
   */
  | { readonly kind: 'substrings'; readonly of: string; readonly choices?: readonly string[]; readonly leastEnd?: number }
  /** Exactly `slots` of the choices, one after the other; `odds` are factors of the choices' odds, default 1 each. */
  | { readonly kind: 'choices'; readonly slots: number; readonly choices: readonly string[]; readonly odds?: readonly number[] };

/** A prompt for a nano model. All tasks of one text share `prefix`. */
export interface NanoPrompt {
  readonly prefix: readonly Segment[];
  readonly suffix: readonly Segment[];
  readonly reply: NanoReply;
  readonly maxReplyTokens: number;
}

/** One element of a nano reply: a string of the text, a type, or both. */
export interface NanoItem {
  readonly text?: string;
  readonly choice?: string;
  /** Of each of the choices, in [0, 1]. */
  readonly probabilities?: ReadonlyMap<string, number>;
}

export interface NanoCompletion extends Completion {
  readonly items: readonly NanoItem[];
}

/** Mentions asked about in one classify prompt; the bundled models were trained on no more. */
const mentionsPerPrompt = 12;

/**
 * Extraction is for recall, since later stages take out what is wrong: a model must be sure that nothing is left. On dev sentences of wnut17 and
 * bc5cdr this raised the F1 of a member through the stages from 26 to 34 and from 59 to 65 (training/notes.md).
 */
const sureEnd = 0.8;

/**
 * Factor of the odds of `none` in classification: the models are too ready to say it, and verification takes out what is wrong. It was
 * chosen on dev sentences and on types that the models do not know (training/notes.md).
 */
const noneOdds = 0.15;

/**
 * The dialect of the bundled nano models: one prefix of types, demonstrations and text, then a short suffix that says which
 * task is asked. The exact form:
 * ```
 * prefix    [types] a [sep] b [end] ( [text] S [spans] m1 [type] t1 [sep] m2 [type] t2 [end] )* [text] S
 * extract   [extract]                        -> m1 [sep] m2 [end]
 * joint     [spans]                          -> m1 [type] t1 [sep] m2 [type] t2 [end]
 * classify  [classify] m1 [sep] m2 [type]    -> t1 [sep] none [end]
 * verify    [verify] m [type] t [ask]        -> yes [end]  or  no [end]
 * ```
 * Definitions of types are not shown: the models were not trained with any. Mentions are named by their string, so that all
 * occurrences of one string in one text get the same answer.
 */
export const nano: Dialect<NanoPrompt, NanoCompletion> = {
  id: 'nano@3',
  render(task) {
    const prefix = renderPrefix(task);
    return suffixes(task).map(({ suffix, reply }) => ({ prefix, suffix, reply, maxReplyTokens: replyBound(reply) }));
  },
  parse<K extends TaskKind>(task: Extract<Task, { kind: K }>, completions: readonly NanoCompletion[]): Parsed<K> {
    const items = completions.flatMap((completion) => completion.items);
    return { ok: true, data: dataOf(task, items) as TaskData[K] }; // `dataOf` switches on the task's kind, which K is
  },
};

function renderPrefix(task: TaskContext): Segment[] {
  const names = typeNames(task);
  return [
    control('types'),
    ...separated(task.types.map((type) => [text(names.shown(type.name))])),
    control('end'),
    ...task.demonstrations.flatMap((demonstration) => [
      control('text'),
      text(demonstration.text),
      control('spans'),
      ...separated(
        distinct(demonstration.entities, (entity) => demonstration.text.slice(entity.start, entity.end)).map(([surface, entity]) => [
          text(surface),
          control('type'),
          text(names.shown(entity.type)),
        ]),
      ),
      control('end'),
    ]),
    control('text'),
    text(task.text),
  ];
}

function suffixes(task: Task): { suffix: Segment[]; reply: NanoReply }[] {
  const names = typeNames(task);
  const choices = task.types.map((type) => names.shown(type.name));
  switch (task.kind) {
    case 'extract':
      return [{ suffix: [control('extract')], reply: { kind: 'substrings', of: task.text, leastEnd: sureEnd } }];
    case 'joint':
      return [{ suffix: [control('spans')], reply: { kind: 'substrings', of: task.text, choices } }];
    case 'classify':
      return batches(surfaces(task.text, task.mentions), mentionsPerPrompt).map((batch) => ({
        suffix: [control('classify'), ...separated(batch.map((surface) => [text(surface)])), control('type')],
        reply: { kind: 'choices', slots: batch.length, choices: [...choices, none], odds: [...choices.map(() => 1), noneOdds] },
      }));
    case 'verify':
      return distinctClaims(task).map(({ surface, type }) => ({
        suffix: [control('verify'), text(surface), control('type'), text(names.shown(type)), control('ask')],
        reply: { kind: 'choices', slots: 1, choices: ['yes', 'no'] },
      }));
    default:
      return task satisfies never;
  }
}

function dataOf(task: Task, items: readonly NanoItem[]): TaskData[TaskKind] {
  const names = typeNames(task);
  switch (task.kind) {
    case 'extract':
      return items.flatMap((item) => item.text ?? []);
    case 'joint':
      return items.flatMap(({ text, choice }) => (text === undefined || choice === undefined ? [] : [{ text, type: names.meant(choice) }]));
    case 'classify': {
      const bySurface = new Map(surfaces(task.text, task.mentions).map((surface, index) => [surface, items[index]]));
      return task.mentions.map((mention): TypeChoice | undefined => {
        const item = bySurface.get(task.text.slice(mention.start, mention.end));
        if (item?.choice === undefined) return undefined;
        const type = names.meant(item.choice);
        if (item.probabilities === undefined) return { type };
        const probabilities = Object.fromEntries(
          [...item.probabilities].map(([choice, probability]) => [names.meant(choice), probability]),
        );
        return { type, probability: probabilities[type] ?? 0, probabilities };
      });
    }
    case 'verify': {
      const byClaim = new Map(distinctClaims(task).map((claim, index) => [claim.key, items[index]]));
      return task.claims.map((claim) => yesNo(byClaim.get(claimKey(task.text, claim))));
    }
    default:
      return task satisfies never;
  }
}

function yesNo(item: NanoItem | undefined): YesNo | undefined {
  if (item?.choice === undefined) return undefined;
  const yes = item.choice === 'yes';
  const probability = item.probabilities?.get('yes');
  return probability === undefined ? { yes } : { yes, probability };
}

/** Type names are shown with spaces, as the models were trained, unless two of the inventory would then look alike. */
function typeNames(task: TaskContext): { shown(name: string): string; meant(shown: string): string } {
  const spaced = new Map(task.types.map((type) => [type.name, type.name.replace(/[_-]+/g, ' ').trim()]));
  const clash = new Set(spaced.values()).size < spaced.size || [...spaced.values()].includes(none);
  if (clash) return { shown: (name) => name, meant: (shown) => shown };
  const names = new Map([...spaced].map(([name, shown]) => [shown, name]));
  return { shown: (name) => spaced.get(name) ?? name, meant: (shown) => names.get(shown) ?? shown };
}

/** An upper bound of the reply's tokens: a few for each answer, and for extraction twice what copying the whole text takes. */
function replyBound(reply: NanoReply): number {
  if (reply.kind === 'choices') return reply.slots * (2 + Math.max(...reply.choices.map((choice) => Buffer.byteLength(choice))));
  return 16 + reply.of.length * (reply.choices === undefined ? 1 : 2);
}

function surfaces(text: string, spans: readonly Span[]): string[] {
  return distinct(spans, (span) => text.slice(span.start, span.end)).map(([surface]) => surface);
}

function distinctClaims(task: Extract<Task, { kind: 'verify' }>): { key: string; surface: string; type: string }[] {
  return distinct(task.claims, (claim) => claimKey(task.text, claim)).map(([key, claim]) => ({
    key,
    surface: task.text.slice(claim.start, claim.end),
    type: claim.type,
  }));
}

function claimKey(text: string, claim: Span & { readonly type: string }): string {
  return JSON.stringify([text.slice(claim.start, claim.end), claim.type]);
}

function distinct<T>(items: readonly T[], key: (item: T) => string): [string, T][] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(key(item))) first.set(key(item), item);
  return [...first];
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function separated(groups: readonly Segment[][]): Segment[] {
  return groups.flatMap((group, index) => (index === 0 ? group : [control('sep'), ...group]));
}

function control(token: ControlToken): Segment {
  return { control: token };
}

function text(plain: string): Segment {
  return { text: plain };
}
